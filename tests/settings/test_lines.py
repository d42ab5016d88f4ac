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


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"LIMITS": '{"pages": 0}'}, "variable DOCLAKE_LIMITS: limits.pages: found 0"),
        ({"LIMIT__PAGES": "1"}, "DOCLAKE_LIMIT__PAGES: found an unknown variable"),
        ({"_LIMITS": "1"}, "DOCLAKE__LIMITS: found an unknown variable"),
        ({"SOURCES__NOTES__ACCESS": "["}, "DOCLAKE_SOURCES__NOTES__ACCESS: found no JSON"),
        (
            {"SOURCES__MAIL__BUCKETS": "1"},
            "variable DOCLAKE_SOURCES__MAIL__BUCKETS: sources.mail.url",
        ),
        ({"ALERTS__URLS": "kelp"}, "variable DOCLAKE_ALERTS__URLS: alerts.urls.0"),
        (
            {"RECIPE__CHUNK__MAX_TOKENS": "600"},
            "variable DOCLAKE_RECIPE__CHUNK__MAX_TOKENS: recipe",
        ),
        (
            {"RECIPE__CHUNK__MAX_TOKENS": "64", "RECIPE__CHUNK__OVERLAP_TOKENS": "64"},
            "variables DOCLAKE_RECIPE__CHUNK__MAX_TOKENS, DOCLAKE_RECIPE__CHUNK__OVERLAP_TOKENS: ",
        ),
    ],
)
def test_variables_are_blamed_in_the_first_line(tmp_path, monkeypatch, variables, told):
    file = tmp_path / "doclake.yaml"
    file.write_text("sources:\n  notes:\n    url: documents\nlimits: {pages: 7}\n")
    for name, value in variables.items():
        monkeypatch.setenv(f"DOCLAKE_{name}", value)
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    first, line = str(raised.value).splitlines()
    names = ", ".join(f"DOCLAKE_{name}" for name in variables)
    assert names in first
    assert first.startswith("The environment variable")
    assert f"override{'s' * (len(variables) == 1)} {file}" in first
    assert line.strip().startswith(told)


def test_the_file_is_blamed_for_what_it_says_beside_variables(tmp_path, monkeypatch):
    file = tmp_path / "doclake.yaml"
    file.write_text("sources: {notes: {buckets: 1}}\nlimits: {pages: 7}\n")
    monkeypatch.setenv("DOCLAKE_LIMITS__PAGES", "0")
    monkeypatch.setenv("DOCLAKE_SOURCES__NOTES__BUCKETS", "2")
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    assert str(raised.value).splitlines() == [
        f"{file} and the environment variable DOCLAKE_LIMITS__PAGES are wrong:",
        "  line 1: sources.notes.url: found nothing; expected: a value: it is required",
        "  variable DOCLAKE_LIMITS__PAGES: limits.pages: found '0'; expected: at least 1",
    ]


def test_a_name_that_may_be_a_secret_is_hidden_and_any_other_is_shown(tmp_path):
    secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    file = tmp_path / "doclake.yaml"
    file.write_text(f'sources:\n  "My Docs": {{url: x}}\n  "{secret}": {{url: x}}\n')
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    _, shown, hidden = str(raised.value).splitlines()
    assert shown.strip().startswith("line 2: sources.My Docs: found 'My Docs'")
    assert "sources.(a name that is not shown): found what may be a secret (not shown)" in hidden
    assert secret not in f"{raised.value}{raised.value.facts}"
