"""One thing that is wrong with the rows of the lake."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Something wrong in the index, or in the rows of these document trees."""

    message: str
    in_index: bool = False
    root_ids: tuple[str, ...] = ()


UNBALANCED = "unbalanced"
