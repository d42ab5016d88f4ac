"""What one document may cost, and how much is done at once."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Literal

from pydantic import Field

from doclake.settings.cluster import RaySettings
from doclake.settings.fields import Duration, Model


class Limits(Model):
    """What one document may cost. A document that costs more fails; no other does."""

    timeout_seconds: float = Field(
        30, gt=0, description="CPU time for one document, of all threads of its parser together"
    )
    wall_clock_factor: float = Field(
        5,
        ge=1,
        description="Seconds of the wall clock for each second of CPU time that is allowed: ends a"
        " parser that waits, and lets one go on that a busy machine holds up",
    )
    seconds_per_scanned_page: float = Field(
        10, ge=0, description="Added to `timeout_seconds` for each page that OCR reads"
    )
    scan_seconds: float = Field(
        1800, ge=0, description="Most CPU time of a scanned document, however many pages"
    )
    memory_mb: int = Field(2048, ge=256, description="Memory of a worker beyond its idle state")
    file_mb: int = Field(512, ge=1, description="Size of one document; 1 MB is 1,048,576 bytes")
    output_mb: int = Field(64, ge=1, description="Text and tables of one document")
    pages: int = Field(5000, ge=1, description="Pages, slides or sheets")
    archive_entries: int = Field(10_000, ge=1, description="Members of a container")
    archive_mb: int = Field(1024, ge=1, description="Unpacked size of a container")
    archive_ratio: int = Field(200, ge=2, description="Unpacked to packed size of a member")
    archive_depth: int = Field(4, ge=0, description="Containers inside containers")
    archive_seconds: float = Field(
        600, gt=0, description="CPU time for all that is inside one container"
    )
    require_sandbox: bool = Field(
        False,
        description="Parse nothing unless this machine gives every protection that"
        " `doclake doctor` lists",
    )


class Processing(Model):
    """How much is done at once. Changes speed and memory, never content."""

    executor: Literal["local", "ray"] = Field(
        "local", description="Where documents are extracted: in this process's workers, or on Ray"
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes that parse",
        json_schema_extra={"default_is": "number of CPUs"},
    )
    documents_per_child: int = Field(
        64,
        ge=1,
        description="Most requests of one source that a worker answers before a fresh one takes its"
        " place. A request is a document, or up to 32 short texts; 1 gives each its own worker",
    )
    batch_documents: int = Field(
        256, ge=1, description="Documents handled and committed together; limits memory"
    )
    group_documents: int = Field(
        1_000,
        ge=1,
        description="Documents waiting in buckets that go through all stages together. After each "
        "group its rows are searchable; a run that dies loses one group at most",
    )
    max_attempts: int = Field(
        3, ge=1, description="Tries at a retryable failure before it waits for a person"
    )
    retry_after: Duration = Field(
        timedelta(minutes=15), description="Wait before an unattended retry; doubles each time"
    )
    ray: RaySettings = RaySettings()
