"""What a page of the web says of itself, and in which forms: HTML, sitemaps, folders, Korean."""

from __future__ import annotations

import gzip
from functools import partial
from typing import Any
from urllib.parse import urljoin

import pytest

from doclake.sources.conformance.cases import listed
from tests.sources.web_server import HTML, Reply, Site, found, names, page, redirect, serving


def test_a_large_file_is_known_by_its_tag_and_not_read(site, crawled):
    kind = {"Content-Type": "application/pdf", "Last-Modified": "Mon, 30 Nov 2026 01:00:00 GMT"}
    site.pages["/"] = page("", "/large.pdf")
    site.pages["/large.pdf"] = Reply(b"%PDF" + b"x" * (2 << 20), headers=kind)
    row = listed(crawled(max_mb=1))[f"{site.host}/large.pdf"]
    assert row["size"] == 4 + (2 << 20)
    assert row["mtime"].isoformat() == "2026-11-30T01:00:00+00:00"


def test_a_page_that_looks_like_a_page_that_cannot_be_there_is_gone(site, crawled):
    site.pages["/"] = page("start", "/real", "/lost-7")
    site.pages["/real"] = page("a page that is there")
    answer = site.reply
    lost = iter(range(100))

    def reply(path: str, headers: Any) -> Reply:
        if path in site.pages or path in ("/robots.txt", "/sitemap.xml"):
            return answer(path, headers)
        return page(f"Sorry, {path} was not found. Error {next(lost)}. You asked: {path[1:]}")

    site.reply = reply
    source = crawled()
    assert names(source, site) == {"/", "/real"}
    assert source.left_out.total() == 1


XML = {"Content-Type": "application/xml"}


def sitemap_of(site: Site, kind: str, *pages: str) -> bytes:
    inner = "".join(f"<x><loc>{urljoin(site.url, each)}</loc></x>" for each in pages)
    return f'<?xml version="1.0"?><{kind} xmlns="http://a">{inner}</{kind}>'.encode()


def test_a_sitemap_names_pages_that_nothing_leads_to(site, crawled):
    sitemap, xml = partial(sitemap_of, site), XML
    site.pages["/robots.txt"] = Reply(f"Sitemap: {site.url}all.xml".encode())
    site.pages["/all.xml"] = Reply(sitemap("sitemapindex", "some.xml.gz"), headers=xml)
    packed = gzip.compress(sitemap("urlset", "alone"))
    site.pages["/some.xml.gz"] = Reply(packed, headers={"Content-Type": "application/x-gzip"})
    site.pages["/"] = page("start")
    site.pages["/alone"] = page("alone")
    assert names(crawled(), site) == {"/", "/alone"}
    assert names(crawled(sitemap=False), site) == {"/"}
    assert names(crawled(f"{site.url}all.xml", sitemap=False), site) == {"/alone"}
    site.pages["/sitemap.xml"] = Reply(b"", 403)  # nobody named it
    assert names(crawled(), site) == {"/", "/alone"}
    site.pages["/all.xml"] = Reply(b"<sitemapindex><broken", headers=xml)
    _, error = found(crawled(), site)
    assert "sitemap" in str(error)


@pytest.mark.parametrize("remembers", [False, True])
def test_an_index_names_sitemaps_anywhere_on_its_host(site, crawled, remembers):
    """Shops and blogs keep them at the root, wherever the pages are (sitemaps.org)."""
    inside, start = "/docs/alone", f"{site.url}docs/"
    site.pages["/docs/"], site.pages[inside] = page("start"), page("alone")
    site.pages["/other"] = page("outside of the source")
    site.pages["/sitemap.xml"] = redirect("/maps/all.xml")
    with serving("127.0.0.2") as elsewhere:
        children = ["/maps/docs.xml", "/other", f"{elsewhere.url}foreign.xml"]
        site.pages["/maps/all.xml"] = Reply(sitemap_of(site, "sitemapindex", *children), 200, XML)
        site.pages["/maps/docs.xml"] = Reply(sitemap_of(site, "urlset", inside, "/other"), 200, XML)
        assert names(crawled(start, remembers=remembers), site) == {"/docs/", inside}
        assert names(crawled(start, remembers=remembers), site) == {"/docs/", inside}
        assert not elsewhere.asked, "an index speaks for its own host"
    site.pages["/maps/docs.xml"] = Reply(b"", 500)
    _, error = found(crawled(start), site)
    assert "maps/docs.xml" in str(error)


def test_pages_that_do_not_want_to_be_listed_are_left_out(site, crawled):
    site.pages["/"] = page("start", "/index", "/no", "/header", "/nofollow", head="")
    site.pages["/no"] = page("no", "/behind", head='<meta name="doclake" content="noindex">')
    site.pages["/behind"] = page("behind")
    site.pages["/header"] = Reply(page("header").body, headers={**HTML, "X-Robots-Tag": "none"})
    site.pages["/nofollow"] = page(
        "nofollow", "/never", head='<meta name="robots" content="nofollow">'
    )
    site.pages["/never"] = page("never")
    assert names(crawled(), site) == {"/", "/behind", "/nofollow"}


def test_a_header_speaks_to_all_or_to_one_agent(site, crawled):
    def headed(said: str) -> Reply:
        return Reply(page("text", "/b").body, headers={**HTML, "X-Robots-Tag": said})

    site.pages["/b"] = page("b")
    site.pages["/"] = headed("otherbot: noindex, nofollow")
    assert names(crawled(), site) == {"/", "/b"}
    site.pages["/"] = headed("otherbot: all, Doclake: noindex")
    assert names(crawled(), site) == {"/b"}
    site.pages["/"] = headed("nofollow")
    assert names(crawled(), site) == {"/"}


def test_a_copy_is_left_out_unless_its_original_is_not_there(site, crawled):
    def copy_of(original: str, text: str) -> Reply:
        return page(text, head=f'<link rel="canonical" href="{original}">')

    site.pages["/"] = page("start", "/a?print=1", "/lost", "/one", "/two", "/mirror")
    site.pages["/a?print=1"] = copy_of("/a", "a for printers")
    site.pages["/a"] = copy_of("/a", "a")
    site.pages["/lost"] = copy_of("/not-there", "lost")
    site.pages["/one"], site.pages["/two"] = copy_of("/two", "one"), copy_of("/one", "two")
    site.pages["/mirror"] = copy_of("https://example.org/mirror", "mirror")
    assert names(crawled(), site) == {"/", "/a", "/lost", "/one", "/mirror"}


@pytest.mark.parametrize(
    "kind", ["text/css", "text/javascript", "video/mp4", "font/woff2", "audio/mpeg"]
)
def test_parts_of_pages_are_no_documents_unless_they_are_named(site, crawled, kind):
    site.pages["/"] = page("start", "/part")
    site.pages["/part"] = Reply(b"part", headers={"Content-Type": kind})
    assert names(crawled(), site) == {"/"}
    assert names(crawled(types=[kind]), site) == {"/part"}


APACHE = """<html><head><title>Index of /files</title></head><body><h1>Index of /files</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td></tr>
<tr><td><a href="a.txt">a.txt</a></td></tr><tr><td><a href="more/">more/</a></td></tr></table>"""
NGINX = """<html><head><title>Index of /files/</title></head><body><hr><pre>
<a href="../">../</a>\n<a href="more/">more/</a> 30-Nov-2026\n<a href="a.txt">a.txt</a></pre>"""
CADDY = """<html><head><title>files</title><meta name="robots" content="noindex"></head><body>
<a href="?sort=name&order=desc">Name</a><a href="./a.txt">a.txt</a><a href="./more/">more</a>"""


@pytest.mark.parametrize("index", [APACHE, NGINX, CADDY])
def test_a_folder_of_files_is_listed_once_and_not_above_its_start(site, crawled, index):
    text = {"Content-Type": "text/plain"}
    site.pages["/"] = page("above")
    site.pages["/files/"] = Reply(index.encode(), headers=HTML)
    more = index.replace("a.txt", "b.txt").replace("more/", "a%26b/")
    site.pages["/files/more/"] = Reply(more.encode(), headers=HTML)
    site.pages["/files/a.txt"] = site.pages["/files/more/b.txt"] = Reply(b"text", headers=text)
    assert names(crawled(f"{site.url}files/"), site) == {"/files/a.txt", "/files/more/b.txt"}
    assert not [one.path for one in site.asked if "?" in one.path]


def test_one_page_has_one_path(site, crawled):
    site.pages["/"] = page(
        "start", "/a?x=1#part", "/b/../a?x=1&utm_source=mail", "HTTP://" + site.host + "/a?x=1",
        "/%61?x=1&gclid=2", "/a;jsessionid=8F?x=1", "\\a?x=1", "mailto:me@example.org",
        "javascript:void(0)", "http://[broken", "http://user@" + site.host + "/a",
    )  # fmt: skip
    site.pages["/a?x=1"] = page("a")
    assert names(crawled(sitemap=False), site) == {"/", "/a?x=1"}
    assert site.paths().count("/a?x=1") == 1


def test_korean_addresses_are_read_and_shown_as_they_are_written(site, crawled):
    text = '<html><head><meta charset="euc-kr"></head><body><a href="/문서/안내">안내</a>'
    start = f'{text}<a href="/찾기?말=가">찾기</a>'.encode("cp949")
    site.pages["/"] = Reply(start, headers=HTML)
    site.pages["/%EB%AC%B8%EC%84%9C/%EC%95%88%EB%82%B4"] = page("안내문")
    site.pages["/%EC%B0%BE%EA%B8%B0?%B8%BB=%B0%A1"] = page("찾은 것")
    source = crawled()
    assert names(source, site) == {"/", "/문서/안내", "/찾기?%B8%BB=%B0%A1"}
    with source.open(f"{site.host}/문서/안내") as stream:
        assert "안내문" in stream.read().decode()


@pytest.mark.parametrize("label", ["EUC-KR", "windows-949"])  # Python does not know the second
def test_a_text_whose_charset_only_the_header_tells_is_handed_on_in_unicode(site, crawled, label):
    body = "<html><body><p>민원 안내</p></body></html>".encode("euc-kr")
    site.pages["/"] = Reply(body, headers={"Content-Type": f"text/html; charset={label}"})
    source = crawled()
    (path,) = listed(source)
    with source.open(path) as stream:
        assert "민원 안내" in stream.read().decode("utf-8-sig")


def test_hostile_pages_do_no_harm(site, crawled):
    deep = "<div>" * 5_000 + '<a href="/found">x</a>'
    site.pages["/"] = Reply(deep.encode() + b"\x00<a href=/found2", headers=HTML)
    site.pages["/found"] = Reply(b"", headers=HTML)
    site.pages["/bomb.xml"] = Reply(
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]><urlset><loc>&b;</loc></urlset>',
        headers={"Content-Type": "text/xml"},
    )
    assert {"/", "/found"} <= names(crawled(), site)
