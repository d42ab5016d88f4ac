"""Tokens a second and share of the processor's peak: Doclake against `SentenceTransformer.encode`.

    python benchmarks/embedding.py --texts 300 --device auto

All run the same model on the same mixed English and Korean texts of uneven length, in turns; the
fastest round of each counts. Doclake runs in float32 and, where that is another, in the precision
that `auto` chooses. The peak is that of float32 products of large matrices, measured in turns with
them. Loading is left out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from doclake.embed import Embedder
from doclake.embed.backends.in_process import InProcess
from doclake.embed.backends.peak import peak
from doclake.embed.backends.registry import release_model
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.embed.pace import layers_of
from doclake.settings import EmbeddingSettings

ENGLISH = """\
Every change is first appended to a write-ahead log and flushed to disk.
A forager returning to the hive performs a dance that shows the direction of the flowers.
Staff may work from home for two days a week with the approval of their team lead.
The lake lies four hundred metres below sea level and has no outlet.
Turn the device off, open the rear cover and pull the sheet out slowly.
Reducing salt and walking briskly for half an hour a day lower blood pressure.
The printing press made books cheap enough for students and merchants to own.
Sharding splits the rows of a table across nodes by key.""".splitlines()
KOREAN = """\
모든 변경은 데이터 페이지를 고치기 전에 먼저 로그에 추가되고 디스크에 저장된다.
벌집으로 돌아온 일벌은 춤을 추어 꽃이 있는 방향을 알린다.
직원은 팀장의 승인을 받아 일주일에 이틀까지 원격으로 근무할 수 있다.
이 호수는 해수면보다 사백 미터 낮으며 물이 빠져나갈 곳이 없다.
기기의 전원을 끄고 뒷면 덮개를 연 다음 종이를 천천히 빼낸다.
소금을 줄이고 하루에 삼십 분씩 빠르게 걸으면 혈압이 내려간다.
금속 활자 덕분에 학생과 상인도 책을 살 수 있을 만큼 값이 내려갔다.
샤딩은 키를 기준으로 테이블의 행을 여러 노드에 나누어 저장한다.""".splitlines()


def mixed_texts(count: int, seed: int = 0) -> list[str]:
    """Half English, half Korean, of one to eight sentences, shuffled."""
    rng = random.Random(seed)
    return [
        " ".join(rng.choices(ENGLISH if number % 2 else KOREAN, k=rng.randint(1, 8)))
        for number in rng.sample(range(count), count)
    ]


@dataclass
class Timing:
    """The fastest round: wall seconds, processor seconds of all threads, and the vectors."""

    wall: float = float("inf")
    cpu: float = float("inf")
    vectors: np.ndarray = field(default_factory=lambda: np.empty(0))


def fastest(rounds: int, *runs: Callable[[], np.ndarray]) -> list[Timing]:
    """The runs take turns, so that a busy machine is unfair to neither."""
    best = [Timing() for _ in runs]
    for _ in range(rounds):
        for number, run in enumerate(runs):
            wall, cpu = time.perf_counter(), time.process_time()
            vectors = run()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            timing = best[number]
            best[number] = Timing(min(wall, timing.wall), min(cpu, timing.cpu), vectors)
    return best


def in_process(embedder: Embedder) -> InProcess:
    assert isinstance(embedder.documents, InProcess)
    return embedder.documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default=EmbeddingSettings().model)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--batch-tokens", type=int, default=EmbeddingSettings().batch_tokens)
    parser.add_argument("--batch-size", type=int, default=32, help="of SentenceTransformer.encode")
    asked = parser.parse_args()
    common = {"model": asked.model, "device": asked.device, "batch_tokens": asked.batch_tokens}
    embedders = {
        in_process(embedder).dtype: embedder
        for dtype in ("float32", "auto")
        for embedder in [Embedder(EmbeddingSettings(**common, dtype=dtype))]
    }
    texts = mixed_texts(asked.texts)
    for embedder in embedders.values():
        embedder.encode_documents(texts[:8])  # load and warm up; it keeps the model
        release_model()
    first = embedders["float32"]
    lengths = first.counter.count(texts)
    folder, prompt = str(first.source.folder), first.source.document_prompt
    library = SentenceModel(asked.model, folder, in_process(first).device, "float32").transformer

    def plain() -> np.ndarray:
        found = library.encode(
            texts,
            prompt=prompt,
            batch_size=asked.batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(found, np.float32)

    best = 0.0

    def measured_peak() -> np.ndarray:
        nonlocal best
        best = max(best, peak(in_process(first).device, "float32"))
        return np.empty(0)

    ours = [lambda one=one: one.encode_documents(texts).vectors for one in embedders.values()]
    *timings, theirs, _ = fastest(asked.rounds, *ours, plain, measured_peak)
    layers, tokens = layers_of(first.source.folder), sum(lengths)
    work = layers.operations(lengths) if layers else float("nan")
    print(f"{asked.model}, {in_process(first).device}: {len(texts)} texts, {tokens} tokens")
    print(f"peak of float32: {best / 1e9:.0f} GFLOP/s\n")
    print("| | seconds | CPU s | tokens/s | of the peak | times encode | smallest cosine |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    names = [f"Doclake, {name}" for name in embedders]
    for name, timing in zip(
        [*names, "SentenceTransformer.encode"], [*timings, theirs], strict=True
    ):
        cosine = (timing.vectors * theirs.vectors).sum(axis=1).min()
        print(
            f"| {name} | {timing.wall:.2f} | {timing.cpu:.2f} | {tokens / timing.wall:,.0f} "
            f"| {work / timing.wall / best:.0%} | {theirs.wall / timing.wall:.2f} | {cosine:.6f} |"
        )
        if cosine < 0.9999:
            raise SystemExit("The vectors differ.")
    difference = np.abs(timings[0].vectors - theirs.vectors).max()
    print(f"\nlargest difference in float32: {difference:.1e}")


if __name__ == "__main__":
    main()
