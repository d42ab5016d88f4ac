"""A BERT encoder in torch over the tokens of many texts end to end: none of them is padding.

Only attention knows where one text ends; everything else is a product of one matrix of all tokens
with the weights. transformers pads each batch to its longest text instead and multiplies query, key
and value one by one. The vectors equal those of sentence-transformers to 1e-5 in float32, and its
libraries, which take seconds to import, are not needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_KINDS = ("bert", "xlm-roberta", "roberta")
_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_UNPADDED = ("cpu",)
_MASKED = -1e4  # finite, so that a row of nothing else has shares and not NaN


def pooling_of(folder: Path) -> str | None:
    """How `PackedBert` makes a vector of those of the tokens, `mean` or `cls`; None if the model in
    this sentence-transformers folder is another than it computes."""
    try:
        modules = _json(folder / "modules.json")
        config = _json(folder / "config.json")
        pooling = _json(folder / modules[1]["path"] / "config.json")
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        is_plain = (
            config["model_type"] in _KINDS
            and config.get("hidden_act") == "gelu"
            and config.get("position_embedding_type", "absolute") == "absolute"
            and not config.get("is_decoder")
            and not modules[0]["path"]
        )
        if not is_plain or kinds not in _MODULES or not (folder / "model.safetensors").is_file():
            return None
        return _pooling(pooling)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _pooling(config: dict[str, Any]) -> str | None:
    """As its module is configured: by name today, by a flag for each kind before."""
    kinds = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}
    flags = [name for name, on in config.items() if name.startswith("pooling_mode_") and on]
    modes = config.get("pooling_mode") or [kind for kind, flag in kinds.items() if flag in flags]
    modes = [modes] if isinstance(modes, str) else list(modes)
    is_one = len(modes) == 1 and len(flags) <= 1 and config.get("include_prompt", True)
    return modes[0] if is_one and modes[0] in kinds else None


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


@dataclass(frozen=True)
class _Layer:
    """Weights [in, out] and biases of one layer; `norms` are weight and bias, after attention and
    at the end."""

    qkv: tuple[Tensor, Tensor]
    attended: tuple[Tensor, Tensor]
    inner: tuple[Tensor, Tensor]
    outer: tuple[Tensor, Tensor]
    norms: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]


class PackedBert:
    """The model in a folder that `pooling_of` knows, on one device. Products of matrices are
    computed in `dtype`, the rest in float32. Raises what reading its file raises."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        import torch
        from safetensors.torch import load_file

        config = _json(folder / "config.json")
        self.dimension: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._pooling = pooling_of(folder)
        # RoBERTa counts positions from the id of padding on.
        self._first = 0 if config["model_type"] == "bert" else config["pad_token_id"] + 1
        self._device, self._dtype = torch.device(device), dtype
        weights = load_file(folder / "model.safetensors", device=device)
        self._weights = {name: weight.float() for name, weight in weights.items()}
        layers = range(config["num_hidden_layers"])
        self._layers = [self._layer(f"encoder.layer.{number}") for number in layers]
        self._words, self._positions, types = (
            self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        self._positions = self._positions + types[0]
        self._norm = self._pair("embeddings.LayerNorm")
        del self._weights

    def _pair(self, name: str) -> tuple[Tensor, Tensor]:
        return self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]

    def _linear(self, *names: str) -> tuple[Tensor, Tensor]:
        """One matrix of those of these names, side by side."""
        import torch

        pairs = [self._pair(name) for name in names]
        weight = torch.cat([weight for weight, _ in pairs]).t().contiguous()
        return weight.to(self._dtype), torch.cat([bias for _, bias in pairs]).to(self._dtype)

    def _layer(self, name: str) -> _Layer:
        parts = (f"{name}.attention.self.{part}" for part in ("query", "key", "value"))
        return _Layer(
            qkv=self._linear(*parts),
            attended=self._linear(f"{name}.attention.output.dense"),
            inner=self._linear(f"{name}.intermediate.dense"),
            outer=self._linear(f"{name}.output.dense"),
            norms=(
                self._pair(f"{name}.attention.output.LayerNorm"),
                self._pair(f"{name}.output.LayerNorm"),
            ),
        )

    def __call__(self, texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Unit vectors of texts given as ids of tokens, [texts, d], and the vectors of all their
        tokens end to end, [tokens, d]. Texts of one length stand together."""
        import torch
        from torch.nn.functional import normalize

        lengths = [len(ids) for ids in texts]
        with torch.inference_mode():
            packing = _Packing(lengths, self._heads, self._device)
            states = self._states([token for ids in texts for token in ids], packing)
            pooled = packing.firsts(states) if self._pooling == "cls" else packing.means(states)
            return normalize(pooled, dim=1), states

    def _states(self, tokens: list[int], packing: _Packing) -> Tensor:
        from torch.nn.functional import gelu

        ids, positions = (
            _moved(numbers, self._device) for numbers in (tokens, packing.places + self._first)
        )
        states = self._normed(self._words[ids] + self._positions[positions], self._norm)
        for layer in self._layers:
            attended = packing.attended(_product(states.to(self._dtype), layer.qkv))
            states = self._normed(states + _product(attended, layer.attended), layer.norms[0])
            inner = gelu(_product(states.to(self._dtype), layer.inner))
            states = self._normed(states + _product(inner, layer.outer), layer.norms[1])
        return states

    def _normed(self, states: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(states, states.shape[-1:], *norm, self._epsilon)


def _product(states: Tensor, linear: tuple[Tensor, Tensor]) -> Tensor:
    import torch

    weight, bias = linear
    return torch.addmm(bias, states, weight)


def _moved(numbers: Sequence[int] | np.ndarray, device: torch.device) -> Tensor:
    """The numbers on the device, which need not have computed all it was given before: only from
    pinned memory does a GPU copy while it computes."""
    import torch

    tensor = torch.as_tensor(numbers)
    if device.type == "cuda":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)


class _Packing:
    """Where each text stands among the tokens, end to end. On a processor, texts of one length go
    together; elsewhere a call costs more than padding, so that all go at once. What is computed of
    the lengths is computed here and not on the device: no call waits for its answer."""

    def __init__(self, lengths: Sequence[int], heads: int, device: torch.device) -> None:
        self._lengths, self._heads, self._longest = lengths, heads, max(lengths)
        sizes = np.array(lengths)
        ends = np.cumsum(sizes)
        self.places = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
        self._is_padded = device.type not in _UNPADDED
        self._starts = _moved(ends - sizes, device)
        if self._is_padded:
            texts = np.repeat(np.arange(len(sizes)), sizes)
            self._padded = _moved(texts * self._longest + self.places, device)
            self._sizes = _moved(sizes, device)
            outside = np.arange(self._longest)[None] >= sizes[:, None]
            self._mask = _moved(np.where(outside, _MASKED, 0).astype(np.float32), device)

    def firsts(self, rows: Tensor) -> Tensor:
        """Of each text the row of its first token: [texts, d]."""
        return rows[self._starts]

    def means(self, rows: Tensor) -> Tensor:
        """Of each text the mean of its rows: [texts, d]."""
        import torch

        if self._is_padded:
            padded = self._with_padding(rows).view(len(self._lengths), self._longest, -1)
            return padded.sum(dim=1) / self._sizes[:, None]
        parts = (part.view(count, length, -1) for part, count, length in self._equal(rows))
        return torch.cat([part.mean(dim=1) for part in parts])

    def attended(self, qkv: Tensor) -> Tensor:
        """Each token's mixture of the tokens of its text: [tokens, d] from [tokens, 3 d]."""
        import torch

        if self._is_padded:
            mask = self._mask.to(qkv.dtype)[:, None, None]
            padded = self._with_padding(qkv)
            return self._mixed(padded, len(self._lengths), self._longest, mask)[self._padded]
        return torch.cat([self._mixed(*part) for part in self._equal(qkv)])

    def _with_padding(self, rows: Tensor) -> Tensor:
        padded = rows.new_zeros(len(self._lengths) * self._longest, rows.shape[1])
        padded[self._padded] = rows
        return padded

    def _equal(self, rows: Tensor) -> Iterator[tuple[Tensor, int, int]]:
        """The rows of each run of texts of one length, with their number and their length."""
        start = 0
        for length, run in groupby(self._lengths):
            count = sum(1 for _ in run)
            yield rows[start : start + count * length], count, length
            start += count * length

    def _mixed(self, qkv: Tensor, texts: int, length: int, mask: Tensor | None = None) -> Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        query, key, value = qkv.view(texts, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return mixed.transpose(1, 2).reshape(texts * length, -1)
