"""What is wrong with the settings, told with the key and never with a secret.

What somebody wrote in the wrong place may be a secret whose key does not say so. So of a value only
numbers and short, ordinary words are shown; a mapping, a list and what looks like a token are not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from doclake import display, secrets
from doclake.errors import SettingsError
from doclake.settings.fields import NO_SECRETS
from doclake.settings.known_keys import expected_instead_of, setting_at
from doclake.settings.lines import line_of, lines_of

Problem = tuple[str, str, str]
"""Key, what was found, what was expected."""
NOT_SHOWN = "a secret (not shown)"
_PRIVATE = re.compile(r"alerts(\.|$)|(.*\.)?((storage_)?options(\.|$)|personal_data_key$)")
_SECTIONS = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
_IN_WORDS = [
    ("missing", "a value: it is required"),
    *((section, "a mapping of settings") for section in _SECTIONS),
    ("int", "a whole number"),
    ("float", "a number"),
    ("bool", "true or false"),
    ("string_type", "a text"),
    ("literal_error", "{expected}"),
    ("greater_than_equal", "at least {ge}"),
    ("greater_than", "more than {gt}"),
    ("less_than_equal", "at most {le}"),
    ("less_than", "less than {lt}"),
    ("time_delta", "a duration such as 90s, 15m, 24h or 7d"),
    ("date", "a day such as 2026-03-31"),
    ("string_too_short", "a text of at least {min_length} letters"),
    ("string_too_long", "a text of at most {max_length} letters"),
    ("too_short", "at least {min_length} in the list"),
    ("tuple", "a list"),
    ("list", "a list"),
]
"""What a setting ought to be, by the beginning of the name of pydantic's error."""
_YAML_IN_WORDS = (
    ("expected <block end>", "an indentation that fits no line above it"),
    ("mapping values are not allowed", "a second colon in a line, or a wrong indentation"),
    ("found character '\\t'", "a tab, where only blanks may stand"),
    ("could not find expected ':'", "a key without a colon"),
    ("expected ',' or", "a list or a mapping that is not closed"),
    ("found unexpected end of stream", "a text whose quotes are not closed"),
    ("found undefined alias", "an alias that nothing is named by"),
)
"""What is in a line that is no YAML, by the beginning of what PyYAML says."""
REPEATED = "a key that stands here a second time"
_FILE = "(file)"
_INHERITED = re.compile(r"sources\.[^.]+\.(recipe\..+)")
_KEY = re.compile(r"[\w.-]{1,80}")


def error_of(file: Path, problems: list[Problem]) -> SettingsError:
    lines = lines_of(file)
    told = "".join(f"\n  {display.shown(_line(problem, lines))}" for problem in problems)
    name = display.shown(str(file))
    return SettingsError(f"{name} is wrong:{told}", file=str(file), problems=problems)


def _line(problem: Problem, lines: dict[str, int]) -> str:
    key, found, expected = problem
    line = line_of(key, lines)
    if key == _FILE:
        return f"{found}; expected: {expected}"
    place = "" if line is None else f"line {line}: "
    variable = f"DOCLAKE_{key.upper().replace('.', '__')}"
    if variable in map(str.upper, os.environ):  # it wins over what stands in the file
        place = f"variable {variable}: "
    return f"{place}{key}: found {found}; expected: {expected}"


def of_types(error: ValidationError, root: type[BaseModel]) -> list[Problem]:
    """The problems that pydantic found, one for each mistake: it tries each type that a setting may
    have, and reports them all. `root` is the model that it checked."""
    problems: dict[str, Problem] = {}
    for each in error.errors(include_url=False):
        key, found, expected = of_type(each, root)
        if key in problems and expected not in problems[key][2]:
            expected = f"{problems[key][2]}, or {expected}"
        problems[key] = key, found, expected
    return [problem for key, problem in problems.items() if not _is_inherited(key, problems)]


def _is_inherited(key: str, problems: dict[str, Problem]) -> bool:
    """Whether a source only repeats a mistake that stands in the recipe of all sources."""
    match = _INHERITED.fullmatch(key)
    return bool(match and match[1] in problems and problems[match[1]][1:] == problems[key][1:])


def of_type(error: Any, root: type[BaseModel]) -> Problem:
    """One of the errors of `ValidationError.errors`."""
    if error["type"] == "extra_forbidden":
        return _of_unknown(error, root)
    path = setting_at([part for part in error["loc"] if part != "[key]"], root)
    key, value, expected = _named(path), error["input"], in_words(error)
    if NO_SECRETS in expected:
        return key, NOT_SHOWN, expected
    if error["type"] == "missing":
        return key, "nothing", expected
    if _PRIVATE.match(key):
        return key, NOT_SHOWN, expected
    return key, found(value, is_section=error["type"] in _SECTIONS), expected


def _of_unknown(error: Any, root: type[BaseModel]) -> Problem:
    key = _named(error["loc"])
    if secrets.holds_a_secret(error["input"], str(error["loc"][-1])) and not _PRIVATE.match(key):
        return key, NOT_SHOWN, NO_SECRETS
    return key, "an unknown key", expected_instead_of(error["loc"], root)


def _named(path: Sequence[str | int]) -> str:
    return ".".join(map(_part, path)) or "(settings)"


def in_words(error: Any) -> str:
    """What was expected, by an error of pydantic's, which speak of Python and of patterns."""
    said = next((said for kind, said in _IN_WORDS if error["type"].startswith(kind)), None)
    if said is not None:
        bounds = error.get("ctx", {}).items()
        return said.format(**{k: int(v) if v in (0, 1) else v for k, v in bounds})
    return str(error["msg"]).removeprefix("Value error, ")


def found(value: Any, *, is_section: bool = False) -> str:
    """A value as an error shows it; a text in the place of a section is not shown."""
    if value is None:
        return "nothing"
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
    for beginning, words in _YAML_IN_WORDS:
        if said.startswith(beginning):
            return _FILE, place + words, "YAML in UTF-8"
    if said.startswith(REPEATED):
        return _FILE, place + said, "each key once"
    quoted = next((q for q in re.finditer("'([^']*)'?", said) if len(q[1]) > 2), None)
    why = said[: quoted.start()] + "..." if quoted else said
    return _FILE, place + (why or "a value that cannot be read"), "YAML in UTF-8"


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
