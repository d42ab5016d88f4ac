"""The lake that assets read and write."""

from __future__ import annotations

import dagster as dg
from pydantic import Field


class LakeResource(dg.ConfigurableResource):
    """Where a run finds the Delta tables and the search index."""

    url: str = Field(description="Folder or URL of the lake")
