"""Front matter of Markdown: fields in YAML between two rules at the top of a document.

A document may as well begin with a rule, or a deck with its first slide, and have text before the
next rule. So what stands there is taken for fields only if all of it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import Node

_BETWEEN_RULES = re.compile(
    r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_LONGEST = 1 << 14  # characters; YAML is parsed slowly, and more is a text
_KEY = re.compile(r"[\"']?(\w[\w .-]{0,99}?)[\"']?[ \t]{0,9}:(?:[ \t]+(.*))?")
_PLAIN_KEY = re.compile(r"[a-z_][\w.-]*")


def split(text: str) -> tuple[dict[str, str], str]:
    """(fields, the text below them). A field in a field has a dotted name; several values of one
    name are joined by commas."""
    found = _BETWEEN_RULES.match(text)
    if not found or len(found[1]) > _LONGEST:
        return {}, text
    lines = found[1].splitlines()
    first = lines[0] if lines else ""
    if not (_KEY.fullmatch(first) or first.startswith("#")):
        return {}, text
    fields = _fields(found[1], lines)
    has_comments = any(line.startswith("#") for line in lines)
    # `# Agenda` above `Date: 5 March` is a heading. Only among keys of programs it is a comment.
    if not fields or (has_comments and not all(map(_PLAIN_KEY.fullmatch, fields))):
        return {}, text
    return fields, text[found.end() :]


def _fields(source: str, lines: list[str]) -> dict[str, str]:
    """No fields for what is no mapping, or one whose aliases repeat more text than there is."""
    import yaml

    try:
        # Nodes alone: nothing is constructed, and each value stays as it is written.
        root = yaml.compose(source, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            return {}
        values: dict[str, list[str]] = {}
        room = 2 * _LONGEST
        for path, value in _leaves(root, ""):
            room -= len(path) + len(value) + 1
            if room < 0:
                return {}
            values.setdefault(path, []).append(value)
    except yaml.YAMLError:
        return _by_lines(lines)
    except RecursionError:
        return {}
    return {path: ", ".join(filter(None, texts)) for path, texts in values.items()}


def _leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(node, yaml.SequenceNode):
        if not node.value:
            yield path, ""
        for item in node.value:
            yield from _leaves(item, path)
    else:
        yield path, "" if node.tag == "tag:yaml.org,2002:null" else node.value.strip()


def _by_lines(lines: list[str]) -> dict[str, str]:
    """The fields of what is nearly YAML, such as `title: Tides: a guide`: each line names a field,
    is a comment, or goes on with the field above."""
    fields: dict[str, str] = {}
    key = ""
    for line in lines:
        if found := _KEY.fullmatch(line):
            key = found[1]
            fields[key] = (found[2] or "").strip("\"' \t")
        elif key and line.startswith((" ", "\t", "- ")):
            joint = ", " if line.strip().startswith("- ") else " "
            words = line.strip().removeprefix("- ")
            fields[key] = f"{fields[key]}{joint}{words}" if fields[key] else words
        elif line.strip() and not line.startswith("#"):
            return {}
    return fields
