"""Office files and RTF. The truth is the twin's text: every run of text in the XML of the DOCX or
PPTX of the corpus, without deleted text and without second copies of text boxes.

LibreOffice writes the older twin. Tokens are compared as multisets, without marks of lists, which
are in no run of text.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

from benchmarks.accuracy import office
from benchmarks.accuracy.measures import extract, normal, overlap, visible_text
from benchmarks.accuracy.pages import tokens
from benchmarks.candidates.base import OURS, Board, Candidate, files

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = re.compile(
    r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"
    r"|ppt/(slides|notesSlides)/\w+\.xml"
)
_MARK = re.compile(r"[\(\[]?(?:\d+|[A-Za-z]|[ivxIVX]+)[.)\]]|[-*•·◦▪‣o○●■□–]")


def score_office(corpus: Path, board: Board) -> None:
    """DOCX and PPTX as they are; DOC, RTF and PPT as LibreOffice writes them."""
    word, slides = files(corpus / "docx", ".docx"), files(corpus / "pptx", ".pptx")
    _run("DOCX", word, {f.stem: f for f in word}, [*_ALL, _MAMMOTH, _DOCX2PYTHON], board)
    _run("PPTX", slides, {f.stem: f for f in slides}, _ALL, board)
    if office.program() is None:
        print("soffice is not installed: no DOC, RTF and PPT twins", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        for suffix, of, more in (
            ("doc", word, []),
            ("rtf", word, [_STRIPRTF]),
            ("ppt", slides, []),
        ):
            made = {file.stem: office.convert(file, suffix, Path(folder)) for file in of}
            twins = {stem: file for stem, file in made.items() if file is not None}
            _run(f"{suffix.upper()} (twins)", of, twins, [*_ALL, *more], board)


def _run(
    task: str, sources: list[Path], twins: dict[str, Path], tried: list[Candidate], board: Board
) -> None:
    cases = [
        (twins[file.stem], truth)
        for file in sources
        if file.stem in twins and (truth := _tokens(written(file)))
    ]
    board.run(task, tried, cases, lambda got, truth: overlap(_tokens(got), truth))


def written(file: Path) -> str:
    """Every run of text of a DOCX or PPTX, a line for each paragraph."""
    lines = []
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if _PARTS.fullmatch(name):
                root = etree.fromstring(package.read(name))
                for copy in root.iter(_FALLBACK):
                    copy.clear()
                for paragraph in root.iter(f"{_W}p", f"{_A}p"):
                    lines.append(_line(paragraph))
    return "\n".join(lines)


def _line(paragraph: etree._Element) -> str:
    """Its own text; that of paragraphs inside it (text boxes) comes with them."""
    parts = []
    for node in paragraph.iter(f"{_W}t", f"{_A}t", f"{_W}tab", f"{_W}br", f"{_A}br"):
        owner = next(node.iterancestors(f"{_W}p", f"{_A}p"))
        if owner is paragraph:
            parts.append((node.text or "") if node.tag.endswith("}t") else " ")
    return "".join(parts)


def _tokens(text: str) -> Counter[str]:
    return tokens(" ".join(t for t in normal(text).split() if not _MARK.fullmatch(t)))


def _doclake(file: Path) -> str:
    return visible_text(extract(file).elements, ("Metadata", "Image"))


def _kreuzberg(file: Path) -> str:
    import kreuzberg

    return str(kreuzberg.extract_file_sync(str(file)).content)


def _mammoth(file: Path) -> str:
    import mammoth

    with file.open("rb") as stream:
        return str(mammoth.extract_raw_text(stream).value)


def _docx2python(file: Path) -> str:
    from docx2python import docx2python

    with docx2python(file) as document:
        return str(document.text)


def _striprtf(file: Path) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(file.read_text("latin-1")))


_ALL = [Candidate(OURS, "", _doclake), Candidate("kreuzberg", "kreuzberg", _kreuzberg)]
_MAMMOTH = Candidate("mammoth", "mammoth", _mammoth)
_DOCX2PYTHON = Candidate("docx2python", "docx2python", _docx2python)
_STRIPRTF = Candidate("striprtf", "striprtf", _striprtf)
