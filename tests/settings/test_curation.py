"""Settings of the steps of curation."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from doclake.curate.registry import STEPS
from doclake.settings import Settings
from doclake.settings.curation import ClassifierSettings, LanguageSettings


@pytest.mark.parametrize("given", ["en", ["english"], ["en", "en"], ["EN"]])
def test_expected_languages_are_codes_each_once(given):
    with pytest.raises(ValidationError, match=r"a list|a code of ISO 639|each of them once"):
        LanguageSettings(expected=given)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_setting_of_a_step_says_what_it_is(step):
    for name, field in step.settings.model_fields.items():
        assert field.description, name


def test_a_word_for_a_source_keeps_the_other_settings_of_the_step():
    recipe = {"curation": {"language": {"expected": ["fr"]}, "toxicity": "keep"}}
    of_source = {"curation": {"language": "drop", "toxicity": False}}
    sources = {"notes": {"url": "notes", "access": ["everyone"], "recipe": of_source}}
    curation = Settings(recipe=recipe, sources=sources).sources["notes"].recipe.curation
    assert (curation.language.policy, curation.language.expected) == ("drop", ("fr",))
    assert curation.toxicity.policy == "off"


@pytest.mark.parametrize("file", ["classifier.safetensors", "0123.safetensors", "s3://a/b"])
def test_a_classifier_is_named_by_the_digest_of_its_content(file):
    with pytest.raises(ValidationError, match=r"doclake curate train|a file of this machine"):
        ClassifierSettings(model=file)


def test_where_a_classifier_lies_decides_nothing_and_which_it_is_does():
    here, there = (ClassifierSettings(model=f"{at}/{'0' * 16}.safetensors") for at in "ab")
    other = ClassifierSettings(model=f"a/{'1' * 16}.safetensors")
    assert here.facts == there.facts != other.facts
    assert here.is_on and not ClassifierSettings().is_on
