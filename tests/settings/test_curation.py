"""Settings of the steps of curation."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from doclake.curate.registry import STEPS
from doclake.settings.curation import LanguageSettings


@pytest.mark.parametrize("given", ["en", ["english"], ["en", "en"], ["EN"]])
def test_expected_languages_are_codes_each_once(given):
    with pytest.raises(ValidationError, match=r"a list|a code of ISO 639|each of them once"):
        LanguageSettings(expected=given)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_setting_of_a_step_says_what_it_is(step):
    for name, field in step.settings.model_fields.items():
        assert field.description, name
