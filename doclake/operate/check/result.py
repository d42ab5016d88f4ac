"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Result:
    """`found` is what the world is like; `mend` says what to do about it, if anything."""

    state: State
    found: str
    mend: str = ""


def ok(found: str) -> Result:
    return Result("ok", found)


def warning(found: str, mend: str) -> Result:
    return Result("warning", found, mend)


def failed(found: str, mend: str) -> Result:
    return Result("failed", found, mend)
