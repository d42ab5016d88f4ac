"""Reading a YAML file that a person wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from doclake.settings import problems as wrong


def mapping(file: Path, expected: str, named: str = "(file)") -> dict[str, Any]:
    """What stands in the file, nothing in an empty one. Raises `SettingsError`, which says that
    `expected` should be there; a file that cannot be read is the value of `named`."""
    try:
        data = yaml.safe_load(file.read_text("utf-8")) or {}
    except OSError as error:
        found = f"{file}: {error.strerror}"
        raise wrong.error_of(file, [(named, found, "a file that can be read")]) from None
    except Exception as error:  # beside its own, PyYAML lets ValueError and others through
        raise wrong.error_of(file, [wrong.of_yaml(error)]) from None
    if not isinstance(data, dict):
        raise wrong.error_of(file, [("(file)", wrong.found(data, is_section=True), expected)])
    return data
