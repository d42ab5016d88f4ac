"""HWP and HWPX from the corpus: whole, and the preview found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extract.reading import hidden, read, said

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "documents"


def corpus(name: str) -> bytes:
    file = CORPUS / name
    if not file.is_file():
        pytest.skip("needs the corpus beside the repository")
    return file.read_bytes()


def test_tables_notes_and_ruby_are_read(tmp_path: Path) -> None:
    table = read(tmp_path, corpus("hwp/merging-cell.hwp"), "a.hwp").elements[0]
    assert table.type == "Table" and table.text.startswith("0,0\t0,1\t0,2")
    assert ("Footnote", "sssd") in said(read(tmp_path, corpus("hwp/각주미주.hwp"), "a.hwp"))
    assert (
        "가나다라(이것은 덧말이다.)" in said(read(tmp_path, corpus("hwp/덧말.hwp"), "a.hwp"))[0][1]
    )


def test_hidden_comments_stand_apart(tmp_path: Path) -> None:
    found = read(tmp_path, corpus("hwp/숨은설명.hwp"), "a.hwp")
    assert set(hidden(found).values()) == {"hidden comment"}


def test_headers_and_footers_stand_apart_in_hwpx(tmp_path: Path) -> None:
    found = read(tmp_path, corpus("hwpx/HeaderFooter.hwpx"), "a.hwpx")
    assert sorted(said(found)) == [("Footer", "꼬리말"), ("Header", "머리말 테스트")]


def test_deleted_text_of_tracked_changes_is_gone(tmp_path: Path) -> None:
    found = read(tmp_path, corpus("hwpx/ChangeTrack.hwpx"), "a.hwpx")
    assert said(found) == [("NarrativeText", "변경 인간은")]
