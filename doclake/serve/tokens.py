"""Whom a token stands for: a file says, or a program.

The settings hold no token, and the file only digests of tokens: they are long and random, so a
digest gives nobody a token back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from doclake import access, programs
from doclake.errors import ServerBusy, SettingsError, TokenUnknown
from doclake.settings import Settings, yaml_file
from doclake.settings.fields import Principal

Scope = Literal["memory:forget", "memory:erase"]
FORGET: Scope = "memory:forget"
ERASE: Scope = "memory:erase"
SCOPES = frozenset[Scope](get_args(Scope))
"""What takes something away needs one of these in the token."""
_MOST_KEPT = 10_000
_MOST_PRINTED = 1_000_000
_log = logging.getLogger(__name__)


class Identity(BaseModel):
    """Whom a token stands for, and what it lets them do beside reading."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    principals: tuple[Principal, ...]
    scopes: frozenset[Scope] = frozenset()


class _Token(Identity):
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


_TOKENS = TypeAdapter(list[_Token])


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


class Tokens:
    """The tokens of the settings of a moment; keeps what a program said, and a file while its
    content is the same."""

    def __init__(self) -> None:
        self._read: tuple[bytes, Mapping[str, Identity]] = (b"", {})
        self._kept: OrderedDict[str, tuple[float, Identity]] = OrderedDict()

    def identity(self, token: str, settings: Settings) -> Identity:
        """Raises `TokenUnknown` for a token that opens nothing, `SettingsError` for a file that is
        wrong or gone, `ServerBusy` for a program that gives no answer."""
        serve = settings.serve
        if serve.token_file:
            file = settings.local_path(serve.token_file)
            assert file is not None  # a URL is no Place of a file; `check` says so at the start
            found = self._of_file(file).get(digest(token))
        elif serve.principals_command:
            found = self._of_program(token, settings)
        else:
            found = None
        if found is None:
            raise unknown()
        return found

    def check(self, settings: Settings) -> None:
        """Raises `SettingsError` if the file of the settings is wrong."""
        place = settings.serve.token_file
        if place:
            file = settings.local_path(place)
            if file is None:
                raise _wrong(place, "a file on this machine")
            self._of_file(file)

    def _of_file(self, file: Path) -> Mapping[str, Identity]:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise _wrong(str(file), f"a file that can be read: {error.strerror}") from None
        was, known = self._read
        if content != was or not was:
            known = _parsed(file, content)
            self._read = (content, known)
        return known

    def _of_program(self, token: str, settings: Settings) -> Identity | None:
        key, now = digest(token), time.monotonic()
        until, kept = self._kept.get(key, (0.0, None))
        if kept is not None and now < until:
            return kept
        found = _ask(token, settings)
        if found is not None:
            self._kept.pop(key, None)
            self._kept[key] = (now + settings.serve.principals_kept.total_seconds(), found)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def unknown() -> TokenUnknown:
    return TokenUnknown(
        "This token opens nothing.", mend="Send another one, or none to see what everyone may see."
    )


def same(one: str, other: str) -> bool:
    """Whether two keys are equal, in a time that tells nothing of them."""
    return hmac.compare_digest(digest(one), digest(other))


def _parsed(file: Path, content: bytes) -> Mapping[str, Identity]:
    try:
        rows = _TOKENS.validate_python(yaml_file.loaded(content.decode()) or [])
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise _wrong(
            f"{file}: {where}", "a list of {sha256: 64 digits, principals: [...], scopes: [...]}"
        ) from None
    except Exception:  # beside its own, PyYAML lets others through, and repeats the file
        raise _wrong(str(file), "YAML") from None
    return {row.sha256: row for row in rows}


def _wrong(found: str, expected: str) -> SettingsError:
    return SettingsError(
        f"serve.token_file: found {found}, expected {expected}.",
        mend="Correct it; until then no token opens anything.",
        problems=[("serve.token_file", found, expected)],
        file=found,
    )


def _ask(token: str, settings: Settings) -> Identity | None:
    """What the program of the settings prints for a token; None if it fails: the token is wrong."""
    command = list(settings.serve.principals_command)
    try:
        answer = programs.printed(
            command,
            folder=settings.config_dir,
            seconds=settings.serve.principals_timeout.total_seconds(),
            most=_MOST_PRINTED,
            given=token.encode("utf-8", "surrogateescape"),
        )
    except programs.ProgramFailed as error:
        if error.status is not None:
            return None
        _log.error("serve.principals_command: %s", error)
        raise ServerBusy(
            "Nobody can say now whom this token stands for.", mend="Try again in a moment."
        ) from None
    try:
        said: Any = json.loads(answer)
        said = said if isinstance(said, dict) else {"principals": said}
        named = access.principals(said.get("principals"))
        return Identity.model_validate({**said, "principals": named})
    except (ValueError, RecursionError, SettingsError):
        _log.error("serve.principals_command printed no principals as JSON, or unknown scopes")
        return None
