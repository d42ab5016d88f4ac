"""What is wrong with the settings, told with the key and never with a secret.

What somebody wrote in the wrong place may be a secret whose key does not say so. So of a value only
numbers and short, ordinary words are shown; a mapping, a list and what looks like a token are not.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from doclake import display, secrets
from doclake.errors import SettingsError
from doclake.settings.fields import NO_SECRETS

Problem = tuple[str, str, str]
"""Key, what was found, what was expected."""
NOT_SHOWN = "a secret (not shown)"
_PRIVATE = re.compile(r"alerts(\.|$)|(.*\.)?storage_options(\.|$)")
_SECTIONS = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
_KEY = re.compile(r"[\w.-]{1,80}")


def error_of(file: Path, problems: list[Problem]) -> SettingsError:
    lines = "".join(
        f"\n  {display.shown(f'{key}: found {found}; expected: {expected}')}"
        for key, found, expected in problems
    )
    name = display.shown(str(file))
    return SettingsError(f"{name} is wrong:{lines}", file=str(file), problems=problems)


def of_types(error: ValidationError) -> list[Problem]:
    """The problems that pydantic found."""
    return [_of_type(each) for each in error.errors(include_url=False)]


def _of_type(error: Any) -> Problem:
    key = ".".join(_part(part) for part in error["loc"] if part != "[key]") or "(settings)"
    value, expected = error["input"], error["msg"].removeprefix("Value error, ")
    if NO_SECRETS in expected:
        return key, NOT_SHOWN, expected
    if error["type"] == "extra_forbidden":
        if secrets.holds_a_secret(value, str(error["loc"][-1])) and not _PRIVATE.match(key):
            return key, NOT_SHOWN, NO_SECRETS
        return key, "an unknown key", "a key of docs/configuration.md"
    if error["type"] == "missing":
        return key, "nothing", expected
    if _PRIVATE.match(key):
        return key, NOT_SHOWN, expected
    return key, found(value, is_section=error["type"] in _SECTIONS), expected


def found(value: Any, *, is_section: bool = False) -> str:
    """A value as an error shows it; a text in the place of a section is not shown."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, set):
        return "a set"
    if isinstance(value, str):
        if is_section:
            return "a text"
        if secrets.may_be_secret(value):
            return "what may be a secret (not shown)"
    return repr(value)[:200]


def of_yaml(error: Exception) -> Problem:
    """Where the file goes wrong and why, without its line, which PyYAML quotes."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    said = str(getattr(error, "problem", "") or getattr(error, "reason", "") or "")
    quoted = next((q for q in re.finditer("'([^']*)'?", said) if len(q[1]) > 2), None)
    why = said[: quoted.start()] + "..." if quoted else said
    return "(file)", place + (why or "a value that cannot be read"), "YAML in UTF-8"


def of_variable(error: Exception) -> Problem:
    """A variable that ought to hold JSON; pydantic-settings names its section only."""
    section = re.search(r'field "(\w+)"', str(error))
    name = f"DOCLAKE_{section[1].upper()}" if section else "DOCLAKE_"
    set_here = name in map(str.upper, os.environ)
    return (
        name if set_here else f"{name}__...",
        "no JSON",
        'lists and mappings in JSON: ["everyone"]',
    )


def _part(part: Any) -> str:
    name = str(part)
    if _KEY.fullmatch(name) and not secrets.may_be_secret(name):
        return name
    return "(a name that is not shown)"
