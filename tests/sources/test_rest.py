"""Rows of a REST service: no page is missed without a word, and no secret goes elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doclake.errors import CredentialsRefused, DocumentUnreadable, ListingIncomplete, SettingsError
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_options import problems
from doclake.sources.conformance.cases import listed, partial
from doclake.sources.rest import RestSource
from tests.sources.rest_server import Desk
from tests.sources.service_servers import SECRET, served

Opener = Callable[..., RestSource]
CURSOR = {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}
OFFSET = {"type": "offset", "limit": 2, "total_path": None}
LINK = {"type": "json_link", "next_url_path": "link"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with served(Desk()) as desk:
        desk.on_a_page = 2
        for number in range(7):
            desk.put(f"t{number}", f"Text {number}.")
        yield desk


@pytest.fixture
def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Opener:
    monkeypatch.setenv("DOCLAKE_SOURCE_DESK_TOKEN", SECRET)

    def open_it(**options: Any) -> RestSource:
        source = source_of(desk, **options)
        assert problems("desk", source) == []
        return RestSource("desk", source, Settings(sources={"desk": source}))

    return open_it


def source_of(desk: Desk, **options: Any) -> SourceSettings:
    given = {"resource": "tickets", "rows": "data.tickets", "id": ["id"], "retries": 0}
    given |= {"login": "bearer", "unencrypted": True, "pagination": CURSOR}
    given |= {} if "blob" in options else {"text": ["fields.body"]}
    url = f"rest+{desk.url}/v2"
    return SourceSettings.model_validate({"url": url, "options": given | options})


@pytest.mark.parametrize("pagination", [CURSOR, LINK, OFFSET])
def test_each_way_to_page_lists_all_rows(opened: Opener, pagination: dict[str, Any]):
    found = listed(opened(pagination=pagination))
    assert set(found) == {f"t{number}.md" for number in range(7)}


def test_an_answer_without_the_list_is_no_empty_one(desk: Desk, opened: Opener):
    for body in ({"error": "try later"}, {"data": {"tickets": None}}, {"data": {"tickets": {}}}):
        desk.faults["tickets"] = [(200, body)]
        found, error = partial(opened())
        assert found == set()
        assert "no list at data.tickets" in str(error)


def test_a_page_that_fails_leaves_the_listing_incomplete(desk: Desk, opened: Opener):
    desk.faults["tickets"] = [desk.answer("/v2/tickets", {}), (500, {})]
    found, error = partial(opened())
    assert found == {"t0.md", "t1.md"}
    assert "answers 500" in str(error)


def test_a_busy_service_is_asked_again(desk: Desk, opened: Opener):
    desk.headers["Retry-After"] = "0"
    desk.faults["tickets"] = [(429, {}), (503, {})]
    assert len(listed(opened(retries=2))) == 7


def test_what_is_no_json_leaves_the_listing_incomplete(desk: Desk, opened: Opener):
    desk.faults["tickets"] = [(200, b"<html>Log in</html>")]
    found, _ = partial(opened())
    assert found == set()


def test_a_link_to_another_host_is_not_followed(desk: Desk, opened: Opener):
    with served(Desk()) as other:
        desk.next_host = other.url
        found, error = partial(opened(pagination=LINK))
        assert found == {"t0.md", "t1.md"}
        assert "leads away from the service" in str(error)
        assert other.asked == []


def test_a_redirect_is_not_followed(desk: Desk, opened: Opener):
    with served(Desk()) as other:
        desk.headers["Location"] = f"{other.url}/v2/tickets?secret=1"
        desk.faults["tickets"] = [(302, {})]
        _, error = partial(opened())
        assert "answers 302, and names" in str(error)
        assert "secret=1" not in str(error)
        assert other.asked == []


def test_rows_that_move_between_pages_are_not_missed_without_a_word(desk: Desk, opened: Opener):
    source = opened(pagination=OFFSET)
    pages = source._pages()
    next(pages)
    desk.put("a", "before the others")
    source._pages = lambda: iter([[desk.rows["t0"], desk.rows["t1"]], *pages])  # type: ignore[method-assign]
    _, error = partial(source)
    assert "several rows have the key" in str(error)


@pytest.mark.parametrize("key", [None, "", [], {"a": 1}])
def test_a_row_without_a_key_leaves_the_listing_incomplete(desk: Desk, opened: Opener, key: Any):
    desk.rows["odd"] = {"id": key, "fields": {"body": "x"}}
    found, error = partial(opened())
    assert len(found) == 7
    assert "a row without a key in id" in str(error)


def test_a_row_becomes_a_document_with_its_title_and_metadata(desk: Desk, opened: Opener):
    desk.put("t0", "Die Fähre\nfährt.", subject="Fähre", team="harbour")
    source = opened(title="subject", metadata=["team"])
    listed(source)
    with source.open("t0.md") as stream:
        text = stream.read().decode()
    assert text == "---\nteam: harbour\n---\n\n# Fähre\n\nDie Fähre  \nfährt\\.\n"
    with pytest.raises(DocumentUnreadable):
        source.open("t9.md")


def test_without_a_version_what_becomes_text_counts(desk: Desk, opened: Opener):
    before = listed(opened())
    desk.put("t0", "Text 0.", seen_by="kim")
    assert listed(opened()) == before
    desk.put("t0", "Other text.")
    assert listed(opened())["t0.md"]["signature"] != before["t0.md"]["signature"]


def test_a_file_of_a_row_is_fetched_from_the_service_alone(desk: Desk, opened: Opener):
    desk.files["a.pdf"] = b"%PDF"
    desk.put("t0", "", file="files/a.pdf")
    desk.put("t1", "", file="http://elsewhere.example/a.pdf")
    source = opened(blob="file", version="version")
    assert "t0" in listed(source)
    assert source.open("t0").read() == b"%PDF"
    for path, why in (("t1", "leads away"), ("t2", "holds no address")):
        with pytest.raises(DocumentUnreadable, match=why):
            source.open(path)


def test_a_wrong_token_is_told_with_the_variable_to_set(desk: Desk, opened: Opener, monkeypatch):
    monkeypatch.setenv("DOCLAKE_SOURCE_DESK_TOKEN", "wrong")
    with pytest.raises(ListingIncomplete) as told:
        listed(opened())
    assert "DOCLAKE_SOURCE_DESK_TOKEN" in told.value.mend
    assert isinstance(told.value.__cause__, CredentialsRefused)
    monkeypatch.setenv("DOCLAKE_SOURCE_DESK_PASSWORD", SECRET)
    assert len(listed(opened(login="basic", user="kim"))) == 7


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"unencrypted": False}, "a url of rest://"),
        ({"pagination": {"type": "auto"}}, "a guess that is wrong would miss rows"),
        ({"pagination": {"type": "offset", "limit": 2, "maximum_offset": 4}}, "`max_pages`"),
        ({"login": "header"}, "`header` with `login: header`"),
        ({"login": "basic"}, "`user` with `login: basic`"),
        ({"blob": "file", "text": ["body"]}, "either `text` or `blob`"),
        ({"params": {"token": "x"}}, "secrets come from the environment"),
    ],
)
def test_options_that_do_not_fit_are_refused(desk: Desk, options: Any, expected: str):
    given = {"resource": "t", "id": ["id"], "text": ["b"], "login": "bearer", "unencrypted": True}
    url = f"rest+{desk.url}/v2"
    source = SourceSettings.model_construct(url=url, options=given | options)
    ((_, _, told),) = problems("desk", source)
    assert expected in told


def test_a_pagination_that_dlt_does_not_know_is_told(opened: Opener):
    for wrong in ({"type": "by_moon"}, {"type": "cursor", "moon": "full"}):
        with pytest.raises(SettingsError, match="is none that dlt knows"):
            listed(opened(pagination=wrong))


def test_a_listing_connects_to_the_service_and_to_nobody_else(desk: Desk):
    code = (
        "import json, sys\n"
        "asked = set()\n"
        "sys.addaudithook(lambda n, a: asked.add(a[1][0]) if n == 'socket.connect' else None)\n"
        "from doclake.settings import Settings, SourceSettings\n"
        "from doclake.sources.rest import RestSource\n"
        "source = SourceSettings.model_validate_json(sys.argv[1])\n"
        "desk = RestSource('desk', source, Settings(sources={'desk': source}))\n"
        "print(sum(len(batch) for batch in desk.list()), sorted(asked))"
    )
    given = source_of(desk)
    told = json.dumps({"url": given.url, "options": given.options})
    done = subprocess.run(
        [sys.executable, "-c", code, told],
        capture_output=True,
        text=True,
        env=os.environ | {"DOCLAKE_SOURCE_DESK_TOKEN": SECRET},
    )
    assert done.stdout == "7 ['127.0.0.1']\n", done.stderr
