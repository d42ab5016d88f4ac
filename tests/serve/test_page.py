"""The page at `/`: its files, and what it asks for beside answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.flow import Flow
from tests.serve.showing import (
    ANSWER,
    BOX,
    HOSTILE,
    HOSTILE_NAME,
    QUESTION,
    TOKEN,
    size_of,
)
from tests.served import Answer, Served, serving

FILES = ("page.js", "page.css", "dom.js", "strings.js", "judging.js", "slide.js", "icon.svg")


@pytest.fixture(scope="module")
def server(shown: Flow) -> Iterator[Served]:
    with serving(shown.project) as served:
        yield served


def hit_of(server: Served, question: str, path: str, token: str | None = None) -> Any:
    hits = server.search(question, k=20, filters={"path": [path]}, token=token).json["hits"]
    return hits[0]


def picture(server: Served, hit: Any, page: int | str, token: str | None = None) -> Answer:
    path = f"/documents/{quote(hit['citation_id'])}/pages/{page}.png"
    return server.ask("GET", path, token=token)


def test_the_page_and_its_files_are_there_and_say_how_they_may_be_used(server):
    index = server.ask("GET", "/")
    assert index.status == 200
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    for name in FILES:
        part = server.ask("GET", f"/page/{name}")
        assert part.status == 200, name
        assert part.headers["x-content-type-options"] == "nosniff"
    assert server.ask("GET", "/page/page.py").code == "not_found"
    assert server.ask("GET", "/page/..%2f__init__.py").code == "not_found"


def test_no_browser_runs_or_loads_anything_but_the_files_of_the_page(server):
    for path in ("/", *(f"/page/{name}" for name in FILES)):
        answer = server.ask("GET", path)
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in str(policy)
        text = answer.body.decode()
        assert " style=" not in text
        assert "innerHTML" not in text
        outside = text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in outside
        assert "https://" not in outside


def test_a_file_that_the_browser_has_is_not_sent_again(server):
    tag = server.ask("GET", "/page/page.js").headers["etag"]
    again = server.ask("GET", "/page/page.js", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    assert server.ask("GET", "/page/page.js", If_None_Match='"other"').status == 200


def test_a_passage_comes_with_its_place_ledger_versions_and_chunks(server):
    hit = hit_of(server, "On which hook does the hoe hang?", "tools.md")
    view = server.ask("GET", f"/documents/{hit['citation_id']}").json
    texts = [one["text"] for one in view["neighbours"]]
    assert hit["text"] in texts
    assert 1 < len(texts) <= 7
    assert view["chunk_count"] == len(view["chunks"]) == view["ledger"]["chunks"]
    assert [one["ordinal"] for one in view["chunks"]] == list(range(view["chunk_count"]))
    assert view["ledger"]["status"] == "ok"
    assert view["listed"]["size"] > 1000
    held = {one["table"]: one for one in view["versions"]}
    assert set(held) == {"elements", "chunks", "search_index"}
    version = view["ledger"]["content_hash"]
    assert {one["content_hash"] for one in view["versions"]} == {version}
    assert held["search_index"]["rows"] == view["chunk_count"]
    assert not view["has_pictures"]
    assert picture(server, hit, 1).code == "page_not_shown"


def test_the_picture_of_a_page_comes_with_its_size_in_points(server):
    hit = hit_of(server, QUESTION, "pump.pdf")
    assert hit["pages"] == [2]
    assert ANSWER in hit["text"]
    assert [
        box
        for box in hit["boxes"]
        if box["page"] == 2 and box["y0"] <= BOX[1] + 4 and box["y1"] >= BOX[3] - 4
    ]
    drawn = picture(server, hit, 2)
    assert drawn.status == 200
    assert drawn.headers["content-type"] == "image/png"
    assert drawn.headers["doclake-page-points"] == "595.00 842.00"
    assert size_of(drawn.body) == (1190, 1684)
    assert picture(server, hit, 2).body == drawn.body
    assert picture(server, hit, 3).body != drawn.body


@pytest.mark.parametrize("page", [0, -1, "x", "9" * 5000])
def test_what_is_no_page_number_is_refused(page, server):
    hit = hit_of(server, QUESTION, "pump.pdf")
    assert picture(server, hit, page).status in (400, 404)
    assert picture(server, hit, 4).code == "page_not_shown"


def test_who_may_not_see_a_document_sees_nothing_of_it(server):
    hit = hit_of(server, QUESTION, "secret.pdf", TOKEN)
    path = f"/documents/{hit['citation_id']}"
    assert picture(server, hit, 2, TOKEN).status == 200  # and it is kept from now on
    assert server.ask("GET", path, token=TOKEN).status == 200
    for answer in (picture(server, hit, 2), server.ask("GET", path)):
        assert (answer.status, answer.code) == (404, "passage_gone")
        assert b"secret" not in answer.body
    assert picture(server, hit, 2, "forged").code == "token_unknown"
    assert [one["name"] for one in server.ask("GET", "/sources").json] == ["manuals"]
    named = {one["name"] for one in server.ask("GET", "/sources", token=TOKEN).json}
    assert named == {"manuals", "closed"}


@pytest.mark.parametrize("citation", ["x", "' OR true --", "a.b", "..%2F..%2Fetc%2Fpasswd"])
def test_what_is_no_citation_id_finds_nothing(citation, server):
    for path in (f"/documents/{quote(citation)}", f"/documents/{quote(citation)}/pages/1.png"):
        assert server.ask("GET", path).status == 404


def test_names_titles_and_texts_that_are_markup_stay_texts(server):
    hit = hit_of(server, "gate code of the orchard", "*.md")
    assert HOSTILE in hit["text"]
    assert hit["path"] == HOSTILE_NAME
    answer = server.ask("GET", f"/documents/{hit['citation_id']}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json["hit"]["path"] == HOSTILE_NAME


def test_what_lies_inside_another_document_is_shown_as_text_alone(server):
    hit = hit_of(server, QUESTION, "papers.zip!/inner.pdf")
    view = server.ask("GET", f"/documents/{hit['citation_id']}").json
    assert not view["has_pictures"]
    assert ANSWER in view["hit"]["text"]
    assert view["listed"]["size"] > 0  # of the container
    assert picture(server, hit, 2).code == "page_not_shown"


def test_a_document_that_has_changed_since_is_not_drawn_and_one_that_is_gone_neither(
    shown: Flow, tmp_path: Path
):
    with serving(shown.project) as server:  # which has drawn nothing yet
        file, aside = shown.documents / "pump.pdf", tmp_path / "pump.pdf"
        hit = hit_of(server, QUESTION, "pump.pdf")
        shutil.copy2(file, aside)
        try:
            file.write_bytes(file.read_bytes() + b"\n% changed")
            changed = picture(server, hit, 2)
            assert (changed.status, changed.code) == (409, "document_changed")
            file.unlink()
            gone = picture(server, hit, 2)
            assert (gone.status, gone.code) == (404, "page_not_shown")
            assert str(shown.folder) not in gone.body.decode()
        finally:
            shutil.copy2(aside, file)
        assert picture(server, hit, 2).status == 200
