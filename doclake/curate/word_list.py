"""The lists of words and phrases in `words/`.

A regular expression a line. `[name weight]` heads those that belong together; `<name> = ...` is
what several have in common; a line that begins with `#` is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

_HEAD = re.compile(r"\[(\w+) ([\d.]+)\]")
_COMMON = re.compile(r"(<\w+>) = (.*)")


class Group(NamedTuple):
    """Expressions that say the same. `weight`: how sure one match makes it, 0 to 1."""

    name: str
    weight: float
    expressions: Sequence[str]

    def pattern(self, form: str = "{}", flags: int = 0) -> re.Pattern[str]:
        """All of them, within what stands around the `{}` of `form`."""
        return re.compile(form.replace("{}", f"(?:{'|'.join(self.expressions)})"), flags)


def read(name: str) -> list[Group]:
    """The groups of `words/{name}.txt`, in its order."""
    groups: list[Group] = []
    common: dict[str, str] = {}
    for line in _text(name).splitlines():
        if head := _HEAD.fullmatch(line):
            groups.append(Group(head[1], float(head[2]), []))
        elif shared := _COMMON.fullmatch(line):
            common[shared[1]] = _filled(shared[2], common)
        elif line and not line.startswith("#"):
            groups[-1] = groups[-1]._replace(
                expressions=(*groups[-1].expressions, _filled(line, common))
            )
    return groups


def plain(name: str) -> frozenset[str]:
    """The words of a list that has no groups."""
    return frozenset(line for line in _text(name).splitlines() if not line.startswith("#"))


def _text(name: str) -> str:
    return (files("doclake.curate") / "words" / f"{name}.txt").read_text("utf-8")


def _filled(expression: str, common: dict[str, str]) -> str:
    for name, what in common.items():
        expression = expression.replace(name, what)
    return expression
