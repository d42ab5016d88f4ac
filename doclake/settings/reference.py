"""The configuration reference, read off the settings model so that it cannot go stale.

    python -m doclake.settings.reference > docs/configuration.md

`sections()` also feeds the commented file that `doclake init` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True)
class Key:
    """One setting. `default` is None if the key must be given."""

    name: str
    kind: str
    default: str | None
    about: str

    @property
    def value(self) -> str:
        """A value in YAML: the default, or an example where the machine decides it."""
        return "2" if self.default and " of " in self.default else self.default or "{}"


@dataclass(frozen=True)
class Section:
    """The keys that stand together under one path, e.g. `recipe.chunk`."""

    path: tuple[str, ...]
    about: str
    keys: list[Key] = field(default_factory=list)

    @property
    def title(self) -> str:
        return ".".join(self.path) or "Top level"


def sections() -> list[Section]:
    """Every section in the order of the model; a model used twice is described once."""
    from doclake.settings import Settings

    schema = Settings.model_json_schema()
    hidden = {name for name, info in Settings.model_fields.items() if info.exclude}
    definitions = schema["$defs"]
    return list(_walk((), schema, definitions, set(), hidden))


def _walk(
    path: tuple[str, ...],
    schema: dict[str, Any],
    definitions: dict[str, Any],
    seen: set[str],
    hidden: set[str],
) -> Iterator[Section]:
    section = Section(path, " ".join(schema.get("description", "").split()))
    inner: list[tuple[str, tuple[str, ...]]] = []
    for name, prop in schema["properties"].items():
        if name in hidden:
            continue
        model, step = _model_of(name, prop)
        if model is None:
            section.keys.append(_key(name, prop))
        elif model in seen or (path and path[0] == "sources"):
            section.keys.append(Key(name, f"as [`{name}`](#{name})", "", _about(prop)))
        else:
            inner.append((model, step))
    yield section
    for model, step in inner:
        seen.add(model)
        yield from _walk((*path, *step), definitions[model], definitions, seen, set())


def _model_of(name: str, prop: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The model behind a property, and the steps in the path that lead to its keys."""
    if "$ref" in prop:
        return prop["$ref"].rpartition("/")[2], (name,)
    inner = prop.get("additionalProperties")
    if isinstance(inner, dict) and "$ref" in inner:
        return inner["$ref"].rpartition("/")[2], (name, "NAME")
    return None, ()


def _about(prop: dict[str, Any]) -> str:
    return str(prop.get("description", ""))


def _key(name: str, prop: dict[str, Any]) -> Key:
    default = prop.get("default_is")
    if default is None and "default" in prop:
        default = json.dumps(prop["default"], ensure_ascii=False).strip('"')
        default = duration_text(prop["default"]) if kind_of(prop) == "duration" else default or '""'
    if default is None and prop.get("type") == "object":
        default = "{}"
    return Key(name, kind_of(prop), default, _about(prop))


def duration_text(iso: str) -> str:
    """`7d`, as people write it, for pydantic's P7D."""
    seconds = int(TypeAdapter(timedelta).validate_python(iso).total_seconds())
    size, unit = next(
        (s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if seconds % s == 0
    )
    return f"{seconds // size}{unit}"


def kind_of(prop: dict[str, Any]) -> str:
    if "anyOf" in prop:
        return " or ".join(kind_of(option) for option in prop["anyOf"])
    if "enum" in prop:
        return " or ".join(f"`{value}`" for value in prop["enum"])
    if prop.get("format") == "duration":
        return "duration"
    if prop.get("type") == "array":
        return f"list of {kind_of(prop.get('items', {}))}s"
    words = {"object": "mapping", "boolean": "true or false"}
    kind = words.get(prop.get("type", ""), prop.get("type", "value"))
    low, high = prop.get("minimum"), prop.get("maximum")
    if low is not None and high is not None:
        return f"{kind} from {low} to {high}"
    if low is not None:
        return f"{kind}, at least {low}"
    above = prop.get("exclusiveMinimum")
    return f"{kind} above {above}" if above is not None else kind


def markdown() -> str:
    """All of docs/configuration.md."""
    parts = [(files("doclake") / "templates" / "configuration.md").read_text("utf-8")]
    for section in sections():
        title = f"`{section.title}`" if section.path else section.title
        parts.append(f"\n## {title}\n\n{section.about}\n")
        if not section.keys:
            continue
        parts.append("\n| key | value | default | |\n|---|---|---|---|\n")
        for key in section.keys:
            default = "*required*" if key.default is None else key.default and f"`{key.default}`"
            parts.append(f"| `{key.name}` | {key.kind} | {default} | {key.about} |\n")
    return "".join(parts)


if __name__ == "__main__":
    print(markdown(), end="")
