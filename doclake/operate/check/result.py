"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doclake.secrets import redact

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Result:
    """`found` is what the world is like; `mend` says what to do about it, if anything."""

    state: State
    found: str
    mend: str = ""


def ok(found: str) -> Result:
    return Result("ok", redact(found))


def warning(found: str, mend: str) -> Result:
    return Result("warning", redact(found), mend)


def failed(found: str, mend: str) -> Result:
    return Result("failed", redact(found), mend)
