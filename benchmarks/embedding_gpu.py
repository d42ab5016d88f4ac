"""Embedding on a GPU: ratio to `SentenceTransformer.encode`, share of peak, and how long it waits.

    python benchmarks/embedding_gpu.py
    python benchmarks/embedding_gpu.py --layers 1 --hidden 64 --limit 20   # tries it on a processor

Makes an encoder of 300 million parameters (random weights) beside the tokenizer of the bundled
model, and chunks of 256 to 512 tokens, half of them Korean. First texts are embedded in memory, by
Doclake and by `encode`; then a lake of as many chunks as the time allows by the stage `embeddings`,
with what it reads, checks and commits; then, where there are several GPUs, texts by
`backend: processes`. Ends by itself after `--minutes`. How long GPUs wait is asked of nvidia-smi.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from benchmarks.embedding import ENGLISH, KOREAN
from doclake import ids
from doclake.embed import Embedder, release_model
from doclake.embed.backends.devices import choose_device
from doclake.embed.backends.peak import peak
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.embed.models.resolve import resolve
from doclake.embed.pace import layers_of
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import EmbeddingSettings
from doclake.stages import chunks, documents, elements, embeddings
from doclake.stages.context import StageContext

GOAL = 1_000_000  # chunks, over which the GPU is to wait 5 % at most
SHORTEST, LONGEST = 256, 510


def made_model(folder: Path, layers: int, hidden: int) -> Path:
    """An XLM-R of random weights, as sentence-transformers saves one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(resolve(EmbeddingSettings()).folder)
    config = AutoConfig.for_model(
        "xlm-roberta",
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=max(1, hidden // 64),
        intermediate_size=4 * hidden,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
    )
    AutoModel.from_config(config).save_pretrained(folder / "bare")
    tokenizer.save_pretrained(folder / "bare")
    parts = [Transformer(str(folder / "bare"), max_seq_length=512), Pooling(hidden), Normalize()]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder / "model"))
    shutil.rmtree(folder / "bare")
    return folder / "model"


def made_texts(embedder: Embedder, count: int) -> Iterator[str]:
    """Chunks of 256 to 510 tokens, each another."""
    rng = random.Random(0)
    sentences = ENGLISH + KOREAN
    lengths = dict(zip(sentences, embedder.counter.count(sentences), strict=True))
    for number in range(count):
        left = rng.randint(SHORTEST + 30, LONGEST - 20)
        parts = [f"{number}."]
        while (sentence := rng.choice(ENGLISH if number % 2 else KOREAN)) and left > 0:
            left -= lengths[sentence]
            parts.append(sentence)
        yield " ".join(parts[:-1])


@dataclass
class Timing:
    """So many texts took so many seconds."""

    texts: int
    seconds: float


def timed(run: Callable[[Sequence[str]], object], texts: Sequence[str], seconds: float) -> Timing:
    """Ever more of the texts, until the last round took a good part of these seconds."""
    count, timing = min(32, len(texts)), Timing(0, 0.0)
    while True:
        start = time.perf_counter()
        run(texts[:count])
        timing = Timing(count, time.perf_counter() - start)
        if count == len(texts) or timing.seconds * 3 > seconds:
            return timing
        count = min(4 * count, len(texts))


@contextmanager
def busy() -> Iterator[list[float]]:
    """Percentages of the time in which a kernel ran, over all GPUs, from the middle of what is
    done inside; empty without nvidia-smi."""
    command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
    found: list[float] = []
    if shutil.which(command[0]) is None:
        yield found
        return
    with tempfile.TemporaryFile("w+") as file:
        sampling = subprocess.Popen([*command, "-lms", "200"], stdout=file)
        try:
            yield found
        finally:
            sampling.terminate()
            sampling.wait()
            file.seek(0)
            samples = [float(line) for line in file if line.strip().isdigit()]
            found += samples[len(samples) // 10 :]


def made_lake(folder: Path, settings: dict[str, Any], texts: Sequence[str]) -> StageContext:
    """A lake whose chunks are these texts; one document has all of them."""
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "note.md").write_text("# Note\n\nThe spade hangs by the door.\n")
    source = {"url": "documents", "access": ["everyone"], "buckets": 1}
    config = {"sources": {"notes": source}, "lake": "lake", "embedding": settings}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    context = StageContext.whole(Project.open(folder), "notes")
    for stage in (documents, elements, chunks):
        stage.run(context)
    row = context.lake.read("chunks").to_pylist()[0] | {"context": ""}
    hashes = [ids.digest("text", text) for text in texts]
    rows = [
        row | {"chunk_id": text_hash, "text": text, "text_hash": text_hash}
        for text, text_hash in zip(texts, hashes, strict=True)
    ]
    schema = context.lake.read("chunks").schema
    context.lake.replace("chunks", Scope("notes"), pa.Table.from_pylist(rows, schema=schema))
    return context


class Bench:
    """What is measured of one model on one device."""

    def __init__(self, folder: Path, asked: argparse.Namespace) -> None:
        self.folder, self.asked = folder, asked
        self.device = choose_device(asked.device)
        self.model = made_model(folder, asked.layers, asked.hidden)
        self.settings = {
            "model": str(self.model),
            "device": self.device,
            "dtype": "bfloat16",
            "batch_tokens": asked.batch_tokens,
        }
        self.embedder = Embedder(EmbeddingSettings(**self.settings))
        layers = layers_of(self.model)
        assert layers is not None
        self.layers = layers
        self.peak = peak(self.device, "bfloat16")

    def line(self, name: str, texts: Sequence[str], timing: Timing, encode: Timing | None) -> None:
        lengths = self.embedder.counter.count(texts[: timing.texts])
        share = self.layers.operations(lengths) / timing.seconds / self.peak
        rate = timing.texts / timing.seconds
        ratio = f"{rate / (encode.texts / encode.seconds):.2f}" if encode else "1.00"
        print(
            f"| {name} | {timing.texts:,} | {sum(lengths):,} | {timing.seconds:.1f} "
            f"| {sum(lengths) / timing.seconds:,.0f} | {share:.0%} | {ratio} |",
            flush=True,
        )

    def in_memory(self, texts: Sequence[str], seconds: float) -> float:
        """Print a line for each way; texts a second of Doclake's."""
        print("| | chunks | tokens | seconds | tokens/s | of the peak | times encode |")
        print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
        encode = None
        for dtype in ("bfloat16", "float32"):
            library = SentenceModel("model", str(self.model), self.device, dtype).transformer
            run = lambda some, library=library: library.encode(  # noqa: E731
                list(some), batch_size=32, show_progress_bar=False
            )
            run(texts[:32])
            timing = timed(run, texts, seconds)
            self.line(f"encode, {dtype}", texts, timing, encode)
            encode = encode or timing
            del library, run
        self.embedder.encode_documents(texts[:32])
        timing = timed(self.embedder.encode_documents, texts, seconds)
        self.line("Doclake, bfloat16", texts, timing, encode)
        return timing.texts / timing.seconds

    def stage(self, texts: Sequence[str]) -> None:
        """The stage over a lake: how long the GPU waits."""
        context = made_lake(self.folder / "lake", self.settings, texts)
        with busy() as samples:
            report = embeddings.run(context, self.embedder)
        counts = report.counts
        print(
            f"\nstage embeddings: {counts['embedded']:,} of {GOAL:,} chunks in "
            f"{report.seconds:.1f} s, {counts['tokens_per_second']:,.0f} tokens/s while it computes"
        )
        waits = f"{1 - statistics.mean(samples) / 100:.1%}" if samples else "not measured"
        print(f"time without a kernel: {waits} ({len(samples)} samples of nvidia-smi)", flush=True)

    def several(self, texts: Sequence[str], seconds: float) -> None:
        """By a worker for each device."""
        settings = self.settings | {"backend": "processes", "devices": self.asked.devices}
        embedder = Embedder(EmbeddingSettings(**settings))
        embedder.encode_documents(texts[:64])
        with busy() as samples:
            timing = timed(embedder.encode_documents, texts, seconds)
        self.line("backend: processes", texts, timing, None)
        if samples:
            print(
                f"time without a kernel, mean of the GPUs: {1 - statistics.mean(samples) / 100:.1%}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--hidden", type=int, default=1024)
    parser.add_argument("--limit", type=int, default=GOAL, help="most chunks")
    parser.add_argument("--minutes", type=float, default=8.0, help="it ends by itself after these")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--devices", nargs="+", help="of processes; default: all GPUs")
    parser.add_argument("--batch-tokens", type=int, default=65536)
    asked = parser.parse_args()
    faulthandler.dump_traceback_later(asked.minutes * 60, exit=True)
    end = time.monotonic() + asked.minutes * 60 - 15
    import torch

    with tempfile.TemporaryDirectory(prefix="doclake-gpu-") as folder:
        bench = Bench(Path(folder), asked)
        print(f"{bench.device}: peak of bfloat16 {bench.peak / 1e12:.2f} TFLOP/s", flush=True)
        sample = list(made_texts(bench.embedder, min(asked.limit, 20_000)))
        slot = (end - time.monotonic()) / 8
        rate = bench.in_memory(sample, slot)
        # Half of the time, of which making the lake and its commits take a part.
        count = min(asked.limit, int(rate * (end - time.monotonic()) / 3) + 1)
        bench.stage(list(made_texts(bench.embedder, count)))
        if asked.devices or torch.cuda.device_count() > 1:
            release_model()
            bench.several(sample, (end - time.monotonic()) / 2)
        release_model()
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
