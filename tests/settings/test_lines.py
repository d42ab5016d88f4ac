"""An error of the settings names the line on which the mistake stands."""

from __future__ import annotations

import pytest

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings.lines import line_of, lines_of

FILE = """\
# What we ingest
lake: here
sources:

  notes:
    url: documents
    access: [everyone, 7]
    acess: [all]
limits: {pages: many}
"""


def test_each_mistake_is_told_once_with_its_line(tmp_path):
    file = tmp_path / "doclake.yaml"
    file.write_text(FILE)
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    lines = str(raised.value).splitlines()[1:]
    assert [line.strip().split(": found")[0] for line in lines] == [
        "line 7: sources.notes.access.1",
        "line 8: sources.notes.acess",
        "line 9: limits.pages",
    ]


def test_what_is_missing_is_told_where_its_section_stands(tmp_path):
    file = tmp_path / "doclake.yaml"
    file.write_text(FILE.replace("    url: documents\n", ""))
    assert line_of("sources.notes.url", lines_of(file)) == 5


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("  notes:\n    url: other\n", "line 9, column 3: a key that stands here a second time"),
        ("    access: [everyone]\n", "line 9, column 5: a key that stands here a second time"),
        ("    recipe: {chunk: &a [{size: 1, size: 2}]}\n", "line 9, column 35:"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_both_lines(tmp_path, added, told):
    file = tmp_path / "doclake.yaml"
    file.write_text(FILE.replace("limits", added + "limits").replace("    acess: [all]\n", "\n"))
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    (line,) = str(raised.value).splitlines()[1:]
    assert told in line and "before in line" in line and line.endswith("expected: each key once")


def test_a_key_beside_the_same_one_of_an_anchor_stands_once(tmp_path):
    file = tmp_path / "doclake.yaml"
    file.write_text(
        "sources:\n"
        "  a: &a {url: documents, access: [everyone]}\n"
        "  b: &b {<<: *a, url: other}\n"
        "  c: {<<: *b, access: ['group:boss']}\n"
    )
    sources = settings.load(file).sources
    assert [(one.url, one.access) for one in sources.values()] == [
        ("documents", ("everyone",)),
        ("other", ("everyone",)),
        ("other", ("group:boss",)),
    ]


def test_a_file_that_is_no_yaml_has_no_lines(tmp_path):
    file = tmp_path / "doclake.yaml"
    file.write_text("sources: [")
    assert lines_of(file) == {}
    assert line_of("sources", {}) is None


def test_a_variable_that_is_wrong_is_named_and_not_the_file(tmp_path, monkeypatch):
    file = tmp_path / "doclake.yaml"
    file.write_text("limits: {pages: 7}\n")
    monkeypatch.setenv("DOCLAKE_LIMITS__PAGES", "two")
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    line = str(raised.value).splitlines()[1].strip()
    named = "variable DOCLAKE_LIMITS__PAGES: limits.pages"
    assert line == f"{named}: found 'two'; expected: a whole number"
