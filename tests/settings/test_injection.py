"""The setting for orders to a model: one word or a mapping, for all sources or for one."""

from __future__ import annotations

import pytest

from doclake import settings
from tests.settings.written import Config, problem


def _source(injection: object) -> dict[str, object]:
    return {"url": "docs", "recipe": {"injection": injection}}


def test_a_source_changes_the_action_and_keeps_the_threshold_of_all(config: Config) -> None:
    sources = {"a": {"url": "docs"}, "b": _source("quarantine"), "c": _source(False)}
    recipe = {"injection": {"action": "drop", "threshold": 0.7}}
    loaded = settings.load(config({"recipe": recipe, "sources": sources})).sources
    of = {name: one.recipe.injection for name, one in loaded.items()}
    assert [(of[name].action, of[name].threshold) for name in "abc"] == [
        ("drop", 0.7),
        ("quarantine", 0.7),
        ("off", 0.7),  # YAML reads `off` as false
    ]
    assert (of["a"].quarantines_above, of["b"].quarantines_above) == (None, 0.7)


def test_suspicious_passages_are_flagged_and_kept_from_prompts_unless_told_otherwise() -> None:
    shipped = settings.Recipe().injection
    assert (shipped.action, shipped.in_prompts) == ("flag", "leave_out")


@pytest.mark.parametrize(
    ("injection", "key", "expected"),
    [
        ("hide", "injection.action", "'quarantine'"),
        ({"threshold": 1.5}, "injection.threshold", "1"),
        ({"in_prompts": "no"}, "injection.in_prompts", "'leave_out'"),
        ({"treshold": 0.4}, "injection.treshold", "did you mean threshold?"),
    ],
)
def test_what_is_wrong_is_named(config: Config, injection: object, key: str, expected: str) -> None:
    file = config({"recipe": {"injection": injection}})
    named, _, wanted = problem(file)
    assert named == f"recipe.{key}" and expected in wanted
