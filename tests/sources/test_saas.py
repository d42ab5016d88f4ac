"""What only services have: connectors that check settings, and that cut what they list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.errors import DocumentUnreadable
from doclake.settings import Settings
from doclake.settings.connectors import CONNECTORS
from doclake.settings.source_options import problems
from doclake.sources import Source
from doclake.sources.conformance.cases import listed, partial
from doclake.sources.saas.warnings import are_about_readers
from tests.sources.github_server import GitHub
from tests.sources.jira_server import Issue, Jira
from tests.sources.places import Opener, read
from tests.sources.service_servers import SECRET, certified, served


@pytest.fixture
def jira(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Jira, Source]]:
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_TOKEN", SECRET)
    with served(Jira()) as service:
        options = {"connection": {"url": service.url}, "index": {"projects": ["HR"]}}
        source = opened("jira://desk", options={**options, "permissions": "source", "retries": 0})
        yield service, source


def test_issues_are_listed_to_the_last(jira: tuple[Jira, Source]) -> None:
    service, source = jira
    service.issues |= {str(number): Issue("text") for number in range(120)}
    rows = listed(source)
    assert len(rows) == 120
    assert rows["7.txt"]["access"] is None


def test_issues_of_jira_cloud_are_listed_to_the_last(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_PASSWORD", SECRET)
    with served(Jira()) as service:
        service.issues |= {str(number): Issue(f"text {number}") for number in range(120)}
        connection = {"url": service.url, "username": "reader", "cloud": True}
        options = {"connection": connection, "permissions": "source", "retries": 0}
        source = opened("jira://desk", options={**options, "index": {"projects": ["HR"]}})
        assert len(listed(source)) == 120
        assert b"text 7" in read(source, "7.txt")
    assert "/rest/api/3/search/jql" in service.asked


def test_an_answer_without_issues_does_not_end_a_listing(jira: tuple[Jira, Source]) -> None:
    service, source = jira
    service.issues |= {str(number): Issue("text") for number in range(120)}
    service.faults["/search"] = [service.answer("/search", {}), (200, {"warning": "half"})]
    found, error = partial(source)
    assert len(found) == 50
    assert "holds no `issues`" in error.message


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_ACCESS_TOKEN", SECRET)
    with served(GitHub(), context) as service:
        yield service


def repository(github: GitHub, opened: Opener, **options: Any) -> Source:
    given = {"permissions": "source", "retries": 0, **options}
    return opened(f"github://{urlsplit(github.url).netloc}/acme/handbook", options=given)


def test_a_file_is_read_from_the_branch_that_was_listed(github: GitHub, opened: Opener) -> None:
    github.branches |= {"main": {"a.md": b"of main"}, "next": {"a.md": b"of next", "b.md": b"new"}}
    source = repository(github, opened, index={"branch": "next"})
    assert set(listed(source)) == {"a.md", "b.md"}
    assert read(source, "a.md") == b"of next"


def test_a_file_above_a_megabyte_is_read(github: GitHub, opened: Opener) -> None:
    large = b"0123456789" * 150_000
    github.branches["main"]["large.bin"] = large
    assert read(repository(github, opened), "large.bin") == large


def test_links_and_hidden_files_are_no_documents(github: GitHub, opened: Opener) -> None:
    github.branches["main"] |= {"a.md": b"text", "link.md": b"a.md", ".github/ci.yml": b"on:"}
    github.modes["link.md"] = "120000"
    source = repository(github, opened)
    assert set(listed(source)) == {"a.md"}
    assert source.left_out == {"symbolic link": 1, "hidden": 1}


def test_a_tree_that_is_cut_makes_the_listing_incomplete(github: GitHub, opened: Opener) -> None:
    github.branches["main"] |= {"a.md": b"one", "b.md": b"two"}
    github.truncated.add("main")
    found, error = partial(repository(github, opened))
    assert found == {"a.md"}
    assert "some files may be missing" in error.message


def test_a_missing_secret_is_named(opened: Opener) -> None:
    source = opened("notion://acme", options={"permissions": "source"})
    _, error = partial(source)
    assert "DOCLAKE_SOURCE_DOCS_NOTION_API_KEY" in error.mend
    with pytest.raises(DocumentUnreadable):
        source.open("00000000-0000-0000-0000-000000000000.html")


@pytest.mark.parametrize(
    ("said", "is_about_readers"),
    [
        ("Could not retrieve collaborations for folder 7: 503", True),
        ("forbidden fetching permissions for plan.docx (status 403)", True),
        ("permissions not found for plan.docx", True),
        ("unexpected status None fetching permissions for plan.docx: None", True),
        (
            "giving up after retries on Graph $batch: throttled with status 429; "
            "skipping permissions for 20 items",
            True,
        ),
        ("Graph $batch returned 500; skipping permissions for 20 items: <html>", True),
        ("Malformed space-permissions response for space 1; treating permissions ...", True),
        ("failed to get page with id 7: no permissions found", False),
        ("Failed to access SharePoint path '/permissions not found for': 403", False),
        ("access forbidden to files folder for shared channel 'permission'; skipping", False),
    ],
)
def test_only_the_sentences_of_connectors_on_readers_leave_a_listing_whole(
    said: str, is_about_readers: bool
) -> None:
    assert are_about_readers(said) == is_about_readers


SOUND: dict[str, tuple[str, dict[str, Any]]] = {
    "confluence": ("acme.atlassian.net/wiki", {"connection": {"username": "kim", "cloud": True}}),
    "jira": ("acme.atlassian.net", {"permissions": "source", "index": {"projects": ["HR"]}}),
    "github": ("acme/handbook", {"permissions": "source"}),
    "notion": (
        "acme",
        {"permissions": "source", "index": {"page_ids": ["a"], "database_ids": ["b"]}},
    ),
    "slack": ("acme", {"permissions": "source", "index": {"channels": ["C1"]}}),
    "salesforce": (
        "acme",
        {
            "permissions": "source",
            "connection": {"username": "kim"},
            "index": {"categories": ["Case"]},
        },
    ),
    "sharepoint": (
        "acme.sharepoint.com/sites/hr",
        {"connection": {"tenant": "acme", "client_id": "a"}},
    ),
    "onedrive": ("acme", {"connection": {"tenant": "acme", "user_pname": "kim", "client_id": "a"}}),
    "googledrive": ("0AbCd", {}),
    "box": ("Handbook", {}),
    "outlook": (
        "acme",
        {
            "permissions": "source",
            "connection": {"client_id": "a"},
            "index": {"outlook_folders": ["Inbox"], "user_email": "kim@example.org"},
        },
    ),
}


def settings(url: str, options: dict[str, Any]) -> Any:
    return Settings.model_validate({"sources": {"docs": {"url": url, "options": options}}})


@pytest.mark.parametrize("scheme", CONNECTORS)
def test_each_connector_takes_what_the_documentation_shows(scheme: str) -> None:
    place, options = SOUND[scheme]
    source = settings(f"{scheme}://{place}", options).sources["docs"]
    assert problems("docs", source) == []


@pytest.mark.parametrize(("place", "count"), [("wiki.example.org", 1), ("127.0.0.1:80", 0)])
def test_secrets_do_not_go_over_an_open_line(place: str, count: int) -> None:
    options = {"connection": {"url": f"http://{place}"}}
    source = settings("confluence://wiki", options).sources["docs"]
    found = problems("docs", source)
    assert len(found) == count
    assert all("https://" in expected for _, _, expected in found)


@pytest.mark.parametrize("scheme", CONNECTORS)
def test_each_connector_refuses_keys_that_it_does_not_know(scheme: str) -> None:
    place, options = SOUND[scheme]
    wrong = {**options, "index": {**options.get("index", {}), "spaced": ["HR"]}}
    source = settings(f"{scheme}://{place}", wrong).sources["docs"]
    [(key, _, expected)] = problems("docs", source)
    assert key == "sources.docs.options.index.spaced"
    assert expected.startswith("one of ")


@pytest.mark.parametrize(
    "scheme", [name for name, each in CONNECTORS.items() if not each.tells_readers]
)
def test_where_a_service_tells_no_readers_the_settings_must_say_so(scheme: str) -> None:
    place, options = SOUND[scheme]
    silent = {key: value for key, value in options.items() if key != "permissions"}
    source = settings(f"{scheme}://{place}", silent).sources["docs"]
    assert [key for key, *_ in problems("docs", source)] == ["sources.docs.options.permissions"]
