"""Web pages: structure, boilerplate, what no reader sees."""

from __future__ import annotations

from pathlib import Path

from tests.extract.reading import hidden, read, said

PAGE = """<!doctype html><title>Guide</title><style>.x{display:none}</style>
<header><a href=/>Home</a></header><nav><ul><li><a href=/a>Menu</a></ul></nav>
<main><h1>Guide</h1><p>First <b>words</b>.<br>Second line.</p>
<ul><li>one<ul><li>inner</ul><li>two</ul>
<p style="display:none">secret</p><p class=x>ruled away</p>
<p style="color:#fff">white</p>
<table><tr><th rowspan=2>A<th colspan=2>B<tr><td>1<td>2</table></main>
<footer>All rights reserved</footer>"""


def test_headings_lists_and_tables_keep_their_structure(tmp_path: Path) -> None:
    found = read(tmp_path, PAGE, "a.html")
    assert found.title == "Guide"
    levels = [(e.text, e.level) for e in found.elements if e.type == "ListItem"]
    assert levels == [("one", 1), ("inner", 2), ("two", 1)]
    table = next(e for e in found.elements if e.type == "Table")
    assert 'rowspan="2"' in (table.html or "") and 'colspan="2"' in (table.html or "")
    assert table.text == "A\tB\n1\t2"


def test_boilerplate_is_marked(tmp_path: Path) -> None:
    kinds = {text: kind for kind, text in said(read(tmp_path, PAGE, "a.html"))}
    assert kinds["Home"] == "Header"
    assert kinds["Menu"] == "Other"
    assert kinds["All rights reserved"] == "Footer"
    assert kinds["First words.\nSecond line."] == "NarrativeText"


def test_what_is_hidden_stands_apart_with_its_reason(tmp_path: Path) -> None:
    reasons = hidden(read(tmp_path, PAGE, "a.html"))
    assert reasons == {
        "secret": "display:none",
        "ruled away": "display:none",
        "white": "white text",
    }


def test_nesting_of_any_depth_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, "<html><body>" + "<b>" * 20_000 + "deep", "a.html")
    assert said(found) == [("NarrativeText", "deep")]


def test_a_title_that_never_ends_does_not_swallow_the_page(tmp_path: Path) -> None:
    found = read(tmp_path, "<html><title>T<body><p>one<p>two", "a.html")
    assert ("NarrativeText", "two") in said(found)
