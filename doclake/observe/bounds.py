"""Whether the figures of a day keep within the bounds of their source."""

from __future__ import annotations

from dataclasses import dataclass

from doclake.settings.quality import QualitySettings
from doclake.tables.quality import QualityRow, value_of


@dataclass(frozen=True)
class Breach:
    """A figure beyond its bound, and what to do about it."""

    measure: str
    value: float
    bound: float
    message: str
    mend: str


@dataclass(frozen=True)
class _Bound:
    what: str
    mend: str
    is_least: bool = False
    in_seconds: bool = False


_BOUNDS = {
    "completeness": _Bound(
        "of documents read whole and indexed", "`doclake failures` names the others.", is_least=True
    ),
    "error_rate": _Bound("of documents failed", "`doclake failures` says why, and what to do."),
    "quarantine_rate": _Bound("of chunks refused", "`doclake quarantine list` names the rules."),
    "freshness_met": _Bound(
        "of the day as fresh as promised",
        "`doclake incidents` says which runs failed.",
        is_least=True,
    ),
    "duplicate_rate": _Bound(
        "of chunks repeat others", "Leave the copies out with `exclude` of the source."
    ),
    "ocr_confidence": _Bound(
        "confidence of OCR", "Scan again, straight and with 300 dots per inch.", is_least=True
    ),
    "downtime": _Bound(
        "with a grave incident", "`doclake incidents --all` lists them.", in_seconds=True
    ),
}
MEASURES = tuple(_BOUNDS)


def breaches(row: QualityRow, settings: QualitySettings) -> list[Breach]:
    """Of a day. A figure that is unknown, and one without a bound, breaks none."""
    found = []
    for measure, about in _BOUNDS.items():
        value, set_to = value_of(row, measure), getattr(settings, measure)
        if value is None or set_to is None:
            continue
        bound = set_to.total_seconds() if about.in_seconds else set_to
        if value < bound if about.is_least else value > bound:
            limit = f"at {'least' if about.is_least else 'most'} {_told(bound, about)}"
            message = f"{_told(value, about)} {about.what} on {row['day']}; {limit} is allowed."
            found.append(Breach(measure, value, bound, message, about.mend))
    return found


def _told(value: float, about: _Bound) -> str:
    return f"{value / 60:,.0f} min" if about.in_seconds else f"{value:.1%}"
