"""Extraction in workers of this process."""

from __future__ import annotations

from doclake.extract.extractor import Extractor
from doclake.settings import Settings


def executor(settings: Settings) -> Extractor:
    """An extractor is an executor: `processing.workers` documents are parsed at once."""
    processing = settings.processing
    reuse = processing.documents_per_child
    return Extractor(settings.limits, processing.workers, reuse=reuse)
