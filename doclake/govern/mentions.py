"""Whether a message names a document: as its path is, or as Markdown and terminals spell it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doclake.display import shown


class Names:
    """The names of some documents."""

    def __init__(self, names: Iterable[str]) -> None:
        every = {spelled for name in names for spelled in (_bare(name), _bare(shown(name)))}
        self._names = sorted(every - {""})

    def beside(self, more: Iterable[str]) -> Names:
        """These and some more."""
        return Names([*self._names, *more])

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in a text, and not only as a part of a longer name."""
        bare = _bare(text)
        return any(name in bare and _alone(name).search(bare) for name in self._names)


def _bare(text: str) -> str:
    """Without the backslashes that Markdown and JSON put before letters."""
    return text.replace("\\", "")


def _alone(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/]){re.escape(name)}(?![\w/])")
