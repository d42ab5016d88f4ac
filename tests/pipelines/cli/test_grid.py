"""No table cuts a word, no line breaks a path, however narrow the terminal; nothing is cut where
another program reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.console import SafeConsole

WIDTHS = (60, 80, 140)
ENGLISH = "quarterly reports of the regional cooperation office/third quarter, final/minutes.pdf"
KOREAN = "2026년 지역협력 사업 결과보고서 및 회계자료/제3분기 최종본(수정)/위원회 회의록 사본.pdf"
HEADINGS = ("table", "rows", "bytes in all", "what it is")
ROWS = [
    ["chunks", "1,204,311", "9,120,004,118", "passages as they are embedded and found"],
    ["retrieval_report", "12", "4,118", "measures over questions whose answers are known"],
]


def _shown(width: int, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> list[str]:
    monkeypatch.setattr(console, "out", SafeConsole(width=width))
    grid.show(HEADINGS, ROWS, HEADINGS[1:3])
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [54, 60, 80, 140])
def test_a_table_breaks_texts_between_words_and_cuts_none(width, monkeypatch, capsys):
    lines = _shown(width, monkeypatch, capsys)
    assert max(map(cell_len, lines)) <= width
    told = " ".join(lines).split()
    for row in ROWS:
        assert set(" ".join(row).split()) <= set(told)
    assert "…" not in "".join(lines)


def test_what_no_table_can_hold_stands_as_a_line_for_each_row(monkeypatch, capsys):
    assert _shown(40, monkeypatch, capsys) == [
        "chunks: 1,204,311 rows, 9,120,004,118 bytes in all, "
        "what it is: passages as they are embedded and found",
        "retrieval_report: 12 rows, 4,118 bytes in all, "
        "what it is: measures over questions whose answers are known",
    ]


@pytest.fixture
def printed(command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    def run(width: int | None, *arguments: str) -> str:
        with monkeypatch.context() as patch:
            if width is not None:
                patch.setattr(console, "out", SafeConsole(width=width))
            command(*arguments)
        return capsys.readouterr().out

    return run


@pytest.mark.slow
def test_every_command_that_shows_paths_shows_them_whole(flow, printed):
    for path in (ENGLISH, KOREAN):
        flow.write(path, "%PDF-1.7\nthis is no PDF at all\n")
    for width in WIDTHS:
        assert _paths(printed(width, "ingest", "--dry-run")) == 2
    printed(None, "ingest")
    for width in (*WIDTHS, None):
        for arguments in (["failures"], ["where"], ["replay", "--no-run", "--json"]):
            assert _paths(printed(width, *arguments)) == 2, (width, arguments)
        for arguments in (["status"], ["plan", "--documents", "9000", "--pages", "3"], ["check"]):
            told = printed(width, *arguments)
            assert "…" not in told, (width, arguments)
            assert arguments != ["status"] or "notes" in told
    assert max(map(len, printed(None, "check").splitlines())) > 100


def _paths(told: str) -> int:
    """How many of the two stand whole in a line."""
    return sum(any(path in line for line in told.splitlines()) for path in (ENGLISH, KOREAN))
