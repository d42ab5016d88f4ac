"""Documents that gave less than they hold, as checks and as a table."""

from collections.abc import Iterator, Sequence

import dagster as dg

from doclake.health import shortfalls
from doclake.health.shortfalls import Shortfall
from doclake_dagster.assets.common.checks import WARN, Check
from doclake_dagster.assets.common.metadata import Metadata, document_table

_OTHERWISE = (
    "the documents were read without an error, and searches find less of them than they hold. It "
    "opens an incident of severity warning; `doclake failures` names them."
)
_HOLDS: dict[shortfalls.Kind, str] = {
    "no_chunk": "Every document of the source that holds text gave a chunk.",
    "thin": "The elements of every document hold at least `thin.below_share` of its letters.",
}
SHORTFALL_CHECKS = {
    kind: Check(name, WARN, _HOLDS[kind], _OTHERWISE) for kind, name in shortfalls.CHECKS.items()
}


def shortfall_results(found: Sequence[Shortfall]) -> Iterator[dg.AssetCheckResult]:
    """One for each kind."""
    for kind, check in SHORTFALL_CHECKS.items():
        message = shortfalls.summary(found, kind)
        number = sum(one.kind == kind for one in found)
        yield check.result(message, "See `doclake failures`.", documents=number)


def shortfall_tables(found: Sequence[Shortfall]) -> dict[str, Metadata]:
    """Which documents of each bucket, why, and what to do."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for one in found:
        rows.setdefault(one.bucket, []).append((one.path, one.kind, one.message, one.mend))
    headings = ("document", "kind", "why", "what to do")
    return {
        bucket: {"shortfalls": document_table(headings, cells)} for bucket, cells in rows.items()
    }
