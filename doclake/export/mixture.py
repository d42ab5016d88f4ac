"""How much each source gives.

Shares are weights that people name, or sizes to the power of 1/T: C. Raffel et al., "Exploring the
limits of transfer learning with a unified text-to-text transformer" (2020), 3.5.2. Where a source
has too little, even when it is repeated as often as it may be, the others take over what it lacks
by their own shares, so that equal weights give what UniMax does (H. W. Chung et al., "UniMax",
2023). Rows are drawn by the hash of seed and id: more rows later move none that were drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from doclake.errors import ExportRefused
from doclake.export.selection import CANDIDATES, figures
from doclake.settings import ExportSettings, MixtureSettings
from doclake.sql.engine import Engine
from doclake.tables.columns import field

CHOSEN = "chosen"
_QUOTA = pa.schema(
    [
        field("source", pa.string(), "Name of the source"),
        field("whole", pa.int64(), "How often each of its rows comes"),
        field("rest", pa.int64(), "Rows or tokens of those that come once more"),
    ]
)
_CHOOSE = """\
CREATE TABLE chosen AS
SELECT source, bucket, id, side, tokens,
    CASE WHEN side = 'validation' THEN least(copies, 1) ELSE copies END AS copies
FROM (
    SELECT source, bucket, id, side, tokens,
        whole + (sum({size}) OVER (PARTITION BY source ORDER BY draw, id) <= rest)::INTEGER
            AS copies
    FROM candidates JOIN quotas USING (source)
) WHERE copies > 0"""


@dataclass(frozen=True)
class Share:
    """Of a source: `available` and `quota` are rows, or tokens."""

    source: str
    available: int
    quota: int


def choose(engine: Engine, request: ExportSettings) -> list[Share]:
    """Make table `CHOSEN` of the candidates that are drawn, with how often each comes; what each
    source was to give. Raises `ExportRefused`."""
    mixture = request.mixture
    size = "1" if mixture.max_rows is not None else "tokens"
    available = dict(
        figures(engine, f"SELECT source, sum({size})::BIGINT FROM {CANDIDATES} GROUP BY source")  # noqa: S608
    )
    if not available:
        raise ExportRefused(
            "Nothing passes: no row of the sources is current, readable and meets the condition.",
            mend="Ask for other sources, another condition, or name principals who may read more.",
            problems=[("where", request.where or "nothing", "a condition that something meets")],
        )
    quotas = allocated(available, mixture)
    rows = [
        {"source": name, "whole": quota // available[name], "rest": quota % available[name]}
        for name, quota in quotas.items()
    ]
    engine.load("quotas", _QUOTA, [pa.Table.from_pylist(rows, schema=_QUOTA)])
    engine.execute(_CHOOSE.format(size=size))
    return [Share(name, available[name], quota) for name, quota in sorted(quotas.items())]


def allocated(available: Mapping[str, int], mixture: MixtureSettings) -> dict[str, int]:
    """What each source gives, in the unit of `available`: all of it where nothing else is said.
    Raises `ExportRefused` for a source with a weight and without a row."""
    for key, named in (("weights", mixture.weights), ("caps", mixture.caps)):
        if missing := sorted(named.keys() - available.keys()):
            raise ExportRefused(
                f"mixture.{key} names {', '.join(missing)}, of which no row passes.",
                mend=f"Sources with rows that pass: {', '.join(sorted(available))}.",
                problems=[
                    (f"mixture.{key}.{name}", "no row", "a source of rows") for name in missing
                ],
            )
    is_mixed = bool(mixture.weights) or mixture.temperature is not None
    power = 1 / (mixture.temperature or 1.0)
    shares = mixture.weights or {name: size**power for name, size in available.items()}
    repeats = mixture.max_repeats if is_mixed else 1.0
    most = {
        name: min(int(available[name] * repeats), mixture.caps.get(name, available[name] * 100))
        for name in shares
    }
    budget = mixture.max_rows if mixture.max_rows is not None else mixture.max_tokens
    if budget is not None:
        return _filled(shares, most, budget)
    if not is_mixed:
        return most
    scale = min(most[name] / share for name, share in shares.items())
    # As much as leaves the shares as they are: one source gives all that it can.
    return {name: min(int(share * scale + 1e-6), most[name]) for name, share in shares.items()}


def _filled(shares: Mapping[str, float], most: Mapping[str, int], budget: int) -> dict[str, int]:
    """`budget` by shares, where none gives more than it can."""
    given, left = dict[str, int](), dict(shares)
    while left:
        rest, total = budget - sum(given.values()), sum(left.values())
        short = {name for name, share in left.items() if rest * share / total >= most[name]}
        given |= {name: most[name] for name in short}
        if not short:
            return given | {name: int(rest * share / total) for name, share in left.items()}
        left = {name: share for name, share in left.items() if name not in short}
    return given
