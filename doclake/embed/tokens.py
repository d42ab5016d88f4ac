"""Tokens counted exactly as the model will see them, without loading the model or torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from doclake.embed.models.hub import stay_offline
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.settings import EmbeddingSettings

Span = tuple[int, int]
_LONG_TOKEN = 100
"""More characters than a token of prose ever has."""


class TokenCounter:
    """Counts with the model's own tokenizer; the document prompt and special tokens count too."""

    def __init__(self, source: ModelSource) -> None:
        self.source = source
        self.max_tokens = source.max_tokens

    @classmethod
    def from_settings(cls, settings: EmbeddingSettings) -> TokenCounter:
        return cls(resolve(settings))

    @cached_property
    def _tokenizer(self) -> Any:
        stay_offline(self.source.name)
        return _load(self.source.folder / "tokenizer.json")

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a document: prompt, text and special tokens."""
        return [len(encoding) for encoding in self._encode(self.source.document_prompt, texts)]

    def query_tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of the tokens of each text as a query: prompt, text and special tokens."""
        return self.tokens(self.source.query_prompt, texts)

    def tokens(self, prompt: str, texts: Sequence[str]) -> list[list[int]]:
        """Ids of the tokens of each text: prompt, text and special tokens."""
        return [encoding.ids for encoding in self._encode(prompt, texts)]

    def query_offsets(self, text: str) -> tuple[list[int], list[Span]]:
        """Ids of the tokens of a query, and where each stands in its text."""
        prompt = self.source.query_prompt
        encoding = self._tokenizer.encode(self._fold(prompt + text))
        shift = len(prompt)  # the first token may begin with the blank before the text
        return encoding.ids, [(max(0, a - shift), max(0, b - shift)) for a, b in encoding.offsets]

    @cached_property
    def special_tokens(self) -> list[int]:
        """Ids of the tokens that stand for no text: ends, padding, mask."""
        added = self._tokenizer.get_added_tokens_decoder()
        return [number for number, token in added.items() if token.special]

    def prompt_tokens(self, prompt: str) -> int:
        """How many tokens a prompt has in front of a text."""
        return self.count_bare([prompt.rstrip()])[0]

    def fitting_query(self, text: str) -> str:
        """The text, or as much of its beginning as the model takes with the query prompt."""
        text = text[: self.max_tokens * _LONG_TOKEN]  # counting millions of letters takes seconds
        while (over := len(self.query_tokens([text])[0]) - self.max_tokens) > 0:
            kept = self.offsets(text)[:-over]
            # Tokens of the rest may differ, and one letter may be several: so once more.
            text = text[: min(kept[-1][1], len(text) - 1)] if kept else ""
        return text

    def count_bare(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without prompt and special tokens: for sums of parts."""
        encodings = self._tokenizer.encode_batch_fast(
            [self._fold(text) for text in texts], add_special_tokens=False
        )
        return [len(encoding) for encoding in encodings]

    @cached_property
    def overhead(self) -> int:
        """Tokens of an empty document: prompt and special tokens."""
        return self.count([""])[0]

    @cached_property
    def joint(self) -> int:
        """What a line break costs: nothing to some tokenizers, a token to others."""
        joined, one, other = self.count_bare(["a\nb", "a", "b"])
        return max(0, joined - one - other)

    def offsets(self, text: str) -> list[Span]:
        """Where each token of `text` stands in it: (start, end) in characters, in order."""
        return self._tokenizer.encode(text, add_special_tokens=False).offsets

    def _encode(self, prompt: str, texts: Sequence[str]) -> list[Any]:
        return self._tokenizer.encode_batch_fast([self._fold(prompt + text) for text in texts])

    def _fold(self, text: str) -> str:
        return text.lower() if self.source.lowercase else text


@lru_cache(maxsize=4)
def _load(file: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()  # a text that is too long must count as too long
    return tokenizer
