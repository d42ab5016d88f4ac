"""Documents that were read without an error and yet gave less than they hold.

The ledger decides it, here and nowhere else. `no_chunk`: the document held text, and no chunk came
of it. `thin`: its elements hold less than a set share of the letters seen in its bytes. A container
that holds only documents shows no letters of its own, and neither does a picture before OCR finds
some in it: both are whole without a chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from doclake.display import number_of
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings.operations import Thin
from doclake.tables.ledger import LEDGER, LedgerRow

Kind = Literal["no_chunk", "thin"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CHECKS: dict[Kind, str] = {
    "no_chunk": "every_document_with_text_has_chunks",
    "thin": "no_document_is_thin",
}
"""The asset check of each kind. One that fails opens an incident."""
SHOWN = 5
ORNAMENTS = "no_words"
COLUMNS = (
    *("source", "bucket", "root_id", "doc_id", "path", "status", "run_id"),
    *("letters", "element_letters", "left_out"),
    *("chunk_recipe", "chunks", "quarantined", "personal_kinds"),
)
_MENDS = {
    "hidden": "Set recipe.extract.hidden_text to include if people are to find hidden text.",
    "navigation": "Set recipe.chunk.navigation to include if people are to find menus.",
    "machine_text": "Nobody searches for it: add the document to `exclude` of its source.",
    "contract": "doclake quarantine list names the rule that refused its chunks.",
    "suspicious": "Read it. If it is sound, set recipe.injection to flag or quarantine.",
    "dropped": "doclake quarantine list --decided names who left them out, and why.",
}
_LOOK = "Compare it with what `doclake extract` shows of the file, and report what is missing."


@dataclass(frozen=True)
class Shortfall:
    """One such document; `rule` is what left its text out."""

    source: str
    bucket: str
    path: str
    kind: Kind
    rule: str
    message: str
    mend: str
    run_id: str | None


def find(lake: Lake, thin: Thin, source: str | None = None) -> list[Shortfall]:
    """Those of a source, or of all, sorted by source and path."""
    tables = ledger.by_bucket(lake, Scope(source), COLUMNS).values()
    found = [shortfall for rows in tables for shortfall in of(rows, thin)]
    return sorted(found, key=lambda shortfall: (shortfall.source, shortfall.path))


def summary(shortfalls: Sequence[Shortfall], kind: Kind) -> str | None:
    """How many there are of a kind, and the first of them; None if there are none."""
    paths = [shortfall.path for shortfall in shortfalls if shortfall.kind == kind]
    if not paths:
        return None
    number = number_of(len(paths), "document")
    what = {"no_chunk": "held text and gave no chunk", "thin": "held more text than was read"}
    more = ", ..." if len(paths) > SHOWN else ""
    return f"{number} {what[kind]}: {', '.join(paths[:SHOWN])}{more}"


def counts(shortfalls: Sequence[Shortfall]) -> Counter[tuple[str, Kind]]:
    """How many there are, by source and kind."""
    return Counter((shortfall.source, shortfall.kind) for shortfall in shortfalls)


def of(rows: pa.Table, thin: Thin) -> Iterator[Shortfall]:
    """Those among rows of the ledger that have `COLUMNS`. Most documents are whole: only the others
    become Python rows."""
    sound = pc.equal(rows["status"], ledger.OK)
    empty = _true(pc.and_(pc.is_valid(rows["chunk_recipe"]), pc.equal(rows["chunks"], 0)))
    held = pc.or_(_some(rows["letters"], 1), _some(rows["element_letters"], 1))
    least = pc.multiply(pc.cast(rows["letters"], pa.float64()), thin.below_share)
    poor = _true(pc.less(pc.cast(rows["element_letters"], pa.float64()), least))
    poor = pc.and_(poor, _some(rows["letters"], thin.min_letters))
    chunkless = pc.and_(sound, pc.and_(empty, held))
    for row in LEDGER.rows(rows.filter(chunkless)):
        if _held(row) and not _dropped(row):
            yield _no_chunk(row)
    for row in LEDGER.rows(rows.filter(pc.and_(pc.and_(sound, poor), pc.invert(chunkless)))):
        yield _thin(row)


def _true(mask: Any) -> Any:
    """What is unknown is not so."""
    return pc.fill_null(mask, False)


def _some(letters: Any, least: int) -> Any:
    return _true(pc.greater_equal(letters, least))


def _held(row: LedgerRow) -> int:
    """Letters that it held. The count takes ornaments and emoji for some, which they are not."""
    ornaments = [part["letters"] for part in row["left_out"] or () if part["reason"] == ORNAMENTS]
    return max(row["letters"] or 0, row["element_letters"] or 0) - sum(ornaments)


def _dropped(row: LedgerRow) -> bool:
    """Whether text of it is missing because it held personal data."""
    return any(done.endswith(":drop") for done in row["personal_kinds"] or ())


def _no_chunk(row: LedgerRow) -> Shortfall:
    rule = _rule(row)
    message = f"It holds {_held(row):,} letters and gave no chunk: {rule}."
    return _shortfall(row, "no_chunk", rule, message)


def _rule(row: LedgerRow) -> str:
    """What kept most of the text out of the chunks."""
    if row["quarantined"]:
        return "contract"
    reasons = [part["reason"] for part in row["left_out"] or () if part["letters"]]
    return next((reason for reason in reasons if reason != ORNAMENTS), "reader")


def _thin(row: LedgerRow) -> Shortfall:
    kept, seen = row["element_letters"] or 0, row["letters"] or 1
    message = f"{kept:,} of the {seen:,} letters in the file were read ({kept / seen:.0%})."
    return _shortfall(row, "thin", "reader", message)


def _shortfall(row: LedgerRow, kind: Kind, rule: str, message: str) -> Shortfall:
    mend = _MENDS.get(rule, _LOOK)
    return Shortfall(
        row["source"], row["bucket"], row["path"], kind, rule, message, mend, row["run_id"]
    )
