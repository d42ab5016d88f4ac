"""`doclake report` writes one page, or says why not and writes nothing."""

from __future__ import annotations

import os

import pytest


def test_the_page_is_written_whole_for_those_who_may_read_the_lake(flow, command, capsys):
    page = flow.folder / "report.html"
    page.write_text("of yesterday")
    assert command("report", "-o", str(page)) == 0
    assert f"wrote {page}" in capsys.readouterr().out
    assert "Report on notes" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o007 == 0
    assert [one.name for one in flow.folder.glob(".report*")] == []
    assert flow.lake.count_by("quality", ["source"]) == {("notes",): 1}


def test_a_source_that_nobody_knows_is_told_with_those_there_are(flow, command, capsys):
    page = flow.folder / "report.html"
    assert command("report", "--source", "note", "-o", str(page)) == 2
    assert "No source note; did you mean notes?" in capsys.readouterr().err
    assert not page.exists()
    assert flow.lake.version("quality") is None


@pytest.mark.parametrize("place", ["nowhere/report.html", "documents", "doclake.yaml/report.html"])
def test_a_place_that_takes_no_page_is_refused_before_anything_is_written(
    flow, command, capsys, place
):
    assert command("report", "-o", str(flow.folder / place)) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert flow.lake.version("quality") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(flow, command, capsys):
    shut = flow.folder / "shut"
    shut.mkdir(mode=0o500)
    assert command("report", "-o", str(shut / "report.html")) == 2
    assert "cannot be written" in capsys.readouterr().err
