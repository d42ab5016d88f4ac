"""The environment variables that override settings, as errors name them: what is wrong with one is
not mended in the file."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

PREFIX = "DOCLAKE_"
Given = Mapping[str, list[str]]
"""The variables that say something of a setting or of something in it, by its path in lower case:
`sources.docs.url`."""


def given() -> Given:
    named = defaultdict[str, list[str]](list)
    for name, value in sorted(os.environ.items()):
        if name.upper().startswith(PREFIX):
            parts = name[len(PREFIX) :].lower().split("__")
            above = [".".join(parts[:end]) for end in range(1, len(parts))]
            for path in [*above, *_paths(_read(value), ".".join(parts))]:
                named[path].append(name)
    return named


def of_key(key: str, by_path: Given, lines: Mapping[str, int]) -> list[str]:
    """The variables to be mended for a problem with a key: they say what it is, or they make the
    section in which it is missing. None if the file does, of which `lines` are the keys."""
    if key.upper().startswith(PREFIX):
        return [key]
    section = key.rpartition(".")[0]
    of_section = [] if key in lines or section in lines else by_path.get(section.lower(), [])
    return by_path.get(key.lower(), of_section)


def without_json(error: Exception) -> tuple[str, str, str]:
    """The problem with a variable that ought to hold JSON. pydantic-settings names only the
    section; where several variables of it hold a text, nobody knows which it means."""
    section = re.search(r'field "(\w+)"', str(error))
    path = section[1].lower() if section else ""
    texts = [name for name in given().get(path, ()) if isinstance(_read(os.environ[name]), str)]
    begun = [name for name in texts if os.environ[name].lstrip()[:1] in {"[", "{"}]
    meant = begun or texts
    name = meant[0] if len(meant) == 1 else f"{PREFIX}{path.upper()}__..."
    return name, "no JSON", 'lists and mappings in JSON: ["everyone"]'


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _paths(value: Any, path: str) -> Iterator[str]:
    yield path
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    for name, part in inner:
        yield from _paths(part, f"{path}.{name}".lower())
