"""Tesseract and its models: found, opened once, or missed with the words that mend it."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from doclake.errors import DependencyMissing
from doclake.extract.ocr import scripts

_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)


@functools.cache
def open_engine(languages: str) -> Any:
    """A Tesseract for these languages, loaded once in a process."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # a guarded child has one core
    folder = _folder(languages)
    try:
        import tesserocr
    except ImportError as error:
        raise DependencyMissing(
            f"OCR needs the Python package tesserocr: {error}.",
            mend="Install it with `pip install tesserocr`, or set `recipe.extract.ocr: off`.",
            program="tesserocr",
        ) from None
    try:
        return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=languages)
    except RuntimeError as error:
        raise DependencyMissing(
            f"Tesseract does not start for {languages}: {error}.", mend=_mend(languages)
        ) from None


def ready(languages: Sequence[str]) -> None:
    """Raises DependencyMissing where pages of these languages could not be read."""
    for model in scripts.groups(languages):
        open_engine(model)
    _folder("osd")  # a page that lies on its side must not fail after others were read


def _folder(languages: str) -> Path:
    """The folder that holds the models of all these languages."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(one) for one in ((named,) if named else ()) + _FOLDERS]
    wanted = [f"{one}.traineddata" for one in languages.split("+")]
    for folder in folders:
        if all((folder / name).is_file() for name in wanted):
            return folder
    raise DependencyMissing(
        f"OCR needs Tesseract's models for {languages}, and no folder holds them all.",
        mend=_mend(languages),
        program="tesseract",
        languages=languages,
    )


def _mend(languages: str) -> str:
    packages = " ".join(f"tesseract-ocr-{one.replace('_', '-')}" for one in languages.split("+"))
    return f"Install them with `apt-get install {packages} tesseract-ocr-osd`."
