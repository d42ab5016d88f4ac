"""The setting for personal data: one word or a mapping, for all sources or for one."""

from __future__ import annotations

import pytest

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings.personal_data import KINDS
from tests.settings.written import Config, problem


def _source(recipe: object) -> dict[str, object]:
    return {"url": "docs", "recipe": {"personal_data": recipe}}


def test_a_word_is_for_all_kinds_and_a_source_changes_it_for_some(config: Config) -> None:
    sources = {"a": {"url": "docs"}, "b": _source({"card": "flag"}), "c": _source(False)}
    loaded = settings.load(config({"recipe": {"personal_data": "mask"}, "sources": sources}))
    of = {name: one.recipe.personal_data.actions for name, one in loaded.sources.items()}
    assert of["a"] == dict.fromkeys(KINDS, "mask")
    assert of["b"] == of["a"] | {"card": "flag"}
    assert of["c"] == {}  # YAML reads `off` as false


def test_a_mapping_names_kinds_and_the_word_of_a_source_is_for_all_again(config: Config) -> None:
    recipe = {"personal_data": {"default": "off", "card": "mask"}}
    sources = {"a": {"url": "docs"}, "b": _source("flag")}
    loaded = settings.load(config({"recipe": recipe, "sources": sources}))
    assert loaded.sources["a"].recipe.personal_data.actions == {"card": "mask"}
    assert set(loaded.sources["b"].recipe.personal_data.actions.values()) == {"flag"}


def test_the_environment_changes_it(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCLAKE_RECIPE__PERSONAL_DATA__DEFAULT", "mask")
    loaded = settings.load(config({"sources": {"a": {"url": "docs"}}}))
    assert loaded.recipe.personal_data.action("email") == "mask"


@pytest.mark.parametrize(
    ("recipe", "key", "expected"),
    [
        ({"personal_data": {"emial": "mask"}}, "personal_data.emial", "did you mean email?"),
        ({"personal_data": "hide"}, "personal_data.default", "'mask'"),
        ({"personal_data": {"card": "hide"}}, "personal_data.card", "'mask'"),
        ({"personal_data_key": "s3cret of ours"}, "personal_data_key", "the name of an"),
    ],
)
def test_what_is_wrong_is_named(
    config: Config, recipe: dict[str, object], key: str, expected: str
) -> None:
    file = config({"recipe": recipe})
    named, _, wanted = problem(file)
    assert named == f"recipe.{key}" and expected in wanted
    with pytest.raises(SettingsError) as raised:
        settings.load(file)
    assert "s3cret" not in str(raised.value)
