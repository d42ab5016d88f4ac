"""What becomes of chunks that give orders to a language model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from doclake.settings.fields import Model, off_is_a_word

Action = Annotated[Literal["off", "flag", "drop", "quarantine"], BeforeValidator(off_is_a_word)]


class InjectionSettings(Model):
    """What becomes of chunks that give orders to a language model. One word in place of the mapping
    is the `action`."""

    action: Action = Field(
        "flag",
        description="`off` does not look for them, `flag` keeps them and searches say `suspicious`,"
        " `drop` leaves them out of chunks and index, `quarantine` keeps them back until a person"
        " releases them",
    )
    threshold: float = Field(
        0.5, ge=0, lt=1, description="A chunk with a higher score (0 to 1) is suspicious"
    )
    in_prompts: Literal["leave_out", "include"] = Field(
        "leave_out",
        description="Whether suspicious passages reach a language model: in `doclake ask`,"
        " `Project.context` and tools of MCP",
    )

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        return {"action": value} if isinstance(value, str | bool) else value

    @property
    def quarantines_above(self) -> float | None:
        """The highest score that the contract of chunks lets through; None if it does not ask."""
        return self.threshold if self.action == "quarantine" else None


def in_full(recipe: Any) -> Any:
    """A recipe as it was given, in which the word for the action stands as a mapping does: a source
    that has one keeps the threshold of all."""
    word = recipe.get("injection") if isinstance(recipe, dict) else None
    if isinstance(word, str | bool):
        return {**recipe, "injection": {"action": word}}
    return recipe
