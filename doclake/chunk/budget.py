"""How much fits a chunk: the tokens that prompt, special tokens and headings leave for the text."""

from __future__ import annotations

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
        self._contexts: dict[Section, str] = {}
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

    def context(self, section: Section) -> str:
        """The innermost heading in one line, at most a quarter of what the prompt leaves.

        The title of the document is none: many chunks share it, and in front of each it makes them
        alike. Full text knows it, and all headings.
        """
        if section not in self._contexts:
            headings = [" ".join(part.split()) for part in section] if self._with_context else []
            innermost = next((part for part in reversed(headings) if part), "")
            shown = innermost if innermost != self._title else ""
            self._contexts[section] = self._shortened(shown)
        return self._contexts[section]

    def too_long(self, characters: int, tokens: int, room: int) -> bool:
        return tokens > room or characters > room * CHARACTERS_PER_TOKEN

    def _shortened(self, heading: str) -> str:
        quarter = self.room("") // 4
        if not heading or not self.too_long(
            len(heading), self.counter.count_bare([heading])[0], quarter
        ):
            return heading
        ends = [end for _, end in self.counter.offsets(heading)[: quarter - 1]]
        kept = heading[: ends[-1]].rstrip() if ends else ""
        return f"{kept}…" if kept and not self.too_long(len(kept), 0, quarter) else ""
