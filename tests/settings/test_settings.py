"""Settings: found, overridden, and refused with the key, what was found and what was expected."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings import Settings

Config = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DOCLAKE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """`config({...})`: a doclake.yaml of these settings, with a folder `docs` beside it."""
    (tmp_path / "docs").mkdir()

    def write(data: Any = None, text: str | None = None) -> Path:
        file = tmp_path / "doclake.yaml"
        file.write_text(text if text is not None else yaml.safe_dump(data), "utf-8")
        return file

    return write


def with_source(**keys: Any) -> dict[str, Any]:
    return {"sources": {"docs": {"url": "docs", **keys}}}


def problem(file: Path) -> tuple[str, str, str]:
    with pytest.raises(SettingsError) as error:
        settings.load(file)
    (only,) = error.value.problems
    key, found, expected = only
    assert str(file) in str(error.value)
    assert f"{key}: found {found}; expected: {expected}" in str(error.value)
    return only


def test_an_empty_file_gives_the_defaults(config: Config) -> None:
    loaded = settings.load(config(text=""))
    assert loaded.sources == {}
    assert loaded.embedding.model == "multilingual-e5-small"
    assert loaded.lake_url == str(config(text="").parent / ".doclake")


def test_sources_named_elsewhere_share_what_the_file_says(config: Config) -> None:
    project = config({"recipe": {"chunk": {"max_tokens": 128}}} | with_source()).parent
    loaded = settings.load_beside(project, {"more": {"url": "docs", "buckets": 2}})
    assert loaded.sources.keys() == {"docs", "more"}
    assert loaded.sources["more"].recipe.chunk.max_tokens == 128
    with pytest.raises(SettingsError, match=r"sources\.docs: found a second one"):
        settings.load_beside(project, {"docs": {"url": "docs"}})


def test_sources_named_elsewhere_need_no_file_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setenv("DOCLAKE_EMBEDDING__DEVICE", "cpu")
    loaded = settings.load_beside(tmp_path, {"docs": {"url": "docs"}})
    assert loaded.lake_url == str(tmp_path / ".doclake")
    assert loaded.embedding.device == "cpu"
    with pytest.raises(SettingsError, match=r"sources\.docs\.buckets: found 3"):
        settings.load_beside(tmp_path, {"docs": {"url": "docs", "buckets": 3}})


def test_a_source_has_defaults_and_folders_are_relative_to_the_file(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config(with_source(freshness="7d"))
    monkeypatch.chdir("/")
    loaded = settings.load(file)
    source = loaded.sources["docs"]
    assert loaded.local_path(source.url) == file.parent / "docs"
    assert (source.buckets, source.access, source.include) == (8, (), ("**",))
    assert source.freshness == timedelta(days=7)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("90s", timedelta(seconds=90)), ("15m", timedelta(minutes=15)), ("24 h", timedelta(days=1))],
)
def test_durations_are_written_as_people_write_them(
    config: Config, written: str, meant: timedelta
) -> None:
    assert settings.load(config(with_source(freshness=written))).sources["docs"].freshness == meant


def test_the_file_is_found_by_argument_then_variable_then_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("argument", "variable", "folder"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "doclake.yaml").write_text(f"lake: {name}")
    monkeypatch.chdir(tmp_path / "folder")
    assert settings.load().lake == "folder"
    monkeypatch.setenv("DOCLAKE_CONFIG", str(tmp_path / "variable" / "doclake.yaml"))
    assert settings.load().lake == "variable"
    assert settings.load(tmp_path / "argument").lake == "argument"


def test_no_file_at_all_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="doclake init"):
        settings.load()


def test_a_name_that_no_file_can_have_is_told_like_a_missing_file() -> None:
    with pytest.raises(SettingsError, match="doclake init"):
        settings.load("x" * 5000)


def test_the_environment_wins_over_the_file(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_source(owner="team:file") | {"embedding": {"batch_tokens": 100, "device": "auto"}}
    file = config(data)
    monkeypatch.setenv("DOCLAKE_EMBEDDING__DEVICE", "cpu")
    monkeypatch.setenv("DOCLAKE_LAKE", "elsewhere")
    monkeypatch.setenv("DOCLAKE_SOURCES__DOCS__OWNER", "team:variable")
    monkeypatch.setenv("DOCLAKE_RECIPE__CHUNK__MAX_TOKENS", "64")
    loaded = settings.load(file)
    assert (loaded.embedding.device, loaded.embedding.batch_tokens) == ("cpu", 100)
    assert loaded.lake == "elsewhere"
    assert loaded.sources["docs"].owner == "team:variable"
    assert loaded.sources["docs"].url == "docs"
    assert loaded.recipe.chunk.max_tokens == 64
    assert loaded.sources["docs"].recipe.chunk.max_tokens == 64


def test_a_wrong_variable_is_named_like_a_wrong_key(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_LIMITS__PAGES", "many")
    key, found, expected = problem(config(text=""))
    assert (key, found) == ("limits.pages", "'many'")
    assert "integer" in expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("DOCLAKE_EMBEDING__DEVICE", "DOCLAKE_EMBEDING__DEVICE"),
        ("DOCLAKE_CONFIG_DIR", "DOCLAKE_CONFIG_DIR"),
        ("DOCLAKE_EMBEDDING__DEVISE", "embedding.devise"),
    ],
)
def test_a_misspelt_variable_is_refused_not_ignored(
    config: Config, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    monkeypatch.setenv(name, "cpu")
    assert problem(config(text=""))[:1] == (key,)


def test_sources_inherit_the_recipe_and_override_single_keys(config: Config) -> None:
    data = {
        "recipe": {"chunk": {"max_tokens": 128, "context": False}, "extract": {"ocr": "off"}},
        "sources": {
            "docs": {"url": "docs", "recipe": {"chunk": {"max_tokens": 64}}},
            "more": {"url": "docs"},
        },
    }
    loaded = settings.load(config(data))
    docs, more = loaded.sources["docs"].recipe, loaded.sources["more"].recipe
    assert (docs.chunk.max_tokens, docs.chunk.context, docs.extract.ocr) == (64, False, "off")
    assert more == loaded.recipe


@pytest.mark.parametrize(
    ("data", "key", "found", "expected"),
    [
        ({"lakes": "x"}, "lakes", "an unknown key", "docs/configuration.md"),
        ({"config_dir": "/etc"}, "config_dir", "/etc", "no such setting"),
        (with_source(acess=[]), "sources.docs.acess", "an unknown key", "docs/configuration.md"),
        ({"sources": {"docs": {}}}, "sources.docs.url", "nothing", "required"),
        ({"sources": {"docs": None}}, "sources.docs", "None", "SourceSettings"),
        ({"sources": ["docs"]}, "sources", "a list", "dictionary"),
        ({"limits": {"pages": "many"}}, "limits.pages", "'many'", "integer"),
        ({"limits": {"pages": 0}}, "limits.pages", "0", "greater than or equal to 1"),
        ({"limits": {"timeout_seconds": -1}}, "limits.timeout_seconds", "-1", "greater than 0"),
        ({"deletion": {"max_share": 1.5}}, "deletion.max_share", "1.5", "less than or equal to 1"),
        ({"embedding": {"device": "tpu"}}, "embedding.device", "'tpu'", "cuda"),
        ({"recipe": {"extract": {"ocr": "yes"}}}, "recipe.extract.ocr", "'yes'", "'auto'"),
        ({"schedules": {"maintenance": "nightly"}}, "schedules.maintenance", "'nightly'", "five"),
        ({"schedules": {"maintenance": "60 3 * * *"}}, "schedules.maintenance", "'60 3", "five"),
        ({"schedules": {"maintenance": "0 30 3 * * *"}}, "schedules.maintenance", "'0 30", "five"),
        ({"schedules": {"timezone": "Mars/Olympus"}}, "schedules.timezone", "'Mars", "Asia/Seoul"),
        (with_source(buckets=12), "sources.docs.buckets", "12", "a power of two"),
        (with_source(buckets=128), "sources.docs.buckets", "128", "a power of two"),
        (with_source(owner="Kim"), "sources.docs.owner", "'Kim'", "e-mail address"),
        (with_source(freshness="soon"), "sources.docs.freshness", "'soon'", "duration"),
        (with_source(access="everyone"), "sources.docs.access", "'everyone'", "a list"),
        (with_source(include=[]), "sources.docs.include", "an empty list", "at least one"),
        ({"sources": {"My-Docs": {"url": "docs"}}}, "sources.My-Docs", "'My-Docs'", "lower-case"),
        ({"sources": {"all": {"url": "docs"}}}, "sources.all", "'all'", "other than"),
        ({"sources": {"search": {"url": "docs"}}}, "sources.search", "'search'", "other than"),
        (
            {"recipe": {"chunk": {"max_tokens": 64, "overlap_tokens": 40}}},
            "recipe.chunk",
            "a mapping",
            "overlap_tokens must be at most half",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_found_and_expected(
    config: Config, data: dict[str, Any], key: str, found: str, expected: str
) -> None:
    told = problem(config(data))
    assert told[0] == key
    assert found in told[1]
    assert expected in told[2]


@pytest.mark.parametrize(
    ("data", "key", "expected"),
    [
        ({"embedding": {"model": "word2vec"}}, "embedding.model", "a bundled model"),
        ({"embedding": {"model": "word2vec"}}, "embedding.model", "a folder such as ./word2vec"),
        ({"embedding": {"model": "s3://models/e5"}}, "embedding.model", "a bundled model"),
        (
            {"recipe": {"chunk": {"max_tokens": 600}}},
            "recipe.chunk.max_tokens",
            "at most 512 for multilingual-e5-small",
        ),
        (
            with_source(recipe={"chunk": {"max_tokens": 600}}),
            "sources.docs.recipe.chunk.max_tokens",
            "at most 512 for multilingual-e5-small",
        ),
    ],
)
def test_a_model_of_no_kind_and_chunks_that_it_cannot_take_are_refused(
    config: Config, data: dict[str, Any], key: str, expected: str
) -> None:
    told = problem(config(data))
    assert told[0] == key
    assert expected in told[2]


@pytest.mark.parametrize(
    "data",
    [
        with_source(url="nowhere"),
        with_source(url="~nobody_of_this_name/docs"),
        with_source(url="circle"),
        with_source(url="file"),
        with_source(url="s3://no-such-bucket/docs"),
        {"embedding": {"model": "./model"}},
        {"embedding": {"model": "/models/e5"}},
        {"embedding": {"model": "models/of/ours"}},
        {"embedding": {"model": "org/no-such-model"}},
        {"lake": "nowhere/lake"},
    ],
)
def test_what_the_world_lacks_is_no_error_of_the_file(
    config: Config, tmp_path: Path, data: dict[str, Any]
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").write_text("")
    loaded = settings.load(config(data))
    assert Path(loaded.lake_url).is_absolute()
    for source in loaded.sources.values():
        loaded.local_path(source.url)


def test_the_folder_of_a_model_is_absolute_whether_it_is_there_or_not(
    config: Config, tmp_path: Path
) -> None:
    for model in ("./model", "../models/e5", "models/of/ours", "file:///models/e5"):
        embedding = settings.load(config({"embedding": {"model": model}})).embedding
        assert embedding.folder == Path(embedding.model)
        assert embedding.folder.is_absolute()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('sources: {docs: {url: "docs\\0"}}', "sources.docs.url"),
        ('lake: "lake\\0"', "lake"),
        ('embedding: {model: "./\\ud800"}', "embedding.model"),
    ],
)
def test_a_path_that_no_system_can_hold_is_refused(config: Config, text: str, key: str) -> None:
    assert problem(config(text=text))[0] == key


def test_a_local_model_and_a_hub_id_are_accepted(config: Config, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    for model in ("./model", "model"):
        loaded = settings.load(config({"embedding": {"model": model}}))
        assert loaded.embedding.model == str(tmp_path / "model")
    loaded = settings.load(config({"embedding": {"model": "intfloat/multilingual-e5-small"}}))
    assert loaded.embedding.model == "intfloat/multilingual-e5-small"


def test_every_problem_is_told_at_once(config: Config) -> None:
    data = with_source(buckets=3, owner="Kim") | {"limits": {"pages": 0}}
    with pytest.raises(SettingsError) as error:
        settings.load(config(data))
    keys = {key for key, _, _ in error.value.problems}
    assert keys == {"sources.docs.buckets", "sources.docs.owner", "limits.pages"}


@pytest.mark.parametrize("text", ["a: [1", "\ta: 1", "- 1\n- 2", "just words"])
def test_a_file_that_is_no_mapping_in_yaml_is_refused(config: Config, text: str) -> None:
    assert problem(config(text=text))[0] == "(file)"


def test_a_file_in_another_encoding_is_refused(config: Config) -> None:
    file = config(text="")
    file.write_bytes("lake: 문서".encode("cp949"))
    assert problem(file)[2] == "YAML in UTF-8"


@pytest.mark.parametrize(
    "keys",
    [
        {"storage_options": {"key": "AKIA123", "endpoint_url": "http://x"}},
        {"storage_options": {"secret": "hunter2"}},
        {"storage_options": {"aws_session_token": "hunter2"}},
        {"storage_options": {"client_kwargs": {"aws_secret_access_key": "hunter2"}}},
        {"storage_options": {"hosts": [{"password": "hunter2"}]}},
        {"url": "sftp://kim:hunter2@files.example/docs"},
    ],
)
def test_secrets_in_the_file_are_refused_and_not_repeated(
    config: Config, keys: dict[str, Any]
) -> None:
    file = config(with_source(**keys))
    key, found, expected = problem(file)
    assert key == f"sources.docs.{next(iter(keys))}"
    assert "environment" in expected
    with pytest.raises(SettingsError) as error:
        settings.load(file)
    told = f"{error.value}{error.value.facts}{found}"
    assert "hunter2" not in told
    assert "AKIA123" not in told


@pytest.mark.parametrize(
    "written",
    [
        '["mailto://u:p@mail.example?to=k@noeul.example", "json://127.0.0.1/news?a=b,c"]',
        "mailto://u:p@mail.example?to=k@noeul.example, json://127.0.0.1/news?a=b,c",
        " mailto://u:p@mail.example?to=k@noeul.example\njson://127.0.0.1/news?a=b,c ",
    ],
)
def test_those_to_tell_are_listed_in_json_or_with_commas_or_spaces(
    config: Config, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("DOCLAKE_ALERTS__URLS", written)
    loaded = settings.load(config(text=""))
    assert [url.get_secret_value() for url in loaded.alerts.urls] == [
        "mailto://u:p@mail.example?to=k@noeul.example",
        "json://127.0.0.1/news?a=b,c",
    ]
    assert "noeul" not in repr(loaded)


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("WEBHOOK", "hooks.example/hunter2", "alerts.webhook"),
        ("WEBHOOK", "https://[hunter2", "alerts.webhook"),
        ("URLS", "json://127.0.0.1, carrier-pigeon://kim:hunter2@roof", "alerts.urls.1"),
        ("URLS", "hunter2", "alerts.urls.0"),
        ("URLS", '["slack://hunter2"', "alerts.urls"),
    ],
)
def test_a_wrong_url_of_an_alert_is_named_and_not_repeated(
    config: Config, monkeypatch: pytest.MonkeyPatch, caplog: Any, name: str, value: str, key: str
) -> None:
    monkeypatch.setenv(f"DOCLAKE_ALERTS__{name}", value)
    file = config(text="")
    assert problem(file)[:2] == (key, "a secret (not shown)")
    with pytest.raises(SettingsError) as error:
        settings.load(file)
    assert "hunter2" not in f"{error.value}{error.value.facts}{caplog.text}"


@pytest.mark.parametrize("key", ["webhook", "urls"])
def test_the_url_of_an_alert_is_refused_in_the_file(config: Config, key: str) -> None:
    told = problem(config({"alerts": {key: "https://hunter2.example"}}))
    assert told[:2] == (f"alerts.{key}", "a URL in the file")
    assert f"DOCLAKE_ALERTS__{key.upper()}" in told[2]


def test_options_that_are_no_secrets_pass(config: Config) -> None:
    options = {"endpoint_url": "http://127.0.0.1:9000", "client_kwargs": {"region_name": "x"}}
    data = {"sources": {"docs": {"url": "s3://bucket/docs", "storage_options": options}}}
    assert settings.load(config(data)).sources["docs"].storage_options == options


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("docs", True),
        ("/data", True),
        ("~/docs", True),
        ("file:///data", True),
        ("s3://b/p", False),
        ("memory://x", False),
    ],
)
def test_folders_are_told_from_urls(url: str, is_local: bool, tmp_path: Path) -> None:
    path = Settings(config_dir=tmp_path).local_path(url)
    assert (path is not None) == is_local
    assert path is None or path.is_absolute()


def test_settings_cannot_be_changed_by_accident(config: Config) -> None:
    loaded = settings.load(config(text=""))
    with pytest.raises(ValueError, match="frozen"):
        loaded.limits.pages = 1


def test_a_freshness_that_dagster_cannot_watch_is_refused(tmp_path):
    source = {"url": "documents", "access": ["everyone"], "freshness": "30s"}
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump({"sources": {"notes": source}}))
    with pytest.raises(SettingsError, match=r"sources\.notes\.freshness.*at least 1m"):
        settings.load(tmp_path)
