"""RTF: code pages, hidden text, tables, notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from tests.extract.reading import hidden, read, said

RTF = rb"""{\rtf1\ansi\ansicpg949{\fonttbl{\f0\fcharset129 Batang;}{\f1\fcharset204 Arial;}}
{\header Kopf\par}\f0 \'b0\'a1\'b3\'aa \u54620?\u44397? {\v secret}\par{\f1 \'cf\'f0}\par
\trowd\cellx1\cellx2 a\cell b\cell\row\pard end{\footnote note}\par}"""


def test_every_font_has_its_own_code_page(tmp_path: Path) -> None:
    found = read(tmp_path, RTF, "a.rtf")
    assert said(found) == [
        ("Header", "Kopf"),
        ("NarrativeText", "가나 한국"),
        ("NarrativeText", "Пр"),
        ("Footnote", "note"),
        ("Table", "a\tb"),
        ("NarrativeText", "end"),
    ]
    assert hidden(found) == {"secret": "hidden text"}


def test_groups_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded):
        read(tmp_path, b"{\\rtf1 " + b"{" * 100_000, "a.rtf")
