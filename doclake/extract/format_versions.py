"""Facts of a format that decide the rows of its documents, and so belong in their fingerprint."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from doclake import fingerprints
from doclake.extract import registry, text_formats
from doclake.extract.format import Format, ServerName
from doclake.fingerprints import ByMediaType
from doclake.settings import Engine, ExtractRecipe

SERVERS: dict[ServerName, int] = {"vision": 1, "transcription": 1}
"""Raise one by hand when what is asked of its server, or taken from the answer, changes."""

_BY_NAME = {row.name: row for row in registry.FORMATS}


def facts(row: Format, media_type: str, engine: Engine) -> dict[str, Any]:
    """Facts of a format that decide the rows of its documents: its name, the versions of its
    reader and of those it calls, the versions of the libraries behind them."""
    rows = closure(row)
    packages = {name for row in rows for name in row.packages}
    if engine == "unstructured" and registry.partitioner(media_type):
        packages.update(text_formats.UNSTRUCTURED)
    return {
        "format": rows[0].name,
        "versions": {row.name: row.version for row in rows},
        "packages": {name: fingerprints.version(name) for name in packages},
    }


def servers(row: Format, recipe: ExtractRecipe) -> dict[str, Any]:
    """What of the servers that may read documents of a format decides their rows."""
    asked = {name: getattr(recipe, name) for name in row.servers}
    return {
        name: {"version": SERVERS[name], **settings.facts()}
        for name, settings in asked.items()
        if settings.url
    }


def closure(row: Format) -> list[Format]:
    """The row and all rows it uses, directly or not."""
    rows = [row]
    for user in rows:
        rows += [_BY_NAME[name] for name in user.uses if _BY_NAME[name] not in rows]
    return rows


@lru_cache(maxsize=64)
def fingerprints_of(recipe: ExtractRecipe) -> ByMediaType:
    """The fingerprint that the ledger must hold for each media type under a recipe."""
    known = {
        kind.name: facts(row, kind.name, recipe.engine) | servers(row, recipe)
        for row, kind in registry.kinds()
    }
    return fingerprints.extract(recipe, known)
