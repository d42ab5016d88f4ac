"""HWP and HWPX from the corpus: whole, and the preview found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.accuracy import hangul_files
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


def test_a_document_is_read_far_beyond_its_preview_and_alike_in_both_formats(
    tmp_path: Path,
) -> None:
    paragraphs = [
        f"제{n}조 항구는 정오에 문을 닫고, 배 {n}척은 등대 아래에 매어 둔다." for n in range(300)
    ]
    old = read(tmp_path, hangul_files.hwp(paragraphs), "a.hwp")
    new = read(tmp_path, hangul_files.hwpx(paragraphs), "a.hwpx")
    assert said(old) == said(new)
    assert [text for _, text in said(old)] == paragraphs
    assert sum(map(len, paragraphs)) > 5 * len(hangul_files.preview(paragraphs))


def test_old_hangul_is_kept_and_syllables_are_composed(tmp_path: Path) -> None:
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af"
    paragraphs = ["나랏〮말〯\u110a\u119e미〮 듕귁에 달아", decomposed]
    for data, name in (
        (hangul_files.hwp(paragraphs), "a.hwp"),
        (hangul_files.hwpx(paragraphs), "a.hwpx"),
    ):
        assert [t for _, t in said(read(tmp_path, data, name))] == [paragraphs[0], "한글"]
