"""Recordings and films: nothing here decodes them. A transcription server may read them."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from doclake.errors import UnsupportedFormat
from doclake.extract.model import Options


class Recording:
    """Refuses what only a transcription server reads."""

    def extract(self, file: Path, options: Options) -> NoReturn:  # noqa: ARG002 - `Reader`
        raise UnsupportedFormat(
            f"No extractor reads it: it looks like a recording or a film ({options.media_type}).",
            mend="Name a server under `recipe.extract.transcription`, or exclude it.",
        )
