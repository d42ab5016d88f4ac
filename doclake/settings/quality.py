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
    take_within: Duration = Field(
        timedelta(days=1), description="An incident that nobody took by then becomes graver: 4h"
    )
    resolve_within: Duration = Field(
        timedelta(days=3), description="An incident that is open then becomes critical: 24h"
    )
