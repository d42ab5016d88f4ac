"""Documents that gave less than they hold, as checks and as a table."""

from collections.abc import Iterator, Sequence

import dagster as dg

from doclake.health import shortfalls
from doclake.health.shortfalls import Shortfall
from doclake_dagster.assets.common.metadata import document_table


def shortfall_checks(found: Sequence[Shortfall]) -> Iterator[dg.AssetCheckResult]:
    """One check for each kind. It only warns: the documents were read without an error."""
    for kind, name in shortfalls.CHECKS.items():
        message = shortfalls.summary(found, kind)
        texts = {"message": message, "mend": "See doclake failures."} if message else {}
        yield dg.AssetCheckResult(
            check_name=name,
            passed=message is None,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"documents": sum(one.kind == kind for one in found), **texts},
        )


def shortfall_table(found: Sequence[Shortfall]) -> dg.MetadataValue:
    """Which documents, why, and what to do."""
    rows = [(one.path, one.kind, one.message, one.mend) for one in found]
    return document_table(("document", "kind", "why", "what to do"), rows)
