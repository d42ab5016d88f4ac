"""The one form of a URL, and the path that stands for it."""

from __future__ import annotations

import pytest

from doclake.sources.web.urls import Bounds, joined, path_of, url_of

BASE = "https://example.org/docs/page"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("other", "example.org/docs/other"),
        ("../up", "example.org/up"),
        ("/../../%2e%2E/up", "example.org/up"),
        ("?x=1", "example.org/docs/page?x=1"),
        ("//EXAMPLE.org:443/A", "example.org/A"),
        ("http://example.org:8080", "example.org:8080/"),
        ("http://[2001:DB8::1]/a", "[2001:db8::1]/a"),
        ("https://한글.kr/문서", "xn--bj0bj06e.kr/문서"),
        ("/%ed%95%9c%20%EA%B8%80", "example.org/한%20글"),
        ("/%B0%A1", "example.org/%B0%A1"),
        ("/100%", "example.org/100%25"),
        ("/a b<c>", "example.org/a%20b%3Cc%3E"),
        ("/%2F%3f", "example.org/%2F%3F"),
        ("/a?utm_source=x&b=2&fbclid=3#c", "example.org/a?b=2"),
        ("/a?", "example.org/a"),
        ("/%E2%80%AE", "example.org/%E2%80%AE"),  # what would turn the text around
    ],
)
def test_a_link_has_one_path_that_leads_back_to_it(link, path):
    url = joined(BASE, link)
    assert path_of(url) == path
    assert path_of(url_of(path, "https")) == path
    assert url_of(path, "https").isascii()


@pytest.mark.parametrize(
    "link", ["mailto:a@b", "ftp://a/b", "http://[a", "http://a:99999999/", "http:///", "data:,x"]
)
def test_what_is_of_no_web_server_is_no_page(link):
    assert joined(BASE, link) is None


@pytest.mark.parametrize(
    "path", ["../a", "/etc/passwd", "example.org/../a", "example.org/a#b", "EXAMPLE.org/", "a@b/c"]
)
def test_a_path_of_another_form_is_no_page(path):
    with pytest.raises(ValueError, match="not a path"):
        url_of(path, "https")


@pytest.mark.parametrize(
    ("start", "inside", "outside"),
    [
        ("a.org/", ["a.org/x/y"], ["b.org/", "a.org:8080/"]),
        ("a.org/docs/", ["a.org/docs/x"], ["a.org/docs", "a.org/docsx", "a.org/"]),
        ("a.org/docs", ["a.org/docs", "a.org/docs?p=2", "a.org/docs/x"], ["a.org/docs2"]),
        ("a.org/docs/index.html", ["a.org/docs/x"], ["a.org/x"]),
        ("a.org/wiki/view?id=1", ["a.org/wiki/view?id=2", "a.org/wiki/x"], ["a.org/x"]),
    ],
)
def test_a_start_page_bounds_a_source_to_its_folder(start, inside, outside):
    bounds = Bounds(start, ["한글.kr"])
    assert all(map(bounds.hold, [*inside, "xn--bj0bj06e.kr/x"]))
    assert not any(map(bounds.hold, outside))
