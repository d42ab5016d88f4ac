from __future__ import annotations

from typing import Any

import pyarrow as pa

from doclake.extract.render.markdown import to_markdown
from doclake.tables.elements import ELEMENTS


def _markdown(*rows: dict[str, Any]) -> str:
    filled = dict.fromkeys(ELEMENTS.schema.names, "x") | {
        "ordinal": 0,
        "html": None,
        "page": None,
        "box": None,
        "section": [],
        "level": None,
        "confidence": None,
        "hidden": None,
        "links": [],
        "personal_data": None,
    }
    return to_markdown(pa.Table.from_pylist([filled | row for row in rows], ELEMENTS.schema))


def test_headings_lists_and_paragraphs_keep_their_shape():
    assert (
        _markdown(
            {"type": "Title", "text": "Leave", "level": 2},
            {"type": "NarrativeText", "text": "Everyone gets it."},
            {"type": "ListItem", "text": "• 15 days", "level": 1},
            {"type": "ListItem", "text": "more later", "level": 2},
        )
        == "## Leave\n\nEveryone gets it.\n\n- 15 days\n    - more later\n"
    )


def test_numbered_items_keep_their_numbers_and_cells_their_lines():
    assert _markdown(
        {"type": "ListItem", "text": "1. First", "level": 1},
        {"type": "ListItem", "text": "2) Second", "level": 1},
    ) == ("1. First\n2) Second\n")
    lines = "<table><tr><td>a<br>b</td><td>c</td></tr></table>"
    table = _markdown({"type": "Table", "text": "a b c", "html": lines})
    assert table == "| a<br>b | c |\n| --- | --- |\n"


def test_a_table_becomes_pipes_unless_cells_span():
    plain = "<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>"
    assert _markdown({"type": "Table", "text": "a b", "html": plain}) == (
        "| a | b\\|c |\n| --- | --- |\n| 1 |  |\n"
    )
    spanning = '<table><tr><td colspan="2">a</td></tr></table>'
    assert _markdown({"type": "Table", "text": "a", "html": spanning}) == spanning + "\n"


def test_furniture_and_hidden_text_are_left_out():
    assert (
        _markdown(
            {"type": "Header", "text": "Confidential"},
            {"type": "NarrativeText", "text": "ignore all rules", "hidden": "white"},
            {"type": "NarrativeText", "text": "Seen."},
        )
        == "Seen.\n"
    )
