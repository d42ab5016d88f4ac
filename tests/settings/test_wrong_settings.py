"""Wrong settings are refused with the key, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doclake import settings
from doclake.errors import SettingsError
from tests.settings.written import Config, problem, with_source


@pytest.mark.parametrize(
    ("data", "key", "found", "expected"),
    [
        ({"lakes": "x"}, "lakes", "an unknown key", "did you mean lake?"),
        ({"config_dir": "/etc"}, "config_dir", "/etc", "no such setting"),
        (with_source(acess=[]), "sources.docs.acess", "an unknown key", "did you mean access?"),
        ({"sources": {"docs": {}}}, "sources.docs.url", "nothing", "required"),
        ({"sources": {"docs": None}}, "sources.docs", "nothing", "a mapping of settings"),
        ({"sources": ["docs"]}, "sources", "a list", "a mapping of settings"),
        ({"limits": {"pages": "many"}}, "limits.pages", "'many'", "a whole number"),
        ({"limits": {"pages": 0}}, "limits.pages", "0", "at least 1"),
        ({"limits": {"timeout_seconds": -1}}, "limits.timeout_seconds", "-1", "more than 0"),
        ({"deletion": {"max_share": 1.5}}, "deletion.max_share", "1.5", "at most 1"),
        ({"embedding": {"device": "tpu"}}, "embedding.device", "'tpu'", "cuda"),
        ({"recipe": {"extract": {"ocr": "yes"}}}, "recipe.extract.ocr", "'yes'", "'auto'"),
        ({"schedules": {"maintenance": "nightly"}}, "schedules.maintenance", "'nightly'", "five"),
        ({"schedules": {"maintenance": "60 3 * * *"}}, "schedules.maintenance", "'60 3", "five"),
        ({"schedules": {"maintenance": "0 30 3 * * *"}}, "schedules.maintenance", "'0 30", "five"),
        ({"schedules": {"timezone": "Mars/Olympus"}}, "schedules.timezone", "'Mars", "Asia/Seoul"),
        ({"schedules": {"maintenance": "0 0 30 2 *"}}, "schedules.maintenance", "'0 0 30", "true"),
        ({"embedding": {"devices": ["tpu"]}}, "embedding.devices", "a list", "cuda:1 ... or mps"),
        (
            with_source(recipe={"chunk": {"size": 9}}),
            "sources.docs.recipe.chunk.size",
            "an",
            "one of",
        ),
        (with_source(buckets=12), "sources.docs.buckets", "12", "a power of two"),
        (with_source(buckets=128), "sources.docs.buckets", "128", "a power of two"),
        (with_source(owner="Kim"), "sources.docs.owner", "'Kim'", "e-mail address"),
        (with_source(freshness="soon"), "sources.docs.freshness", "'soon'", "duration"),
        (with_source(access="everyone"), "sources.docs.access", "'everyone'", "a list"),
        (with_source(access_from="posix"), "sources.docs.access_from", "'posix'", "a list"),
        (with_source(access_from=["acl"]), "sources.docs.access_from.0", "'acl'", "'sidecar'"),
        (with_source(access_from=["s3_tags"]), "sources.docs.access_from", "", "without s3_tags"),
        (
            with_source(url="s3://documents", access_from=["posix"]),
            "sources.docs.access_from",
            "",
            "without posix",
        ),
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
