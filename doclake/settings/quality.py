"""When the figures of a source open an incident, and how soon people answer one."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from doclake.settings.fields import Duration, Model


class QualitySettings(Model):
    """Bounds on the figures of a day, and how soon an incident is to be taken and solved. An empty
    bound (`null`) judges nothing."""

    completeness: float | None = Field(
        0.9, ge=0, le=1, description="Least share of documents that were read whole and are indexed"
    )
    error_rate: float | None = Field(
        0.1, ge=0, le=1, description="Greatest share of documents that failed"
    )
    quarantine_rate: float | None = Field(
        0.1, ge=0, le=1, description="Greatest share of chunks that the contract refused"
    )
    freshness_met: float | None = Field(
        0.95, ge=0, le=1, description="Least share of the day in which `freshness` was met"
    )
    duplicate_rate: float | None = Field(
        None, ge=0, le=1, description="Greatest share of chunks that repeat another one"
    )
    ocr_confidence: float | None = Field(
        0.7, ge=0, le=1, description="Least mean confidence of what OCR read"
    )
    downtime: Duration | None = Field(
        None, description="Longest time of a day with an incident of severity error open: 1h"
    )
    drift_min_documents: int = Field(
        20, ge=2, description="Fewer arrivals of a day are not compared with those of before"
    )
    drift_index: float = Field(
        0.25, ge=0, description="Least population stability index that is drift; below it is little"
    )
    drift_p_value: float = Field(
        0.01, gt=0, le=1, description="Share of days on which chance alone may look like drift"
    )
    reference: Duration = Field(
        timedelta(days=30), description="What arrived in so long before a day is its reference"
    )
    reference_lasts: Duration = Field(
        timedelta(days=90), description="How long a reference is kept before a new one is made"
    )
    take_within: Duration = Field(
        timedelta(days=1), description="An incident that nobody took by then becomes graver: 4h"
    )
    resolve_within: Duration = Field(
        timedelta(days=3), description="An incident that is open then becomes critical: 24h"
    )
