"""Texts and tokens a second: Doclake's batches against `SentenceTransformer.encode`.

    python benchmarks/embedding.py --texts 300 --device auto

Both run the same model, in the same precision, on the same mixed English and Korean texts of
uneven length, in turns; the fastest round of each counts. The vectors must be equal.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from doclake.embed import Embedder
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default=EmbeddingSettings().model)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--batch-tokens", type=int, default=EmbeddingSettings().batch_tokens)
    parser.add_argument("--batch-size", type=int, default=32, help="of SentenceTransformer.encode")
    asked = parser.parse_args()
    settings = EmbeddingSettings(
        model=asked.model,
        device=asked.device,
        dtype=asked.dtype,
        batch_tokens=asked.batch_tokens,
    )
    embedder = Embedder(settings)
    texts = mixed_texts(asked.texts)
    tokens = sum(embedder.counter.count(texts))
    embedder.encode_documents(texts[:8])  # load and warm up
    prompt = embedder.source.document_prompt

    def plain() -> np.ndarray:
        return np.asarray(
            embedder.model.encode(
                texts,
                prompt=prompt,
                batch_size=asked.batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            ),
            np.float32,
        )

    ours, theirs = fastest(asked.rounds, lambda: embedder.encode_documents(texts), plain)
    cosines = (ours.vectors * theirs.vectors).sum(axis=1)
    print(
        f"{asked.model}, {embedder.device}, {embedder.dtype}: {len(texts)} texts, {tokens} tokens"
    )
    print(f"{'':28}{'seconds':>9}{'cpu s':>9}{'texts/s':>9}{'tokens/s':>10}")
    for name, timing in (("doclake", ours), ("SentenceTransformer.encode", theirs)):
        rates = f"{len(texts) / timing.wall:9.1f}{tokens / timing.wall:10.0f}"
        print(f"{name:28}{timing.wall:9.2f}{timing.cpu:9.2f}{rates}")
    print(f"wall {theirs.wall / ours.wall:.2f}x, processor {theirs.cpu / ours.cpu:.2f}x")
    print(f"smallest cosine between the two: {cosines.min():.6f}")
    if cosines.min() < (0.9999 if embedder.dtype == "float32" else 0.98):
        raise SystemExit("The vectors differ.")


if __name__ == "__main__":
    main()
