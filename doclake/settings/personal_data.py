"""What becomes of the personal data in documents, by kind."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from doclake.settings.fields import Model, off_is_a_word

Word = Literal["off", "flag", "mask", "hash", "drop"]
REPLACING = frozenset({"mask", "hash", "drop"})
"""The words that keep a value out of everything that is written."""


def _variable(name: str) -> str:
    if re.fullmatch(r"[A-Z_][A-Z0-9_]{0,99}", name):
        return name
    raise ValueError("the name of an environment variable in capitals, not the key itself")


Action = Annotated[Word, BeforeValidator(off_is_a_word)]
Variable = Annotated[str, AfterValidator(_variable)]


class PersonalDataSettings(Model):
    """What becomes of personal data, by kind. One word in place of the mapping is for all kinds."""

    default: Action = Field(
        "flag",
        description="For the kinds without a word of their own. `off` does not look for it, `flag`"
        " says where it stands, `mask` writes `[email]` in its place, `hash` a keyed digest such as"
        " `[email:3f9a1c0b2d4e]`, `drop` leaves out its sentence, in a table its cell",
    )
    email: Action | None = Field(None, description="E-mail addresses")
    phone: Action | None = Field(
        None, description="Phone numbers: international, and of Korea, the US, Germany, Japan"
    )
    card: Action | None = Field(None, description="Credit and debit cards")
    iban: Action | None = Field(None, description="International bank account numbers")
    ip_address: Action | None = Field(None, description="Addresses of the Internet, old and new")
    mac_address: Action | None = Field(None, description="Hardware addresses of networks")
    resident_number: Action | None = Field(
        None, description="Korean registration numbers of residents and foreigners"
    )
    business_number: Action | None = Field(
        None, description="Korean registration numbers of businesses"
    )
    ssn: Action | None = Field(None, description="US social security numbers")
    passport: Action | None = Field(None, description="Passport numbers, beside their words")
    drivers_licence: Action | None = Field(
        None, description="Driver's licences: Korean ones, others beside their words"
    )
    bank_account: Action | None = Field(None, description="Bank accounts, beside their words")

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        return {"default": value} if isinstance(value, str | bool) else value

    def action(self, kind: str) -> Word:
        """What becomes of a kind, one of `KINDS`."""
        own: Word | None = getattr(self, kind)
        return own or self.default

    @property
    def actions(self) -> dict[str, Word]:
        """By kind, without those that are not looked for."""
        by_kind = {kind: self.action(kind) for kind in KINDS}
        return {kind: word for kind, word in by_kind.items() if word != "off"}


KINDS = tuple(name for name in PersonalDataSettings.model_fields if name != "default")


def by_kind(recipe: Any) -> Any:
    """A recipe as it was given, in which the word for all kinds stands as a mapping does: a source
    that has words for some kinds keeps it for the others."""
    word = recipe.get("personal_data") if isinstance(recipe, dict) else None
    if isinstance(word, str | bool):
        return {**recipe, "personal_data": {"default": word}}
    return recipe
