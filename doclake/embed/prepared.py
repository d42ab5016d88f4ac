"""Texts between their tokens and their vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from doclake.embed.backends.base import Item, Output, Work


@dataclass
class Prepared:
    """A group of texts with their tokens, and what was computed of them so far. `first` is the
    place of its first text among those of the call."""

    first: int
    items: list[Item]
    work: Work
    outputs: dict[int, Output] = field(default_factory=dict)

    @cached_property
    def lengths(self) -> list[int]:
        """Tokens of each text, with prompt and ends."""
        return [len(item.ids) for item in self.items]

    @property
    def tokens(self) -> int:
        return sum(self.lengths)

    @property
    def is_computed(self) -> bool:
        return len(self.outputs) == len(self.items)

    def in_order(self) -> Iterator[Output]:
        return (self.outputs[item.place] for item in self.items)


def keep(outputs: Sequence[Output], groups: Sequence[Prepared]) -> list[int]:
    """Put outputs into the groups of their texts, which are in the order of places. How many tokens
    each text has."""
    lengths = []
    for output in outputs:
        place = output[0]
        group = next(one for one in reversed(groups) if one.first <= place and one.items)
        group.outputs[place] = output
        lengths.append(group.lengths[place - group.first])
    return lengths
