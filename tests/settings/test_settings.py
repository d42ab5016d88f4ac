"""Settings are found, inherited and overridden."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings import Settings
from tests.settings.written import Config, problem, with_source


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
    assert "a whole number" in expected


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


def test_embedding_is_on_the_cluster_of_extraction_unless_another_is_named(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {"processing": {"ray": {"address": "auto", "wait": "9m", "actors": 7}}}
    embedding = settings.load(config(shared | {"embedding": {"ray": {"num_gpus": 0.5}}})).embedding
    assert (embedding.ray.address, embedding.ray.wait) == ("auto", timedelta(minutes=9))
    assert (embedding.ray.actors, embedding.ray.num_gpus) == (None, 0.5)
    own = settings.load(config(shared | {"embedding": {"ray": {"address": None}}})).embedding
    assert own.ray.address is None
    monkeypatch.setenv("DOCLAKE_PROCESSING__RAY__ADDRESS", "head:6379")
    assert settings.load(config(shared)).embedding.ray.address == "head:6379"


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
