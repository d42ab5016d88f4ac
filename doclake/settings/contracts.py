"""What rows must meet before they are written: the shipped rules otherwise, and rules of one's
own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from doclake.settings.fields import Model


def _rule_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise ValueError("the name of a rule: small letters, digits, underscores")
    return name


Problem = tuple[str, str, str]
RuleName = Annotated[str, AfterValidator(_rule_name)]
ChunkFeature = Literal[
    "text_length", "controls", "replaced_share", "tokens", "elements", "injection_score"
]

OF_TEXT = frozenset({"text_has_no_controls", "text_is_legible", "language_is_a_code"})
"""Shipped rules that judge what a chunk says."""
WITH_LIMITS = OF_TEXT - {"language_is_a_code"}
OF_FORM = frozenset(
    {
        *("chunk_id_is_unique", "chunk_id_is_well_formed", "text_is_present"),
        *("text_hash_is_right", "tokens_fit", "pages_are_positive", "elements_are_named"),
        "access_is_decided",
    }
)
"""Shipped rules on which later stages rely."""


class RuleSettings(Model):
    """A rule over a figure of each chunk. A shipped rule takes what is given here in place of its
    own; any other name is a rule of your own."""

    severity: Literal["reject", "warn", "stop", "off"] | None = Field(
        None,
        description="`reject`: the row goes to quarantine. `warn`: it is kept and bears the name of"
        " the rule. `stop`: as `reject`, and nothing of a bucket is written in which more than"
        " `share` of the rows break it. `off`: nobody asks. Without one: `reject`, or as shipped",
    )
    feature: ChunkFeature | None = Field(
        None,
        description="Of a rule of your own: the figure. `replaced_share`: unreadable letters,"
        " `injection_score`: how likely it gives orders to a model (docs/trust.md)",
    )
    min: float | None = Field(None, description="The least that the figure may be")
    max: float | None = Field(None, description="The most that the figure may be")
    share: float = Field(
        0.0, ge=0, lt=1, description="Of `stop`: the share of rows of a bucket that may break it"
    )


class ContractSettings(Model):
    """Rules of the contracts, by table and name. A source extends or relaxes them. `doclake
    contract check` tries them on the rows that stand."""

    chunks: dict[RuleName, RuleSettings] = Field(
        default_factory=dict, description="Rules for chunks, by name"
    )


def problems(key: str, contracts: ContractSettings) -> Iterator[Problem]:
    """What is wrong with rules under `key`, such as `contracts`: key, found, expected."""
    for name, rule in contracts.chunks.items():
        where = f"{key}.chunks.{name}"
        if name in OF_FORM:
            yield from _of_form(where, rule)
        elif name in OF_TEXT:
            yield from _of_text(where, name, rule)
        else:
            yield from _of_ones_own(where, name, rule)
        if rule.min is not None and rule.max is not None and rule.min > rule.max:
            yield (f"{where}.min", f"{rule.min:g}", f"at most max, {rule.max:g}")


def _given(rule: RuleSettings, *names: str) -> Mapping[str, object]:
    return {name: value for name in names if (value := getattr(rule, name)) is not None}


def _of_form(where: str, rule: RuleSettings) -> Iterator[Problem]:
    expected = "nothing but `severity: stop` or reject: later stages rely on this rule"
    if rule.severity in ("warn", "off"):
        yield (f"{where}.severity", rule.severity, expected)
    for name, value in _given(rule, "feature", "min", "max").items():
        yield (f"{where}.{name}", str(value), expected)


def _of_text(where: str, name: str, rule: RuleSettings) -> Iterator[Problem]:
    refused = ("feature",) if name in WITH_LIMITS else ("feature", "min", "max")
    for key, value in _given(rule, *refused).items():
        yield (f"{where}.{key}", str(value), "no such key: this rule is shipped with its own")


def _of_ones_own(where: str, name: str, rule: RuleSettings) -> Iterator[Problem]:
    if rule.feature is None:
        meant = get_close_matches(name, sorted(OF_TEXT | OF_FORM), n=1)
        asked = f"did you mean {meant[0]}?" if meant else f"one of {', '.join(sorted(OF_TEXT))}"
        yield (where, "no rule that is shipped", f"{asked} A rule of your own names its `feature`")
    elif not _given(rule, "min", "max"):
        yield (where, "neither min nor max", "a rule of your own has one of them")
