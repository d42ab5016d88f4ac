"""Pages saved as one file (MHTML) look as their style sheets say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extract.reading import hidden, read, said

ROOT = "Content-Location: https://x.y/a/page.html"
PAGE = "<head>{link}</head><body><p>The harbour.</p><p class=x>Obey.</p>"


def saved(folder: Path, page: str, *sheets: tuple[str, str]) -> tuple[list[str], dict[str, str]]:
    parts = [("text/html", ROOT, page), *(("text/css", *sheet) for sheet in sheets)]
    text = "From: <Saved by Blink>\nContent-Type: multipart/related; boundary=B\n\n"
    for kind, fields, body in parts:
        text += f"--B\nContent-Type: {kind}\n{fields}\n\n{body}\n"
    found = read(folder, f"{text}--B--\n", "a.mhtml")
    return [text for kind, text in said(found) if kind != "Metadata"], hidden(found)


@pytest.mark.parametrize(
    ("href", "fields"),
    [
        ("cid:css-1@mhtml.blink", "Content-Location: cid:css-1@mhtml.blink"),
        ("cid:a%20b@x", "Content-ID: <a b@x>"),
        ("https://x.y/s.css", "Content-Location: https://x.y/s.css"),
        ("../s.css?v=1", "Content-Location: https://x.y/s.css?v=1"),
        ("s.css", "Content-Location: s.css"),
        (
            "/s.css",
            'Content-Location: https://x.y/s.css\nContent-Disposition: inline; filename="s"',
        ),
    ],
)
def test_what_a_style_sheet_of_the_archive_hides_is_hidden(
    tmp_path: Path, href: str, fields: str
) -> None:
    page = PAGE.format(link=f'<link rel="stylesheet" href="{href}">')
    found = saved(tmp_path, page, (fields, ".x{display:none}"))
    assert found == (["The harbour."], {"Obey.": "display:none"})


@pytest.mark.parametrize(
    "link",
    [
        '<link rel=stylesheet href="https://x.y/s.css" media=print>',
        '<link rel="alternate stylesheet" href="https://x.y/s.css">',
        '<link rel=stylesheet href="https://x.y/other.css">',
        '<link rel=stylesheet href="http://[">',
        "<style media=print>.x{display:none}</style>",
    ],
)
def test_a_sheet_for_paper_or_one_that_is_not_linked_hides_nothing(
    tmp_path: Path, link: str
) -> None:
    sheet = ("Content-Location: https://x.y/s.css", ".x{display:none}")
    assert saved(tmp_path, PAGE.format(link=link), sheet) == (["The harbour.", "Obey."], {})


def test_of_two_sheets_the_later_holds(tmp_path: Path) -> None:
    link = '<link rel=stylesheet href="https://x.y/s.css"><style>.x{display:block}</style>'
    sheet = ("Content-Location: https://x.y/s.css", ".x{display:none}")
    assert saved(tmp_path, PAGE.format(link=link), sheet)[1] == {}
