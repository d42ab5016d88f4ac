"""Other ways to compute the same vectors on a processor, beside the one that Doclake takes.

    pip install onnx onnxscript openvino      # in an environment beside Doclake's
    python benchmarks/embedding_ways.py --texts 300

The same BERT or XLM-RoBERTa model and texts for all, tokenised before, in batches of texts of like
length with as many tokens at most. The ways take turns, each in this process and with two threads;
`2 processes` shares the texts out between two of one thread. The fastest round of each counts.
Loading, converting and what each compiles in its first round are left out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from embedding import fastest, mixed_texts

from doclake.embed import Embedder
from doclake.embed.backends.packed_bert import PackedBert
from doclake.embed.backends.threads import prepare_torch
from doclake.settings import EmbeddingSettings

THREADS = 2
Batches = list[list[list[int]]]
Way = Callable[[], np.ndarray]


def batched(tokens: Sequence[list[int]], most: int) -> Batches:
    """Batches of at most `most` tokens, padding included, longest texts first."""
    batches: Batches = []
    for ids in sorted(tokens, key=len, reverse=True):
        if not batches or len(batches[-1][0]) * (len(batches[-1]) + 1) > most:
            batches.append([])
        batches[-1].append(ids)
    return batches


def padded(batch: list[list[int]], padding: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids and mask, [texts, longest]."""
    ids = np.full((len(batch), len(batch[0])), padding, np.int64)
    for row, text in zip(ids, batch, strict=True):
        row[: len(text)] = text
    lengths = np.array([len(text) for text in batch])
    return ids, (np.arange(ids.shape[1])[None] < lengths[:, None]).astype(np.int64)


def pooled(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Unit means over the tokens of each text, [texts, d]."""
    means = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    unit: np.ndarray = means / np.linalg.norm(means, axis=1, keepdims=True)
    return unit


def in_torch(folder: Path, batches: Batches, dtype: str) -> Way:
    prepare_torch()
    import torch

    torch.set_num_threads(THREADS)
    model = PackedBert(folder, "cpu", getattr(torch, dtype))
    return lambda: np.concatenate([model(batch)[0].float().numpy() for batch in batches])


_of_worker: Any = None


def _start_worker(folder: Path) -> None:
    global _of_worker
    prepare_torch()
    import torch

    torch.set_num_threads(1)
    _of_worker = PackedBert(folder, "cpu", torch.float32)


def _in_worker(batch: list[list[int]]) -> np.ndarray:
    vectors: np.ndarray = _of_worker(batch)[0].numpy()
    return vectors


def in_processes(folder: Path, batches: Batches) -> Way:
    pool = ProcessPoolExecutor(
        THREADS, multiprocessing.get_context("spawn"), _start_worker, (folder,)
    )
    return lambda: np.concatenate(list(pool.map(_in_worker, batches)))


def encoder(folder: Path) -> tuple[Any, int]:
    """The model as transformers loads it, without a pooler, and its id of padding."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, attn_implementation="sdpa", add_pooling_layer=False)
    return model.eval(), model.config.pad_token_id


def exported(folder: Path, target: Path) -> Path:
    """The model as an ONNX file of any number of texts and tokens."""
    import torch

    class States(torch.nn.Module):
        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    model, _ = encoder(folder)
    texts, length = torch.export.Dim("texts"), torch.export.Dim("length", max=500)
    ids = torch.randint(5, 1000, (3, 16))
    program = torch.onnx.export(
        States(model).eval(),
        (ids, torch.ones_like(ids)),
        dynamo=True,
        dynamic_shapes=({0: texts, 1: length}, {0: texts, 1: length}),
        verbose=False,
    )
    program.save(str(target))
    return target


def in_onnx(file: Path, batches: Batches, padding: int) -> Way:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]

    def run() -> np.ndarray:
        found = []
        for batch in batches:
            ids, mask = padded(batch, padding)
            states = session.run(None, dict(zip(names, (ids, mask), strict=True)))[0]
            found.append(pooled(states, mask))
        return np.concatenate(found)

    return run


def quantised(file: Path) -> Path:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = file.with_name("int8.onnx")
    quantize_dynamic(file, target, weight_type=QuantType.QInt8)
    return target


def in_openvino(file: Path, batches: Batches, padding: int, precision: str) -> Way:
    import openvino as ov

    core = ov.Core()
    wanted = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": THREADS}
    model = core.compile_model(core.read_model(file), "CPU", wanted)

    def run() -> np.ndarray:
        found = []
        for batch in batches:
            ids, mask = padded(batch, padding)
            found.append(pooled(model([ids, mask])[0], mask))
        return np.concatenate(found)

    return run


def ways(folder: Path, batches: Batches, scratch: Path) -> dict[str, Way]:
    padding = encoder(folder)[1]
    file = exported(folder, scratch / "model.onnx")
    return {
        "Doclake, unpadded, float32": in_torch(folder, batches, "float32"),
        "Doclake, unpadded, bfloat16": in_torch(folder, batches, "bfloat16"),
        "the same, 2 processes of 1 thread": in_processes(folder, batches),
        "ONNX Runtime, float32": in_onnx(file, batches, padding),
        "ONNX Runtime, int8 (dynamic)": in_onnx(quantised(file), batches, padding),
        "OpenVINO, float32": in_openvino(file, batches, padding, "f32"),
        "OpenVINO, bfloat16": in_openvino(file, batches, padding, "bf16"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default=EmbeddingSettings().model)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    asked = parser.parse_args()
    embedder = Embedder(EmbeddingSettings(model=asked.model, device="cpu"))
    folder, prompt = embedder.source.folder, embedder.source.document_prompt
    texts = [prompt + text for text in mixed_texts(asked.texts)]
    tokens = [one.ids for one in tokenizer(folder).encode_batch(texts)]
    batches = batched(tokens, asked.batch_tokens)
    with tempfile.TemporaryDirectory() as scratch:
        started = time.perf_counter()
        all_ways = ways(folder, batches, Path(scratch))
        fastest(1, *all_ways.values())  # each compiles what it needs for these lengths
        print(f"loaded and warm after {time.perf_counter() - started:.0f} s\n")
        timings = fastest(asked.rounds, *all_ways.values())
    total, reference = sum(map(len, tokens)), timings[0]
    print(f"{asked.model}: {len(texts)} texts, {total} tokens, {len(batches)} batches\n")
    print("| | seconds | tokens/s | times ours | smallest cosine | largest difference |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, timing in zip(all_ways, timings, strict=True):
        cosine = (timing.vectors * reference.vectors).sum(axis=1).min()
        difference = np.abs(timing.vectors - reference.vectors).max()
        print(
            f"| {name} | {timing.wall:.2f} | {total / timing.wall:,.0f} "
            f"| {reference.wall / timing.wall:.2f} | {cosine:.5f} | {difference:.0e} |"
        )


def tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found.no_padding()
    return found


if __name__ == "__main__":
    main()
