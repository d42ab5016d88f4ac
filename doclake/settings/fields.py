"""Types that several sections of the settings share."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    field_validator,
)

from doclake import access, display, secrets

NO_SECRETS = "secrets come from the environment only (AWS_ACCESS_KEY_ID ...)"
LONGEST_TEXT = 5_000
LONGEST_GLOB = 1_000


def _duration(value: Any) -> Any:
    """Reads `90s`, `15m`, `24h`, `7d`; pydantic reads anything else."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if not match:
        return value
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _owner(value: str) -> str:
    """Dagster checks owners with the same expression."""
    if re.fullmatch(r"team:\w+|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}", value):
        return value
    raise ValueError("an e-mail address or 'team:name'")


def _text(value: str) -> str:
    if display.shown_lines(value) != value or len(value) > LONGEST_TEXT:
        raise ValueError(f"text without control characters, at most {LONGEST_TEXT:,} long")
    return value


def _glob(value: str) -> str:
    if value == "**":  # the default: `doclake status` needs no library to check it
        return value
    from pathspec import GitIgnoreSpec

    if not value.strip() or display.shown(value) != value or len(value) > LONGEST_GLOB:
        raise ValueError(
            f"a glob that is not blank and has no control characters, at most {LONGEST_GLOB:,} long"
        )
    if value.startswith("#"):
        raise ValueError("a glob; one that begins with # or ! is written \\# or \\!")
    try:
        GitIgnoreSpec.from_lines([value.lower()])  # letter case is ignored
    except (ValueError, re.error):  # the text of the error repeats the glob
        raise ValueError("a glob as in .gitignore") from None
    return value


def _place(value: str) -> str:
    if secrets.is_secret_url(value):
        raise ValueError(NO_SECRETS)
    if not value.strip() or value != value.strip() or display.shown(value) != value:
        raise ValueError("a folder or a URL without blanks at its ends and control characters")
    return value


def _file_here(place: str) -> str:
    if "://" in place:
        raise ValueError("a file of this machine, such as questions.yaml")
    return place


def off_is_a_word(value: Any) -> Any:
    """YAML reads the word `off` as false."""
    return "off" if value is False else value


def as_list(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return value
    raise ValueError("a list, such as [one, another]")


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((value for value, times in Counter(values).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"each of them once, unlike {secrets.redact(twice)!r}")
    return values


def _not_empty(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("at least one")
    return values


def _network(value: Any) -> Any:
    try:
        return ip_network(value)
    except ValueError:
        raise ValueError("a network, such as 10.1.0.0/16") from None


def _web_host(value: str) -> str:
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*(:\d{1,5})?", value):
        raise ValueError("a host without scheme and path: www.example.org, or example.org:8080")
    return value.lower()


def _web_agent(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_-]+", value):
        raise ValueError("letters, _ and -: robots.txt knows no other names (RFC 9309)")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Owner = Annotated[str, AfterValidator(_owner)]
Text = Annotated[str, AfterValidator(_text)]
Glob = Annotated[str, AfterValidator(_glob)]
Place = Annotated[str, AfterValidator(_place)]
FileHere = Annotated[Place, AfterValidator(_file_here)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
WebHost = Annotated[str, AfterValidator(_web_host)]
WebAgent = Annotated[str, AfterValidator(_web_agent)]
Principal = Annotated[str, AfterValidator(access.principal)]
Engine = Literal["native", "unstructured"]
Item = TypeVar("Item")
Listed = Annotated[tuple[Item, ...], BeforeValidator(as_list), AfterValidator(_each_once)]
"""A list in YAML without repetitions: no string in its place, and no set, which has no order."""

OneOrMore = Annotated[Listed[Item], AfterValidator(_not_empty)]


class Frozen(BaseModel):
    """A section of the settings. Its errors never show what was given: that may be a secret."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, hide_input_in_errors=True
    )


class Model(Frozen):
    """A section that holds no secret, in no option and in no text."""

    @field_validator("*", mode="before")
    @classmethod
    def _no_secrets(cls, value: Any, field: ValidationInfo) -> Any:
        kind = cls.model_fields[field.field_name or ""].annotation
        has_sections = isinstance(kind, type) and issubclass(kind, BaseModel)
        if not has_sections and secrets.holds_a_secret(value):
            raise ValueError(no_secrets(value))
        return value


def no_secrets(value: Any) -> str:
    """What is expected in place of `value`, with the options of it that hold a secret."""
    options = [name for name in _options(value) if secrets.redact(name) == name]
    return f"{NO_SECRETS}, not from {', '.join(options)}" if options else NO_SECRETS


def _options(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [name for part in value for name in _options(part)]
    if not isinstance(value, dict):
        return []
    names = []
    for key, part in value.items():
        if secrets.holds_a_secret(part, str(key)):
            names += _options(part) or [display.shown(str(key))[:80]]
    return names


def merged(base: Any, override: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(override, dict):
        return override
    return {
        key: merged(base[key], override[key])
        if key in base and key in override
        else override.get(key, base.get(key))
        for key in [*base, *(k for k in override if k not in base)]
    }
