"""Dagster's side of Doclake, under one name that is no user's own.

The names below are what a Dagster project uses; importing this package imports none of them until
they are used. `assets/`, `resources/` and `pipelines/` stand at the top of the repository, and this
folder holds links to them. Python, the wheel and the type checker follow the links, so a module has
the same name in a checkout as where the wheel is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doclake_dagster.pipelines.component import DocumentSource, open_project
    from doclake_dagster.pipelines.definitions import build_definitions

__all__ = ["DocumentSource", "build_definitions", "open_project"]

_HOMES = {
    "DocumentSource": "doclake_dagster.pipelines.component",
    "build_definitions": "doclake_dagster.pipelines.definitions",
    "open_project": "doclake_dagster.pipelines.component",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'doclake_dagster' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
