"""Pages written as XML: what closes itself ends there, for the parser of HTML too."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from doclake.extract.formats.html.xhtml import to_html
from tests.extract.reading import hidden, read, said

NAMESPACE = 'xmlns="http://www.w3.org/1999/xhtml"'


def texts(folder: Path, page: str, name: str = "a.xhtml") -> list[str]:
    return [text for _, text in said(read(folder, page, name))]


@pytest.mark.parametrize(
    "empty", ["<title/>", "<script src='a.js' />", "<style/>", "<noscript/>", "<iframe src='b'/>"]
)
@pytest.mark.parametrize(
    "start", ["<?xml version='1.0'?><html>", f"<html {NAMESPACE}>"], ids=["prolog", "namespace"]
)
def test_an_empty_element_swallows_nothing(tmp_path: Path, start: str, empty: str) -> None:
    head = f"{start}<head>{empty}</head><body><p>one</p>{empty}"
    assert texts(tmp_path, f"{head}<textarea/><p>two</p></body></html>") == ["one", "two"]
    assert texts(tmp_path, f"{head}<p>not well-formed", "a.html") == ["one", "not well-formed"]


def test_an_empty_element_gives_nothing_of_its_own_to_what_follows(tmp_path: Path) -> None:
    page = f"<html {NAMESPACE}><body><h1 id='x'/><p hidden='' />seen <b/>and <a id='y'/>read"
    found = read(tmp_path, page, "a.xhtml")
    assert said(found) == [("NarrativeText", "seen and read")]
    assert not hidden(found)


def test_pages_of_html_are_read_as_browsers_do(tmp_path: Path) -> None:
    assert texts(tmp_path, "<html><body><p>one<p hidden/>two</body></html>", "a.html") == ["one"]


def test_what_only_looks_like_such_an_element_stays() -> None:
    for page in (
        "<p>a<br/>b<hr />c<img src='x'/></p>",
        "<!-- <title/> --><p>x</p>",
        "<script>if (a) document.write('<i/>')</script>",
        "<style>/* <b/> */</style >",
        "<img alt='<i/>' title=\"a/>b\"/>",
        "<a href=/x/>link</a>",
        "a < b/> c",
    ):
        assert to_html(page) == page
    assert to_html("<script src='a'/><b/>") == "<script src='a'></script><b></b>"


def test_drawings_and_formulas_keep_their_form(tmp_path: Path) -> None:
    page = f"""<html {NAMESPACE}><body><p>So <math><mfrac><mi>x</mi><mn>2</mn></mfrac><mspace/>
    <mo>+</mo><mi/><mn>1</mn></math>.</p><svg><style/><title/><rect width="1"/><text>Quay</text>
    </svg><p>After</p></body></html>"""
    assert texts(tmp_path, page) == ["So x/2+1 .", "Quay", "After"]


def test_characters_of_a_cdata_section_are_text(tmp_path: Path) -> None:
    page = f"<html {NAMESPACE}><body><p>if <![CDATA[a < b && <b/>]]> then</p></body></html>"
    assert texts(tmp_path, page) == ["if a < b && <b/> then"]


@pytest.mark.parametrize(
    "piece",
    ["<![CDATA[", "<script>", "<!--", "<a '<b \"", "<a =", "<"],
    ids=["cdata", "script", "comment", "quotes", "value", "tag"],
)
def test_what_a_page_leaves_open_takes_no_more_time_than_its_length(piece: str) -> None:
    page = piece * 100_000
    started = time.process_time()
    assert to_html(page) == page
    assert time.process_time() - started < 5  # it is a tenth of a second; the square is hours
