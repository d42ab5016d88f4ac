"""What the doctor says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be. One that breaks no `invariant` is about documents, and
    leaves the lake sound. One about a `file` names it as it is in the lake, with its table, and
    the source and bucket whose rows it holds."""

    check: str
    message: str
    mend: str
    invariant: bool = True
    table: str | None = None
    source: str | None = None
    bucket: str | None = None
    file: str | None = None
