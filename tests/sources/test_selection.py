"""Which paths the globs of a source take."""

from __future__ import annotations

import unicodedata

import pytest

from doclake.sources.selection import Selection
from tests.sources.places import Files, Opener, paths


@pytest.mark.parametrize(
    ("glob", "taken", "not_taken"),
    [
        ("**", ["a", "a/b.pdf", "line\nbreak.txt"], []),
        ("*.pdf", ["a.pdf", "x/y/a.pdf", "SCAN.PDF"], ["a.pdf.txt", "pdf"]),
        ("**/*.pdf", ["a.pdf", "x/a.pdf"], ["a.txt"]),
        ("/*.pdf", ["a.pdf"], ["x/a.pdf"]),
        ("reports/*.pdf", ["reports/a.pdf"], ["reports/2026/a.pdf", "x/reports/a.pdf"]),
        ("reports/**/*.pdf", ["reports/a.pdf", "reports/2026/q1/a.pdf"], ["x/reports/a.pdf"]),
        ("reports/", ["reports/a", "x/reports/2026/b"], ["reports"]),
        ("reports/**", ["reports/a", "reports/2026/b"], ["x/reports/b"]),
        ("202?/[ab].txt", ["2026/a.txt"], ["20260/a.txt", "2026/c.txt"]),
        (
            "계약/*.hwpx",
            ["계약/a.hwpx", unicodedata.normalize("NFD", "계약/b.hwpx")],
            ["약/a.hwpx"],
        ),
        (r"\#1.txt", ["#1.txt"], ["1.txt"]),
    ],
)
def test_globs_mean_what_they_mean_in_gitignore(
    glob: str, taken: list[str], not_taken: list[str]
) -> None:
    including = Selection([glob], [], hidden=False)
    excluding = Selection(["**"], [glob], hidden=False)
    for path in taken:
        assert including.leaves_out(path) is None
        assert excluding.leaves_out(path) == "excluded"
    for path in not_taken:
        assert including.leaves_out(path) == "not included"
        assert excluding.leaves_out(path) is None


def test_exclude_wins_over_include(opened: Opener, files: Files) -> None:
    files("a.pdf", "b.txt", "drafts/c.pdf", "x/drafts/d.pdf")
    source = opened(include=["*.pdf"], exclude=["drafts/"])
    assert paths(source.list()) == {"a.pdf"}
    assert source.left_out == {"not included": 1, "folder: excluded": 2}


def test_a_glob_with_an_exclamation_mark_takes_a_file_back(opened: Opener, files: Files) -> None:
    files("drafts/a.pdf", "drafts/final.pdf")
    source = opened(exclude=["drafts/*", "!drafts/final.pdf"])
    assert paths(source.list()) == {"drafts/final.pdf"}
