"""Asset checks, with a severity and a description that say what a reader has to do."""

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
_MEANS = {
    WARN: "It only warns",
    ERROR: "It is an error, and opens an incident",
}


@dataclass(frozen=True)
class Check:
    """A check of an asset: what `holds` where it passes, and what is so `otherwise`."""

    name: str
    severity: dg.AssetCheckSeverity
    holds: str
    otherwise: str

    def spec(self, asset: dg.AssetKey, owners: Sequence[str]) -> dg.AssetCheckSpec:
        """Dagster knows no owners of checks: they stand in the metadata."""
        about = f"{self.holds} {_MEANS[self.severity]} where it fails: {self.otherwise}"
        owned = {"owners": ", ".join(owners)}
        return dg.AssetCheckSpec(self.name, asset=asset, description=about, metadata=owned)

    def result(
        self,
        message: str | None,
        mend: str = "",
        **figures: dg.MetadataValue | int | float,
    ) -> dg.AssetCheckResult:
        """Passed if there is no message; else it says what is wrong, and what to do."""
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=message is None,
            severity=self.severity,
            description=None if message is None else f"{message} {mend}".strip(),
            metadata=figures,
        )
