"""Reading a YAML file that a person wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from doclake.settings import problems as wrong

_MERGE = "tag:yaml.org,2002:merge"


def mapping(file: Path, expected: str, named: str = "(file)") -> dict[str, Any]:
    """What stands in the file, nothing in an empty one. Raises `SettingsError`, which says that
    `expected` should be there; a file that cannot be read is the value of `named`."""
    try:
        data = loaded(file.read_text("utf-8")) or {}
    except OSError as error:
        found = f"{file}: {error.strerror}"
        raise wrong.error_of(file, [(named, found, "a file that can be read")]) from None
    except Exception as error:  # beside its own, PyYAML lets ValueError and others through
        raise wrong.error_of(file, [wrong.of_yaml(error)]) from None
    if not isinstance(data, dict):
        raise wrong.error_of(file, [("(file)", wrong.found(data, is_section=True), expected)])
    return data


def loaded(text: str) -> Any:
    """What a text in YAML says. Raises `YAMLError` for a key that stands twice in one mapping, of
    which PyYAML would keep the last, and PyYAML's errors."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        # Before anything is made of the nodes: merging by `<<` puts keys into them a second time.
        _require_each_once(root)
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _require_each_once(root: yaml.Node | None) -> None:
    waiting, seen = [root], set[int]()  # an alias leads to a node that was looked at
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            _require_other_keys([key for key, _ in node.value if key.tag != _MERGE])


def _require_other_keys(keys: Sequence[yaml.Node]) -> None:
    lines: dict[str, int] = {}
    for key in (key for key in keys if isinstance(key, yaml.ScalarNode)):
        if key.value in lines:
            said = f"{wrong.REPEATED}, and before in line {lines[key.value]}"
            raise yaml.constructor.ConstructorError(None, None, said, key.start_mark)
        lines[key.value] = key.start_mark.line + 1
