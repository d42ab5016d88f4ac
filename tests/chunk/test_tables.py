"""Tables in chunks: every value stands with the name of its column and the label of its row."""

from __future__ import annotations

import pytest

from doclake.chunk import table
from doclake.extract.cells.cell import Cell, rows_from_text, to_html, to_text


def texts(document):
    return document.chunks["text"].to_pylist()


def element(rows, caption=""):
    return {"type": "Table", "text": to_text(rows), "html": to_html(rows, caption)}


def lines_of(document):
    return [text.split("\n") for text in texts(document)]


def test_a_label_that_spans_rows_stands_in_each_of_them(chunk):
    rows = rows_from_text([["Region", "Shop", "Turnover"]], header=True)
    for region in ("North", "South"):
        for shop in range(40):
            first = [Cell(region, rowspan=40)] if shop == 0 else []
            rows.append([*first, Cell(f"{region} shop {shop}"), Cell(str(shop * 7))])
    parts = lines_of(chunk([element(rows)], max_tokens=128))
    assert len(parts) > 3
    assert all(part[0] == "Region\tShop\tTurnover" for part in parts)
    shown = [line for part in parts for line in part[1:]]
    assert shown[0] == "North\tNorth shop 0\t0"
    assert shown[-1] == "South\tSouth shop 39\t273"
    assert all(len(line.split("\t")) == 3 for line in shown)


def test_a_name_over_several_columns_stands_over_each_of_them():
    rows = [
        [Cell("Pier", 2, header=True), Cell("2024", colspan=2, header=True)],
        [Cell("Q1", header=True), Cell("Q2", header=True)],
        [Cell("North"), Cell("1"), Cell("2")],
        [Cell("No figures", colspan=2), Cell("9")],
    ]
    grid = table.read(to_text(rows), to_html(rows))
    assert [row.cells for row in grid.header] == [["Pier", "2024", "2024"], ["Pier", "Q1", "Q2"]]
    assert [row.cells for row in grid.body] == [["North", "1", "2"], ["No figures", "", "9"]]


def test_a_row_that_is_one_cell_heads_the_rows_below_in_every_chunk(chunk):
    rows = rows_from_text([["Shop", "Turnover"]], header=True)
    for region in ("North", "South"):
        rows.append([Cell(f"Region {region}", colspan=2)])
        rows += rows_from_text([[f"{region} shop {n}", str(n)] for n in range(40)])
    parts = lines_of(chunk([element(rows)], max_tokens=96))
    for part in parts:
        for region in ("North", "South"):
            if any(line.startswith(f"{region} shop") for line in part):
                assert f"Region {region}" in part


def test_a_row_too_wide_for_a_chunk_is_cut_between_columns(chunk):
    names = ["Respondent", *(f"What is your answer to question number {n}?" for n in range(1, 60))]
    body = [[f"person {r}", *(f"v{r}_{c}" for c in range(1, 60))] for r in range(12)]
    rows = rows_from_text([names, *body], header=True)
    parts = texts(chunk([element(rows)], max_tokens=256))
    values = {}
    for part in parts:
        head, *lines = [line.split("\t") for line in part.split("\n")]
        assert head[0] == "Respondent"
        for label, *cells in lines:
            values |= {(label, name): cell for name, cell in zip(head[1:], cells, strict=True)}
    assert values == {
        (row[0], name): cell for row in body for name, cell in zip(names[1:], row[1:], strict=True)
    }


def test_a_cell_too_long_for_a_chunk_keeps_its_names_in_every_part(chunk):
    prose = "The mooring line was replaced after the storm of March. " * 30
    rows = rows_from_text([["Pier", "Length", "Report"], ["North", "90 m", prose]], header=True)
    parts = texts(chunk([element(rows)], max_tokens=96))
    of_prose = [part for part in parts if "mooring" in part]
    assert len(of_prose) > 3
    assert all("Pier\tReport\nNorth\tThe mooring" in part for part in of_prose)
    assert "Pier\tLength\nNorth\t90 m" in parts[0]


def test_names_longer_than_a_chunk_are_shown_whole_once_and_then_by_their_beginning(chunk):
    long = "Whether the vessel " + "and its crew and cargo " * 60 + "may enter"
    rows = rows_from_text([["Ship", long], ["Aurora", "yes"], ["Borea", "no"]], header=True)
    parts = texts(chunk([element(rows)], max_tokens=96))
    assert "may enter" in "".join(parts)
    (answer,) = [part for part in parts if "Aurora" in part]
    assert "Ship\tWhether the vessel and its crew" in answer
    assert answer.endswith("Aurora\tyes\nBorea\tno")


def test_a_table_that_continues_stands_under_the_names_of_the_first(chunk):
    first = rows_from_text([["Ship", "Load"], ["Aurora", "90 t"]], header=True)
    after = rows_from_text([["Borea", "80 t"], ["Corvus", "70 t"]])
    elements = [
        element(first) | {"page": 1},
        element(after) | {"page": 2, "parent_id": "e0"},
        element(after) | {"page": 3, "parent_id": "e0"},
    ]
    document = chunk(elements, strategy="page")
    assert texts(document) == [
        "Ship\tLoad\nAurora\t90 t",
        "Ship\tLoad\nBorea\t80 t\nCorvus\t70 t",
        "Ship\tLoad\nBorea\t80 t\nCorvus\t70 t",
    ]


def test_a_table_of_another_width_takes_no_names_from_the_one_before(chunk):
    first = rows_from_text([["Ship", "Load", "Quay"], ["Aurora", "90 t", "4"]], header=True)
    after = element(rows_from_text([["Borea", "80 t"], ["Corvus", "70 t"]]))
    document = chunk([element(first), after | {"parent_id": "e0", "section": ["B"]}])
    assert texts(document)[1] == "Borea\t80 t\nCorvus\t70 t"


def test_a_table_whose_html_lacks_some_of_it_is_shown_by_its_text(chunk):
    rows = [{"type": "Table", "text": "a\tb\nc\td", "html": "<table><tr><td>a</td></tr></table>"}]
    assert texts(chunk(rows)) == ["a\tb\nc\td"]


def test_the_caption_of_a_table_stands_above_each_of_its_parts(chunk):
    rows = rows_from_text([["Ship", "Load"], *([f"ship {n}", f"{n} t"] for n in range(60))])
    parts = texts(chunk([element(rows, "Loads in March")], max_tokens=96))
    assert len(parts) > 2
    assert all(part.startswith("Loads in March\nShip\tLoad\n") for part in parts)


@pytest.mark.parametrize("span", ['rowspan="1000"', 'colspan="1000"', 'rowspan="9" colspan="999"'])
def test_spans_of_a_hostile_table_do_not_multiply_its_text(span):
    cell = f"<td {span}>{'label ' * 15}</td>"
    html = f"<table>{f'<tr>{cell * 20}</tr>' * 300}</table>"
    grid = table.read("label", html)
    assert len(grid.text) < 5 * len(html) + 200_000
    assert sum(len(row.cells) for row in grid.body) < 2_000_000


def test_a_row_that_divides_columns_named_together_names_them_too():
    html = (
        '<table><tr><td></td><td colspan="2">2024</td></tr>'
        "<tr><td>Pier</td><td>Q1</td><td>Q2</td></tr>"
        "<tr><td>North</td><td>1</td><td>2</td></tr></table>"
    )
    grid = table.read("2024", html)
    assert [row.cells for row in grid.header] == [["", "2024", ""], ["Pier", "Q1", "Q2"]]
    plain = html.replace("<td></td>", "<td>Harbour</td>")
    assert len(table.read("2024", plain).header) == 1
