"""What only web sites have: bounds, manners, errors and addresses."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest

from doclake.errors import DocumentUnreadable
from doclake.sources.conformance.cases import holds, listed
from tests.sources.web_server import Reply, found, names, page, redirect, serving


def test_pages_are_followed_no_deeper_than_the_depth(site, crawled):
    for number in range(5):
        site.pages[f"/{number}" if number else "/"] = page(f"page {number}", f"/{number + 1}")
    assert names(crawled(depth=2), site) == {"/", "/1", "/2"}
    assert names(crawled(depth=0), site) == {"/"}


def test_an_endless_calendar_ends_with_the_budget_and_says_so(site, crawled):
    answer = site.reply

    def month(path: str, headers: Any) -> Reply:
        number = path.removeprefix("/month-")
        if number.isdecimal():
            site.pages[path] = page(f"month {number}", f"/month-{int(number) + 1}")
        return answer(path, headers)

    site.reply = month
    site.pages["/"] = page("", "/month-1")
    paths, error = found(crawled(max_pages=6, sitemap=False), site)
    assert len(paths) == 6
    assert "max_pages" in str(error)
    assert len(names(crawled(depth=5, sitemap=False), site)) == 6


@pytest.mark.parametrize("closed", ["robots", "exclude"])
def test_pages_that_are_not_fetched_push_no_page_out_in_silence(site, crawled, closed):
    robots = b"User-agent: *\nDisallow: /closed" if closed == "robots" else b""
    site.pages["/robots.txt"] = Reply(robots)
    site.pages["/"] = page("start", *[f"/closed-{n}" for n in range(20)], "/a")
    site.pages["/a"] = page("a")
    exclude = {"exclude": ["closed-*"]} if closed == "exclude" else {}
    paths, error = found(crawled(max_pages=5, sitemap=False, **exclude), site)
    assert paths == {"/"}
    assert error.facts["failed"] == 1
    assert "max_pages" in str(error)
    assert names(crawled(max_pages=20, **exclude), site) == {"/", "/a"}


def test_a_listing_that_reads_too_much_ends_and_says_so(site, crawled):
    site.pages["/"] = page("start", *[f"/{n}" for n in range(8)])
    for number in range(8):
        site.pages[f"/{number}"] = page("x" * 300_000)
    paths, error = found(crawled(max_mb=1), site)
    assert "/" in paths and len(paths) < 5
    assert "max_mb" in str(error)


def test_a_folder_bounds_the_crawl_and_further_hosts_are_taken_whole(site, crawled):
    with serving() as other:
        there = f"http://{other.host}/far"
        site.pages["/docs/"] = page("docs", "/docs/a", "/outside", there)
        site.pages["/docs/a"] = page("a")
        site.pages["/outside"] = page("outside")
        other.pages["/far"] = page("far")
        start = f"{site.url}docs/"
        assert names(crawled(start), site) == {"/docs/", "/docs/a"}
        assert "/outside" not in site.paths()
        both = names(crawled(start, hosts=[other.host]), site)
        assert both == {"/docs/", "/docs/a", f"{other.host}/far"}


def test_what_is_excluded_is_not_asked_for_and_what_is_not_included_leads_on(site, crawled):
    site.pages["/"] = page("start", "/list", "/secret")
    site.pages["/list"] = page("list", "/a.pdf")
    site.pages["/a.pdf"] = Reply(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
    site.pages["/secret"] = page("secret")
    source = crawled(include=["*.pdf"], exclude=["secret"])
    assert names(source, site) == {"/a.pdf"}
    assert "/secret" not in site.paths()
    assert source.left_out["excluded"] == 1


def test_robots_txt_is_obeyed_and_its_delay_kept(site, crawled):
    site.pages["/robots.txt"] = Reply(
        b"User-agent: doclake\nDisallow: /closed\nCrawl-delay: 0.2\n\nUser-agent: *\nDisallow: /"
    )
    site.pages["/"] = page("start", "/open", "/closed/a")
    site.pages["/open"] = page("open")
    site.pages["/closed/a"] = page("closed")
    source = crawled()
    assert names(source, site) == {"/", "/open"}
    assert "/closed/a" not in site.paths()
    assert source.left_out["robots.txt"] == 1
    after = [one.at for one in site.asked[1:]]
    assert after[-1] - after[0] > 0.15 * (len(after) - 1)
    with pytest.raises(DocumentUnreadable, match="robots"):
        source.open(f"{site.host}/closed/a")
    _, error = found(crawled(agent="other"), site)
    assert "robots.txt" in str(error)


_LISTS = """
import sys
from doclake.settings import Settings, SourceSettings
from doclake.sources.registry import open_source
options = {"private_addresses": True, "delay": 0, "sitemap": False}
source = SourceSettings(url=sys.argv[1], options=options)
settings = Settings(sources={"site": source}, lake=sys.argv[2])
print(sum(len(batch) for batch in open_source("site", source, settings).list()))
"""


def test_two_processes_at_once_do_not_halve_the_pause_of_a_host(site, tmp_path):
    site.pages["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 0.3")
    site.pages["/"] = page("start", "/a", "/b")
    site.pages["/a"] = site.pages["/b"] = page("text")
    lake = tmp_path / "lake"
    lake.mkdir()
    command = [sys.executable, "-c", _LISTS, site.url, str(lake)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other,
    ):
        assert (one.communicate()[0], other.communicate()[0]) == ("3\n", "3\n")
    times = sorted(asked.at for asked in site.asked if asked.path != "/robots.txt")
    pauses = [later - at for at, later in pairwise(times)]
    assert len(pauses) >= 5
    assert min(pauses) > 0.25, pauses


def test_while_robots_txt_fails_nothing_is_fetched(site, crawled):
    site.pages["/robots.txt"] = Reply(b"", 503)
    site.pages["/"] = page("start")
    paths, error = found(crawled(), site)
    assert not paths and not site.paths()
    assert "robots.txt" in str(error)
    site.pages["/robots.txt"] = Reply(b"", 403)
    assert names(crawled(), site) == {"/"}


def test_a_busy_server_is_asked_again_when_it_said(site, crawled):
    site.pages["/"] = page("start")
    waits = iter([Reply(b"", 429, {"Retry-After": "1"})])
    answer = site.reply
    site.reply = lambda path, headers: (
        (next(waits, None) if path == "/" else None) or answer(path, headers)
    )
    assert names(crawled(retries=1), site) == {"/"}
    first, second = [one.at for one in site.asked if one.path == "/"]
    assert second - first >= 1
    site.pages["/"] = Reply(b"", 503, {"Retry-After": "3600"})
    _, error = found(crawled(retries=3), site)
    assert "503" in str(error)


def test_a_host_that_fails_again_and_again_is_left_in_peace(site, crawled):
    site.pages["/"] = page("start", *[f"/{n}" for n in range(20)])
    for number in range(20):
        site.pages[f"/{number}"] = Reply(b"", 500)
    _, error = found(crawled(), site)
    assert error.facts["failed"] == 6
    assert len(site.paths(500)) == 5


def test_a_page_that_is_gone_is_deleted_and_any_other_error_is_incomplete(site, crawled):
    site.pages["/"] = page("start", "/gone", "/broken", "/closed")
    site.pages["/gone"] = Reply(b"", 410)
    assert names(crawled(), site) == {"/"}
    for status in (403, 500):
        site.pages["/broken"] = Reply(b"", status)
        paths, error = found(crawled(), site)
        assert paths == {"/"}
        assert str(status) in str(error)


def test_redirects_lead_to_one_page_within_the_source_only(site, crawled):
    with serving() as other:
        other.pages["/"] = page("elsewhere")
        site.pages["/"] = page("start", "/old", "/older", "/away", "/round")
        site.pages["/older"] = redirect("/old", 302)
        site.pages["/old"] = redirect("/new", 308)
        site.pages["/new"] = page("new")
        site.pages["/away"] = redirect(f"http://{other.host}/")
        site.pages["/round"] = redirect("/round2")
        site.pages["/round2"] = redirect("/round")
        assert names(crawled(), site) == {"/", "/new"}
        assert not other.asked
        with pytest.raises(DocumentUnreadable, match="301"):
            crawled().open(f"{site.host}/away")
        site.pages["/"] = redirect(f"http://{other.host}/")
        _, error = found(crawled(), site)
        assert other.host in str(error) and "`url`" in str(error)


def test_private_addresses_are_refused(site, crawled):
    site.pages["/"] = page("start")
    for host in ("127.0.0.1", "localhost"):  # a name, too
        port = site.host.partition(":")[2]
        url = f"http://{host}:{port}/"
        _, error = found(crawled(url, private_addresses=False), site)
        assert "no public address" in str(error)
        assert "private_addresses" in error.mend
        with pytest.raises(DocumentUnreadable, match="no public address"):
            crawled(url, private_addresses=False).open(f"{host}:{port}/")
    assert not site.asked
    assert names(crawled(private_addresses=["127.0.0.0/8"]), site) == {"/"}


def test_a_redirect_does_not_lead_to_a_private_address(site, crawled):
    allowed = {"private_addresses": ["127.0.0.1/32"]}
    with serving("127.0.0.2") as inner:
        port = inner.server.server_address[1]
        inner.pages["/"] = page("inside")
        inner.pages["/robots.txt"] = Reply(b"")
        site.pages["/"] = page("start", "/in")
        site.pages["/in"] = redirect(f"http://127.0.0.2:{port}/")
        hosts = [f"127.0.0.2:{port}"]
        paths, error = found(crawled(hosts=hosts, **allowed), site)
        assert paths == {"/"}
        assert "127.0.0.2, which is no public address" in str(error)
        site.pages["/robots.txt"] = redirect(f"http://127.0.0.2:{port}/robots.txt")
        paths, error = found(crawled(**allowed), site)
        assert not paths
        assert not inner.asked
        assert names(crawled(hosts=hosts), site) == {"/", f"127.0.0.2:{port}/"}


def test_a_password_is_told_to_the_host_of_the_start_alone(site, crawled, monkeypatch):
    monkeypatch.setenv("DOCLAKE_SOURCE_SITE_PASSWORD", "sesame")
    with serving() as other:
        site.pages["/"] = page("start", f"http://{other.host}/")
        other.pages["/"] = page("other")
        site.refused_without = "Basic a2ltOnNlc2FtZQ=="
        source = crawled(user="kim", hosts=[other.host])
        assert len(listed(source)) == 2
        assert holds(source, f"{site.host}/", "start")
        assert not [one for one in other.asked if "Authorization" in one.headers]
    _, error = found(crawled(), site)
    assert "DOCLAKE_SOURCE_SITE_PASSWORD" in error.mend
