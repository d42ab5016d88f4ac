"""The line of a settings file on which a key stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

_LARGE = 1_000_000  # bytes, of which a line is not looked for


def lines_of(file: Path) -> dict[str, int]:
    """Each key with its line, by its path as errors name it: `sources.docs.url`; empty for a file
    that cannot be read or is very large. The first line is 1."""
    try:
        if file.stat().st_size > _LARGE:
            return {}
        root = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
        return dict(_walk(root, ""))
    except Exception:  # what is wrong with the file is told elsewhere
        return {}


def line_of(key: str, lines: dict[str, int]) -> int | None:
    """The line of a key, or of the section in which it is missing."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


def _walk(node: yaml.Node | None, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(place), value, value) for place, value in enumerate(node.value)]
    else:
        return
    for name, key, value in children:
        inner = f"{path}.{name}" if path else name
        yield inner, key.start_mark.line + 1
        yield from _walk(value, inner)
