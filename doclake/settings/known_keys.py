"""The keys that settings know, to tell whoever misspelt one. `root` is the model of them all."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pydantic import BaseModel

Path = Sequence[str | int]
Schema = dict[str, Any]


def expected_instead_of(path: Path, root: type[BaseModel]) -> str:
    """What ought to stand in the place of the unknown key at the end of `path`."""
    section = _schema(root)
    for part in path[:-1]:
        section = _inside(section, part, root) or {}
    known = list(section.get("properties", {}))
    meant = get_close_matches(str(path[-1]).lower(), known, n=1)
    if meant:
        return f"a known one; did you mean {meant[0]}?"
    return f"one of {', '.join(known)}" if known else "a key of docs/configuration.md"


def setting_at(path: Path, root: type[BaseModel]) -> Path:
    """`path` without what pydantic appends of its own: which of several types it tried."""
    section = _schema(root)
    for place, part in enumerate(path):
        inner = _inside(section, part, root)
        if inner is None:
            is_item = section.get("type") == "array" and isinstance(part, int)
            return path[: place + 1] if is_item else path[:place]
        section = inner
    return path


def _inside(section: Schema, part: str | int, root: type[BaseModel]) -> Schema | None:
    """The schema of a key of a section, of any key if all names will do; else None."""
    found = section.get("properties", {}).get(part, section.get("additionalProperties"))
    if not isinstance(found, dict):
        return None
    for option in [found, *found.get("anyOf", ())]:  # of several kinds, the section
        if "$ref" in option:
            return cast("Schema", _schema(root)["$defs"][option["$ref"].rpartition("/")[2]])
    return found


@cache
def _schema(root: type[BaseModel]) -> Schema:
    schema = root.model_json_schema()
    for name, info in root.model_fields.items():
        if info.exclude:
            del schema["properties"][name]
    return schema
