"""How much fits a chunk: the tokens that prompt, special tokens and headings leave for the text."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.chunk.model import Section
from doclake.embed.text import embedding_text
from doclake.embed.tokens import TokenCounter
from doclake.errors import ModelError

_SMALLEST_ROOM = 16
CHARACTERS_PER_TOKEN = 32
"""Some tokenizers count any word they don't know as one token, however long it is."""


class Budget:
    """`limit` is the largest chunk in tokens, all included: the recipe's or the model's own."""

    def __init__(
        self, counter: TokenCounter, max_tokens: int, title: str | None, with_context: bool
    ) -> None:
        self.counter = counter
        self.limit = min(max_tokens, counter.max_tokens)
        self._with_context = with_context
        self._title = " ".join((title or "").split())
        self._contexts: dict[tuple[Section, bool], str] = {}
        self._rooms = {"": self.limit - counter.overhead}
        if self.room("") < _SMALLEST_ROOM:
            raise ModelError(
                f"Chunks of {self.limit} tokens leave {self.room('')} for the text: the rest goes "
                f"to the document prompt of {counter.source.name}.",
                mend="Raise recipe.chunk.max_tokens or shorten embedding.document_prompt.",
                limit=self.limit,
            )
        self.joint = counter.joint

    def room(self, context: str) -> int:
        """Tokens left for the text under `context`."""
        if context not in self._rooms:
            self._rooms[context] = self.limit - self.counter.count([embedding_text(context, "")])[0]
        return self._rooms[context]

    def context(self, section: Section, shown: Sequence[str] = ()) -> str:
        """Title and headings in one line, at most a quarter of what the prompt leaves.

        The title is left out if it is one of the headings `shown` in the text itself.
        """
        titled = bool(self._title) and self._title not in shown
        if (section, titled) not in self._contexts:
            title = [self._title] if titled else []
            self._contexts[section, titled] = self._shortened(section, title)
        return self._contexts[section, titled]

    def too_long(self, characters: int, tokens: int, room: int) -> bool:
        return tokens > room or characters > room * CHARACTERS_PER_TOKEN

    def _shortened(self, section: Section, title: list[str]) -> str:
        """The longest of: all; title and innermost heading; innermost heading; its beginning."""
        if not self._with_context:
            return ""
        parts = [" ".join(part.split()) for part in section]
        parts = [part for part in parts if part]
        parts = title + parts if title != parts[:1] else parts
        if not parts:
            return ""
        candidates = [" > ".join(parts), parts[-1]]
        if len(parts) > 2:
            candidates.insert(1, f"{parts[0]} > … > {parts[-1]}")
        quarter = self.room("") // 4
        for candidate, tokens in zip(candidates, self.counter.count_bare(candidates), strict=True):
            if not self.too_long(len(candidate), tokens, quarter):
                return candidate
        ends = [end for _, end in self.counter.offsets(parts[-1])[: quarter - 1]]
        kept = parts[-1][: ends[-1]].rstrip() if ends else ""
        return f"{kept}…" if kept and not self.too_long(len(kept), 0, quarter) else ""
