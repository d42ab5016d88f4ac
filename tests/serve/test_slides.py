"""Slides are sketched from what extraction found on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from doclake.errors import DocumentChanged
from doclake.lake.scope import Scope
from doclake.serve.models import Box
from doclake.serve.slides import is_sketched, size_of, sketch
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.showing import HOSTILE, SLIDE_ANSWER, SLIDE_QUESTION, TOKEN
from tests.served import Answer, Served, serving


@pytest.fixture(scope="module")
def server(shown: Flow) -> Iterator[Served]:
    with serving(shown.project) as served:
        yield served


def hit_of(server: Served, question: str, path: str) -> Any:
    hits = server.search(question, k=20, filters={"path": [path]}, token=TOKEN).json["hits"]
    return hits[0]


def slide(server: Served, hit: Any, number: int | str, token: str | None = None) -> Answer:
    path = f"/documents/{quote(hit['citation_id'])}/slides/{number}"
    return server.ask("GET", path, token=token)


def test_a_slide_is_its_texts_and_tables_at_their_places(server):
    hit = hit_of(server, SLIDE_QUESTION, "lessons.pptx")
    assert SLIDE_ANSWER in hit["text"]
    view = server.ask("GET", f"/documents/{hit['citation_id']}").json
    assert (view["has_slides"], view["has_pictures"]) == (True, False)
    found = slide(server, hit, 2).json
    assert (found["width"], found["height"]) == (960, 540)
    title, items, table = found["blocks"]
    assert title["lines"] == [{"text": "What went wrong", "level": 0}]
    assert [line["text"] for line in items["lines"]] == [SLIDE_ANSWER, "오일 필터는 매달 바꾼다."]
    assert items["box"] == {"page": 2, "x0": 60, "y0": 140, "x1": 460, "y1": 440}
    assert (table["header"], table["rows"]) == ([["Part", "Hours"]], [["Gasket", "400"]])
    assert [one["kind"] for one in found["blocks"]] == ["title", "text", "table"]
    cited = [box for box in hit["boxes"] if box["page"] == 2]
    assert any((box["x0"], box["y0"]) == (60, 140) for box in cited)
    assert "spare gasket" not in str(found)  # a note is not on the slide


def test_a_slide_that_is_not_there_and_a_document_without_slides_are_told(server):
    hit = hit_of(server, SLIDE_QUESTION, "lessons.pptx")
    assert slide(server, hit, 1).status == slide(server, hit, 3).status == 200
    assert slide(server, hit, 4).code == "page_not_shown"
    for number in ("0", "x", "9" * 50):
        assert slide(server, hit, number).status in (400, 404)
    assert slide(server, hit_of(server, "hoe", "tools.md"), 1).code == "page_not_shown"


def test_who_may_not_see_a_presentation_gets_no_slide_of_it(server, shown: Flow):
    hit = hit_of(server, SLIDE_QUESTION, "lessons.pptx")
    settings = shown.folder / "doclake.yaml"
    named = settings.read_text()
    assert slide(server, hit, 2).status == 200
    try:
        settings.write_text(named.replace("- everyone", "- group:board"))
        refused = slide(server, hit, 2)
        assert (refused.status, refused.code) == (404, "passage_gone")
        assert slide(server, hit, 2, TOKEN).status == 200
    finally:
        settings.write_text(named)


def test_a_slide_is_sketched_while_the_lake_holds_other_chunks_of_it(
    server, shown: Flow, tmp_path: Path
):
    hit = hit_of(server, SLIDE_QUESTION, "lessons.pptx")
    project = Flow(copy_project(shown.folder, tmp_path / "project")).project
    project.lake.delete("chunks", Scope("manuals", where={"doc_id": [hit["doc_id"]]}))
    assert len(sketch(project, hit["citation_id"], 2, ()).blocks) == 3
    project.lake.delete("elements", Scope("manuals", where={"doc_id": [hit["doc_id"]]}))
    with pytest.raises(DocumentChanged):
        sketch(project, hit["citation_id"], 2, ())


def test_a_text_that_is_markup_stays_text(server):
    hit = hit_of(server, SLIDE_QUESTION, "lessons.pptx")
    answer = slide(server, hit, 3)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["blocks"][0]["lines"][0]["text"] == HOSTILE


@pytest.mark.parametrize(
    ("said", "boxes", "size"),
    [
        ("720 x 405", [(0, 0, 900, 900)], (720, 405)),
        ("793.701 x 446.457", [], (793.701, 446.457)),
        (None, [(36, 30, 684, 380)], (720, 540)),
        (None, [(36, 30, 960, 380)], (960, 540)),
        (None, [], (720, 540)),
        ("0 x 9", [], (720, 540)),
        ("wide", [], (720, 540)),
        ("1 x 99999", [], (1, 5)),
        (None, [(0, 0, 1e30, 10)], (2_700, 540)),
    ],
)
def test_a_slide_is_as_large_as_its_document_says_or_holds_its_boxes(said, boxes, size):
    boxes = [Box(page=1, x0=x0, y0=y0, x1=x1, y1=y1) for x0, y0, x1, y1 in boxes]
    assert size_of(said, boxes) == size


def test_presentations_are_sketched_and_sheets_are_not():
    ooxml = "application/vnd.openxmlformats-officedocument"
    assert is_sketched(f"{ooxml}.presentationml.presentation")
    assert is_sketched("application/vnd.ms-powerpoint")
    assert is_sketched("application/vnd.oasis.opendocument.presentation")
    assert not is_sketched(f"{ooxml}.spreadsheetml.sheet")
    assert not is_sketched(None)
