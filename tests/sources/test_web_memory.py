"""What a site costs that has not changed, and what is remembered of it where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doclake import clock, ids
from doclake.govern import erasure, erasure_targets
from doclake.lake import erased
from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.operate import removal
from doclake.operate.forecast import forecast
from doclake.project import Project
from doclake.settings import Settings
from doclake.sources.conformance.cases import listed
from doclake.stages import documents
from doclake.stages.context import StageContext
from tests.sources.web_server import HTML, Reply, found, names, page


@pytest.fixture
def project(site, tmp_path: Path) -> Project:
    """Over a site of three pages, of which the second leads to the third."""
    site.pages["/"] = page("start", "/a")
    site.pages["/a"] = page("a", "/b")
    site.pages["/b"] = page("b")
    options = {"private_addresses": True, "delay": 0}
    source = {"url": site.url, "options": options, "access": ["everyone"], "buckets": 2}
    given = {"sources": {"site": source}, "lake": str(tmp_path / "lake")}
    return Project.of(Settings.model_validate(given))


def known(project: Project) -> set[str]:
    return {
        path[path.index("/") :]
        for path in CrawledPages(project.lake, "site").read()["path"].to_pylist()
    }


def test_a_run_remembers_the_site_and_a_dry_run_only_looks(site, project):
    assert len(forecast(project, "site").added) == 3
    assert not known(project)
    documents.run(StageContext.whole(project, "site"))
    assert known(project) == {"/", "/a", "/b"}
    site.asked.clear()
    report = documents.run(StageContext.whole(project, "site"))
    assert (report.documents, report.unchanged) == (0, 3)
    assert sorted(site.paths()) == sorted(site.paths(304)) == ["/", "/a", "/b"]


def test_what_is_as_it_was_is_not_written_and_what_is_gone_is_forgotten(site, project):
    for each in site.pages.values():
        each.validates = False
    documents.run(StageContext.whole(project, "site"))
    version = project.lake.version("crawled_pages")
    documents.run(StageContext.whole(project, "site"))
    assert project.lake.version("crawled_pages") == version
    site.pages["/a"] = page("a, which leads nowhere now")
    documents.run(StageContext.whole(project, "site"))
    assert known(project) == {"/", "/a"}


def test_an_erased_page_and_those_that_lead_to_it_are_not_remembered(site, project):
    documents.run(StageContext.whole(project, "site"))
    rows = Path(project.lake.table_url("crawled_pages")) / "source=site"
    assert list(rows.rglob("*.parquet"))
    targets = erasure_targets.of_documents(project, [f"{site.host}/a"], "site")
    erasure.finish(project, erasure.begin(project, targets, by="kim"))
    assert not list(rows.rglob("*.parquet")), "bytes of older versions are left"
    documents.run(StageContext.whole(project, "site"))
    assert known(project) == {"/b"}
    assert {"/", "/b"} == {path.removeprefix(site.host) for path in _registered(project)}


def _registered(project: Project) -> list[Any]:
    return project.lake.read("documents")["path"].to_pylist()


def test_a_removed_source_leaves_no_page(site, project):
    documents.run(StageContext.whole(project, "site"))
    without = Project.of(Settings.model_validate({"sources": {}, "lake": project.lake.url}))
    assert removal.remove(without, "site")["crawled_pages"] == 3
    assert not known(project)


def test_an_unchanged_site_costs_one_conditional_request_a_page(site, crawled):
    site.pages["/"] = page("start", "/a")
    site.pages["/a"] = page("a", "/b")
    site.pages["/b"] = page("b")
    first = listed(crawled(remembers=True))
    site.asked.clear()
    assert listed(crawled(remembers=True)) == first, "the links of unchanged pages are kept"
    assert sorted(site.paths()) == sorted(site.paths(304)) == ["/", "/a", "/b"]
    del site.pages["/b"]
    assert names(crawled(remembers=True), site) == {"/", "/a"}
    assert set(first) - set(listed(crawled(remembers=True))) == {f"{site.host}/b"}


def test_the_links_of_a_page_that_fails_stay_known(site, crawled):
    site.pages["/"] = page("start", "/a")
    site.pages["/a"] = page("a", "/b")
    site.pages["/b"] = page("b")
    assert names(crawled(remembers=True), site) == {"/", "/a", "/b"}
    site.pages["/a"] = Reply(b"", 500)
    paths, _ = found(crawled(remembers=True), site)
    assert paths == {"/", "/b"}


def test_equal_bytes_are_no_change_whatever_the_server_says_of_them(site, crawled):
    ages = iter(range(10, 60))
    body = page("always the same").body

    def fickle(path: str, headers: Any) -> Reply:
        tag, age = next(ages), next(ages)
        changed = f"Mon, 30 Nov 2026 01:00:{age} GMT"
        return Reply(body, 200, {**HTML, "ETag": f'"{tag}"', "Last-Modified": changed})

    site.reply = lambda path, headers: fickle(path, headers) if path == "/" else Reply(b"", 404)
    assert listed(crawled(remembers=True)) == listed(crawled(remembers=True))


def test_of_an_erased_page_nothing_is_remembered(site, crawled, tmp_path):
    site.pages["/"] = page("start", "/a", "/b")
    site.pages["/a"], site.pages["/b"] = page("a"), page("b")
    lake = Lake(str(tmp_path / "lake"))
    gone = ids.doc_id("site", f"{site.host}/a")
    row = {"source": "site", "doc_id": gone, "erasure_id": "e", "erased_by": "kim"}
    erased.deny(lake, [{**row, "reason": None, "erased_at": clock.now()}])
    assert len(listed(crawled(remembers=True))) == 3
    known = CrawledPages(lake, "site").read()["path"].to_pylist()
    assert known == [f"{site.host}/b"], "the start page leads to the erased one"
