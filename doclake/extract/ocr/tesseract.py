"""Tesseract and its models: found and opened once; if they are missing, the error says the mend."""

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
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # a worker has one core
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


def require_models(languages: Sequence[str]) -> None:
    """Raises DependencyMissing if Tesseract or a model for these languages is missing."""
    for model in scripts.groups(languages):
        open_engine(model)
    _folder("osd")  # else the first page that lies on its side would fail after others were read


def _folder(languages: str) -> Path:
    """The folder that holds the models of all these languages."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(folder) for folder in ((named,) if named else ()) + _FOLDERS]
    wanted = [f"{language}.traineddata" for language in languages.split("+")]
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
