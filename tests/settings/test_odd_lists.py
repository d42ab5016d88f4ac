"""Lists, names and texts that somebody wrote wrongly are refused with their key; the odd ones that
are right are taken as they are."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings import SourceSettings

CONTROLS = ("a\nb", "a\x1b[2J", "a\x9b", "a\u202eb", "a\u200bb", "a\u2028b", "\x00")
NO_STRINGS = (5, 5.5, True, None, ["a"], {"a": "b"})
NO_EMAILS = ("Kim", "kim@x", "a@b.cd\n", "a\x1b@b.cd", "a@회사.kr", ["a@b.cd"])
NO_OWNERS = ("", " ", "team:", *NO_EMAILS, 5, None)
NO_LISTS = ("everyone", "[everyone]", 5, True, None, {"everyone": None}, {"everyone"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path


def load(folder: Path, **keys: Any) -> SourceSettings:
    source = {"url": "docs", **keys}
    text = yaml.safe_dump({"sources": {"docs": source}}, allow_unicode=True)
    (folder / "doclake.yaml").write_text(text, "utf-8", "surrogatepass")
    return settings.load(folder).sources["docs"]


def refused(folder: Path, **keys: Any) -> list[str]:
    """The keys that are named as wrong, without `sources.docs.`."""
    with pytest.raises(SettingsError) as error:
        load(folder, **keys)
    told = str(error.value)
    assert told.replace("\n", "").isprintable(), told
    assert "Traceback" not in told
    return [key.removeprefix("sources.docs.") for key, _, _ in error.value.problems]


@pytest.mark.parametrize("name", ["", " ", "\t", " everyone", "everyone ", *CONTROLS, "a" * 501])
def test_a_principal_that_is_no_name_is_refused(folder: Path, name: str) -> None:
    assert refused(folder, access=["everyone", name]) == ["access.1"]


@pytest.mark.parametrize("glob", ["", " ", *CONTROLS, "# a comment", "[z-a].txt", "!", "a" * 1001])
@pytest.mark.parametrize("key", ["include", "exclude"])
def test_what_is_no_glob_is_refused(folder: Path, key: str, glob: str) -> None:
    assert refused(folder, **{key: ["*.tmp", glob]}) == [f"{key}.1"]


@pytest.mark.parametrize("item", NO_STRINGS)
@pytest.mark.parametrize("key", ["access", "include", "exclude"])
def test_an_item_of_another_type_is_refused_with_its_place(
    folder: Path, key: str, item: object
) -> None:
    assert refused(folder, **{key: ["one", item]}) == [f"{key}.1"]


@pytest.mark.parametrize("value", NO_LISTS)
@pytest.mark.parametrize("key", ["access", "include", "exclude"])
def test_what_is_no_list_is_refused(folder: Path, key: str, value: object) -> None:
    assert refused(folder, **{key: value}) == [key]


@pytest.mark.parametrize("key", ["access", "include", "exclude"])
def test_what_stands_twice_is_refused(folder: Path, key: str) -> None:
    assert refused(folder, **{key: ["one", "two", "one"]}) == [key]


def test_a_principal_is_taken_in_one_unicode_form(folder: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "group:재무")
    assert load(folder, access=[decomposed]).access == ("group:재무",)
    assert refused(folder, access=[decomposed, "group:재무"]) == ["access"]


@pytest.mark.parametrize(
    "names",
    [
        ["everyone"],
        ["kim@noeul.example", "group:재무", "Team Blue", "cn=a,dc=x", "می\u200cم"],
        [],
    ],
)
def test_ordinary_principals_are_taken_as_they_are(folder: Path, names: list[str]) -> None:
    assert list(load(folder, access=names).access) == names


@pytest.mark.parametrize("owner", NO_OWNERS)
def test_what_is_no_owner_is_refused_as_dagster_would(folder: Path, owner: object) -> None:
    assert refused(folder, owner=owner) == ["owner"]


@pytest.mark.parametrize("text", ["a\x1b[2J", "a\u202eb", "a" * 5001, 5, None, ["a"]])
def test_a_description_is_text(folder: Path, text: object) -> None:
    assert refused(folder, description=text) == ["description"]


def test_a_description_may_have_lines(folder: Path) -> None:
    assert load(folder, description="Minutes\n\tof 2026").description == "Minutes\n\tof 2026"


@pytest.mark.parametrize("url", ["", " ", " docs", "docs\n", "do\x1bcs", 5, None, ["docs"]])
def test_what_is_no_place_is_refused(folder: Path, url: object) -> None:
    assert refused(folder, url=url) == ["url"]
    (folder / "doclake.yaml").write_text(yaml.safe_dump({"lake": url}))
    with pytest.raises(SettingsError) as error:
        settings.load(folder)
    assert [key for key, _, _ in error.value.problems] == ["lake"]


@pytest.mark.parametrize(
    "name", ["", " ", "Docs", "a b", "a\nb", "1a", "a" * 64, "문서", "a\x1b", "all", 5, None, True]
)
def test_what_is_no_name_of_a_source_is_refused(folder: Path, name: object) -> None:
    text = yaml.safe_dump({"sources": {name: {"url": "docs"}}}, allow_unicode=True)
    (folder / "doclake.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as error:
        settings.load(folder)
    assert [key.partition(".")[0] for key, _, _ in error.value.problems] == ["sources"]
    assert str(error.value).replace("\n", "").isprintable()


@pytest.mark.parametrize("languages", [["kor", ""], ["../eng"], ["kor", "kor"], "kor", [5]])
def test_what_is_no_list_of_ocr_languages_is_refused(folder: Path, languages: object) -> None:
    (key,) = refused(folder, recipe={"extract": {"ocr_languages": languages}})
    assert key.startswith("recipe.extract.ocr_languages")


def test_variables_are_checked_as_the_file_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_SOURCES__DOCS__ACCESS", '["everyone", ""]')
    assert refused(folder) == ["access.1"]
    monkeypatch.setenv("DOCLAKE_SOURCES__DOCS__ACCESS", "everyone")
    assert refused(folder) == ["DOCLAKE_SOURCES__DOCS__ACCESS"]
    monkeypatch.setenv("DOCLAKE_SOURCES__DOCS__ACCESS", '["everyone"]')
    assert load(folder).access == ("everyone",)


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "s3://bucket/prefix", "storage_options": {"endpoint_url": "http://localhost:5000"}},
        {"url": "s3://bucket/year=2026/key=abc123"},
        {"url": "S3://bucket/kim@home", "storage_options": {"anon": True}},
        {"url": "abfs://container@account.dfs.core.windows.net/folder"},
        {"url": "https://host/list?page=2&lang=ko"},
        {"storage_options": {"client_kwargs": {"region_name": "ap-northeast-2"}}},
        {"storage_options": {"config_kwargs": {"signature_version": "s3v4"}, "token": "anon"}},
        {"storage_options": {"username": "kim", "key_filename": "/home/kim/.ssh/id_ed25519"}},
        {"owner": "user@company.com", "description": "Passwords and keys: a guide"},
        {"include": ["tokens/**", "key=*/**", "*@*.pdf", "token=abc/*"]},
        {"access": ["user@company.com", "token-holders"]},
    ],
)
def test_what_only_resembles_a_secret_is_taken(folder: Path, keys: dict[str, Any]) -> None:
    assert load(folder, **keys)


def test_a_folder_may_be_called_tokens(folder: Path) -> None:
    (folder / "tokens").mkdir()
    assert load(folder, url="tokens").url == "tokens"


def test_values_that_hold_themselves_are_refused(folder: Path) -> None:
    text = "sources: {docs: {url: docs, storage_options: &a {hosts: [*a]}}}"
    (folder / "doclake.yaml").write_text(text)
    with pytest.raises(SettingsError):
        settings.load(folder)
