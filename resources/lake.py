"""The lake that assets read and write."""

from __future__ import annotations

import dagster as dg

from doclake.lake.lake import Lake


class LakeResource(dg.ConfigurableResource):
    """Delta tables and the search index under one URL."""

    url: str

    def lake(self) -> Lake:
        return Lake(self.url)
