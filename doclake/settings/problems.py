"""What is wrong with the settings, told with the key and never with a secret.

What somebody wrote in the wrong place may be a secret whose key does not say so. So of a value only
numbers and short, ordinary words are shown; a mapping, a list and what looks like a token are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from doclake import display, secrets
from doclake.errors import SettingsError
from doclake.settings import variables
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
_LONGEST_NAME = 80


def error_of(file: Path, problems: list[Problem]) -> SettingsError:
    """The error of a file that variables do not override, or of what it says itself."""
    return _error(file, [(problem, ()) for problem in problems], lines_of(file))


def error_with_variables(file: Path, problems: list[Problem]) -> SettingsError:
    """The error of settings that are those of a file and of the variables that override it; it
    blames whichever is wrong."""
    given, lines, inherited = variables.given(), lines_of(file), _inherited(problems)
    problems = [problem for problem in problems if problem[0] not in inherited]
    told = [(problem, variables.of_key(problem[0], given, lines)) for problem in problems]
    return _error(file, told, lines)


def _error(
    file: Path, problems: Sequence[tuple[Problem, Sequence[str]]], lines: dict[str, int]
) -> SettingsError:
    names = list(dict.fromkeys(name for _, by in problems for name in by))
    blamed = _blamed(display.shown(str(file)), names, beside=any(not by for _, by in problems))
    told = "".join(f"\n  {display.shown(_line(*problem, lines))}" for problem in problems)
    told = f"{blamed} wrong:{told}"
    return SettingsError(told, file=str(file), problems=[each for each, _ in problems])


def _blamed(file: str, names: Sequence[str], *, beside: bool) -> str:
    """What is wrong: the file, variables, or variables `beside` the file."""
    if not names:
        return f"{file} is"
    is_one = len(names) == 1
    variables = f"environment variable{'' if is_one else 's'} {', '.join(names)}"
    if beside:
        return f"{file} and the {variables} are"
    return f"The {variables}, which override{'s' * is_one} {file}, {'is' if is_one else 'are'}"


def _line(problem: Problem, by: Sequence[str], lines: dict[str, int]) -> str:
    key, found, expected = problem
    if key == _FILE:
        return f"{found}; expected: {expected}"
    line = line_of(key, lines)
    place = "" if line is None else f"line {line}: "
    if by:
        place = "" if key in by else f"variable{'s' * (len(by) > 1)} {', '.join(by)}: "
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
    return list(problems.values())


def _inherited(problems: list[Problem]) -> set[str]:
    """The keys of sources that only repeat a mistake in the recipe of all sources."""
    known = set(problems)
    matches = [(_INHERITED.fullmatch(key), said) for key, *said in problems]
    return {match[0] for match, said in matches if match and (match[1], *said) in known}


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


def _part(part: Any) -> str:
    name = str(part)
    if secrets.may_be_secret(name) or len(name) > _LONGEST_NAME:
        return "(a name that is not shown)"
    return display.shown(name)
