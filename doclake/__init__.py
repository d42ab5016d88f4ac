"""Documents in, trustworthy rows out.

The names below are Doclake's public face: they are kept, tested and documented (docs/python.md).
Whatever lies deeper may move. Importing this package imports none of them until they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doclake import errors
    from doclake.extract.document import ExtractedDocument
    from doclake.face import Project, extract_file
    from doclake.memory.memories import Memories
    from doclake.memory.memory import Memory
    from doclake.search.hits import Hit
    from doclake.settings.model import Settings
    from doclake.stages.report import StageReport

__all__ = [
    "ExtractedDocument",
    "Hit",
    "Memories",
    "Memory",
    "Project",
    "Settings",
    "StageReport",
    "errors",
    "extract_file",
]

_HOMES = {
    "ExtractedDocument": "doclake.extract.document",
    "Hit": "doclake.search.hits",
    "Memories": "doclake.memory.memories",
    "Memory": "doclake.memory.memory",
    "Project": "doclake.face",
    "Settings": "doclake.settings.model",
    "StageReport": "doclake.stages.report",
    "extract_file": "doclake.face",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name == "errors":
        return import_module("doclake.errors")
    raise AttributeError(f"module 'doclake' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
