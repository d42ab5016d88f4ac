"""What a step gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doclake.fingerprints import Fingerprints
from doclake.lake.lake import Lake
from doclake.settings import Settings


@dataclass(frozen=True)
class OpenedLake:
    """The lake to upgrade, the settings it is opened with, and the fingerprints of each source."""

    lake: Lake
    settings: Settings
    fingerprints: Callable[[str], Fingerprints]
