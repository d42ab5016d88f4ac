"""The samples give what `expected/` holds: elements as text and Markdown, for each document.

    DOCLAKE_WRITE_EXPECTED=1 .venv/bin/pytest tests/extract/test_expected.py

writes the files anew; the change is then reviewed as a diff.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from doclake import ids
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.extract.ocr import tesseract
from doclake.extract.render.markdown import to_markdown
from doclake.settings import Limits, Recipe
from tests.extract.readable import as_text
from tests.extract.scanned import require_models

WRITE = os.environ.get("DOCLAKE_WRITE_EXPECTED") == "1"
ACCEPT = "DOCLAKE_WRITE_EXPECTED=1 .venv/bin/pytest tests/extract/test_expected.py"
SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
EXPECTED = Path(__file__).parent / "expected"
NAMES = sorted(file.relative_to(SAMPLES).as_posix() for file in SAMPLES.rglob("*.*"))
SCAN = "handbook/harbour-notice-2026-4.scan.pdf"
# What read the scan for `expected/`. Another version, or other models, read other letters.
TESSERACT = {"tesseract": "5.5.4", "kor": "6b85e11d", "eng": "7d4322bd"}


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    limits = Limits(timeout_seconds=250)  # how busy the machine is must not decide
    with Extractor(limits, workers=1) as extractor:
        yield extractor


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_what_was_reviewed(extractor: Extractor, name: str) -> None:
    if name == SCAN:
        require_tesseract()
    found = {
        file: text
        for document in extract(extractor, name)
        for file, text in files(document).items()
    }
    if WRITE:
        write(name, found)
    diff = "".join(difference(written(name), found))
    if diff:
        pytest.fail(f"{diff}\nTo accept it: {ACCEPT}", pytrace=False)


def test_every_expected_file_is_of_a_sample() -> None:
    strays = all_files() - {file for name in NAMES for file in written(name)}
    if WRITE:
        remove(strays)
    else:
        assert not strays, f"To remove them: {ACCEPT}"


def require_tesseract() -> None:
    require_models()
    import tesserocr

    here = {"tesseract": tesserocr.tesseract_version().split()[1]}
    for model in ("kor", "eng"):
        file = tesseract._folder(model) / f"{model}.traineddata"
        here[model] = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    if here != TESSERACT:
        pytest.skip(f"the scan was read by {TESSERACT}, and here are {here}")


def extract(extractor: Extractor, name: str) -> tuple[ExtractedDocument, ...]:
    """The sample and what lies inside it."""
    doc_id, recipe = ids.doc_id("samples", name), Recipe().extract
    file = SAMPLES / name
    (tree,) = extractor.extract(
        [Document("samples", "00", doc_id, name, recipe, partial(file.open, "rb"))]
    )
    return tree


def files(document: ExtractedDocument) -> dict[str, str]:
    """What `expected/` should hold of a document, by path. A failed one has no Markdown."""
    found = {f"{document.path}.elements.txt": as_text(document)}
    if document.error is None:
        found[f"{document.path}.md"] = to_markdown(document.elements)
    return found


def written(name: str) -> dict[str, str]:
    """What `expected/` holds of a sample and of what lies inside it."""
    own = {f"{name}.elements.txt", f"{name}.md"}
    paths = {path for path in all_files() if path in own or path.startswith(f"{name}!/")}
    return {path: (EXPECTED / path).read_text("utf-8") for path in paths}


def all_files() -> set[str]:
    return {file.relative_to(EXPECTED).as_posix() for file in EXPECTED.rglob("*") if file.is_file()}


def write(name: str, found: dict[str, str]) -> None:
    remove(written(name).keys() - found.keys())
    for path, text in found.items():
        (EXPECTED / path).parent.mkdir(parents=True, exist_ok=True)
        (EXPECTED / path).write_text(text, "utf-8")


def remove(paths: Iterable[str]) -> None:
    for path in paths:
        (EXPECTED / path).unlink()


def difference(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for path in sorted(expected.keys() | found.keys()):
        yield from difflib.unified_diff(
            expected.get(path, "").splitlines(keepends=True),
            found.get(path, "").splitlines(keepends=True),
            f"expected/{path}",
            f"found/{path}",
        )
