"""What only Confluence has: readers that come from above, limits, answers that lack their list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doclake.sources import Source
from doclake.sources.conformance.cases import listed, partial
from tests.sources.confluence_server import Confluence, Page
from tests.sources.places import Opener, read
from tests.sources.service_servers import SECRET, served

Wiki = Callable[..., Source]


@pytest.fixture
def wiki() -> Iterator[Confluence]:
    with served(Confluence()) as service:
        yield service


@pytest.fixture
def opened_wiki(opened: Opener, wiki: Confluence, monkeypatch: pytest.MonkeyPatch) -> Wiki:
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_API_TOKEN", SECRET)

    def open_it(**options: Any) -> Source:
        connection = {"url": wiki.url, "username": "reader"}
        return opened(
            "confluence://wiki", options={"connection": connection, "retries": 0} | options
        )

    return open_it


def access(source: Source) -> dict[str, list[str] | None]:
    return {path.removesuffix(".html"): row["access"] for path, row in listed(source).items()}


def test_a_page_below_a_restricted_one_is_as_restricted(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages |= {
        "1": Page("secret", readers={"user": ["kim"]}),
        "2": Page("below it", above=("page", "1")),
        "3": Page("two below it", above=("page", "2")),
        "4": Page("beside it"),
    }
    kim = ["user:kim"]
    assert access(opened_wiki()) == {"1": kim, "2": kim, "3": kim, "4": None}


def test_a_folder_above_a_page_counts(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.folders["90"] = Page("", readers={"group": ["hr"]})
    wiki.pages["1"] = Page("in a folder", above=("folder", "90"))
    assert access(opened_wiki()) == {"1": ["group:hr"]}


def test_nobody_reads_what_lies_in_something_that_does_not_say_who_may(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages |= {"1": Page("in what is not there", above=("whiteboard", "90")), "2": Page("open")}
    source = opened_wiki()
    assert access(source) == {"1": [], "2": None}
    assert source.unclear_count == 1
    assert "1.html" in source.unclear[0]


def test_pages_that_lie_in_each_other_have_no_readers(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.pages |= {"1": Page("one", above=("page", "2")), "2": Page("two", above=("page", "1"))}
    assert access(opened_wiki()) == {"1": [], "2": []}


def test_a_restriction_does_not_reach_beyond_the_space(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.grants["7"] = [("group", "staff", "read")]
    wiki.groups |= {"staff": ["kim", "lee"], "hr": ["lee", "gone"]}
    wiki.pages |= {
        "1": Page("of staff"),
        "2": Page("of some", readers={"user": ["kim", "gone"]}),
        "3": Page("of a group", readers={"group": ["hr"]}),
        "4": Page("of the same group", readers={"group": ["staff"]}),
    }
    assert access(opened_wiki()) == {
        "1": ["group:staff"],
        "2": ["user:kim"],
        "3": ["user:lee"],
        "4": ["group:staff"],
    }


def test_who_may_only_edit_may_not_read(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.grants["7"] = [("group", "staff", "read"), ("user", "root", "administer")]
    wiki.pages["1"] = Page("text", editors={"user": ["stranger"]})
    assert access(opened_wiki()) == {"1": ["group:staff"]}


def test_classes_of_accounts_are_groups(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.grants["7"] = [("access-class", "ALL_LICENSED_USERS", "read")]
    wiki.pages |= {"1": Page("of all"), "2": Page("of some", readers={"user": ["kim"]})}
    assert access(opened_wiki()) == {"1": ["group:ALL_LICENSED_USERS"], "2": ["user:kim"]}


def test_a_space_that_does_not_say_who_may_read_it_lets_nobody(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages["1"] = Page("text")
    wiki.faults["/permissions"] = [(403, {"message": "no"})]
    assert access(opened_wiki()) == {"1": []}


def test_more_pages_than_the_connector_takes_by_itself_are_listed(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages |= {str(number): Page("text") for number in range(260)}
    assert len(listed(opened_wiki())) == 260


def test_a_limit_of_spaces_that_is_reached_is_told(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.spaces, wiki.grants["8"] = {"7": "HR", "8": "IT"}, wiki.grants["7"]
    wiki.pages |= {"1": Page("text"), "2": Page("text", space="8")}
    found, error = partial(opened_wiki(index={"max_num_of_spaces": 1}))
    assert found == {"1.html"}
    assert "options.index.max_num_of_spaces" in error.message


def test_a_page_keeps_its_path_under_another_title_and_in_another_space(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.spaces, wiki.grants["8"] = {"7": "HR", "8": "IT"}, wiki.grants["7"]
    wiki.pages["1"] = Page("text", title="연차휴가 안내")
    assert set(listed(opened_wiki())) == {"1.html"}
    wiki.pages["1"] = Page("text", title="Another", space="8", version=2)
    assert set(listed(opened_wiki())) == {"1.html"}
    assert b"Another" in read(opened_wiki(), "1.html")


@pytest.mark.parametrize("part", ["/spaces", "/pages"])
def test_an_answer_without_its_list_is_no_empty_one(
    part: str, wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages["1"] = Page("text")
    wiki.faults[part] = [(200, {"_links": {}})]
    found, error = partial(opened_wiki())
    assert not found
    assert "holds no `results`" in error.message


def test_a_busy_service_is_asked_again(wiki: Confluence, opened_wiki: Wiki) -> None:
    wiki.pages["1"] = Page("text")
    for part in ("/pages", "/byOperation"):
        wiki.faults[part] = [(429, {"message": "slowly"})]
    assert access(opened_wiki(retries=2)) == {"1": None}
    wiki.faults["/pages"] = [(429, {"message": "slowly"})] * 2
    found, _ = partial(opened_wiki(retries=1))
    assert not found


def test_reading_costs_one_request_in_a_process_that_listed_nothing(
    wiki: Confluence, opened_wiki: Wiki
) -> None:
    wiki.pages |= {str(number): Page(f"text {number}") for number in range(20)}
    source = opened_wiki()
    assert b"text 7" in read(source, "7.html")
    assert wiki.asked == ["/api/v2/pages/7"]
