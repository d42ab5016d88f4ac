"""Sections: a run of blocks under the same headings, with the headings that open it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from doclake.chunk.model import Block, Group, Section

_ASIDES = frozenset({"Footnote", "Annotation"})
_HEADING_LENGTH = 300
"""Characters. Extraction cuts a heading to this length in the section paths below it."""


def sections(blocks: Iterable[Block]) -> list[Group]:
    """Groups in reading order.

    A heading opens the section of the body that follows it, together with the headings right before
    it that have no body of their own. Headings above no body at all form groups of their own in
    the section they stand in. Notes follow their section as a group of their own: they interrupt it
    only because the page ends.
    """
    groups: list[Group] = []
    waiting: list[Block] = []
    asides: list[Block] = []
    key: Section | None = None  # path of the body blocks of the last group, as extraction gave it
    for block in blocks:
        if block.kind == "heading":
            waiting.append(block)
            continue
        if block.type in _ASIDES and groups and not waiting:
            asides.append(block)
            continue
        headings = _headings_of(block, waiting)
        if waiting or key != block.section or not groups:
            groups += _aside(groups, asides)
            groups += _bare([heading for heading in waiting if heading not in headings])
            asides = []
            groups.append(Group(_path(block, headings), [], headings))
        groups[-1].blocks.append(block)
        key = block.section
        waiting = []
    return groups + _aside(groups, asides) + _bare(waiting)


def _headings_of(block: Block, waiting: Sequence[Block]) -> list[Block]:
    """Those of the headings just passed that stand above `block`."""
    above = [heading for heading in waiting if _is_prefix(_opened_by(heading), block.section)]
    if not above and waiting and waiting[-1].section == block.section:
        return [waiting[-1]]  # the format has no sections: what follows a heading is under it
    return above


def _path(block: Block, headings: Sequence[Block]) -> Section:
    if headings and headings[-1].section == block.section:
        return _opened_by(headings[-1])
    return block.section


def _aside(groups: Sequence[Group], blocks: list[Block]) -> list[Group]:
    return [Group(groups[-1].section, blocks)] if blocks else []


def _bare(headings: Sequence[Block]) -> list[Group]:
    runs = groupby(headings, key=lambda heading: heading.section)
    return [Group(section, list(run)) for section, run in runs]


def _opened_by(heading: Block) -> Section:
    return (*heading.section, " ".join(heading.text.split())[:_HEADING_LENGTH])


def _is_prefix(path: Section, other: Section) -> bool:
    cleaned = tuple(" ".join(part.split()) for part in other[: len(path)])
    return tuple(" ".join(part.split()) for part in path) == cleaned
