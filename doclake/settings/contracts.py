"""What rows must meet before they are written: the shipped rules otherwise, and rules of one's
own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer

from doclake.settings.contract_rules import TABLES, TableRules
from doclake.settings.fields import Model

LONGEST_REGEX = 1_000


def _rule_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise ValueError("the name of a rule: small letters, digits, underscores")
    return name


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise ValueError("a regular expression of Python") from None
    if not pattern or len(pattern) > LONGEST_REGEX:
        raise ValueError(f"a regular expression, at most {LONGEST_REGEX:,} long")
    return pattern


Problem = tuple[str, str, str]
RuleName = Annotated[str, AfterValidator(_rule_name)]
LIMITS = ("min", "max")
PATTERNS = ("regex", "one_of")


class RuleSettings(Model):
    """A rule over a feature of each row. A shipped rule takes what is given here in place of its
    own; any other name is a rule of your own."""

    severity: Literal["reject", "warn", "stop", "off"] | None = Field(
        None,
        description="`reject`: the row goes to quarantine. `warn`: it is kept and bears the name of"
        " the rule. `stop`: as `reject`, and nothing of a bucket is written in which more than"
        " `share` of the rows break it. `off`: nobody asks. Without one: `reject`, or as shipped",
    )
    feature: str | None = Field(
        None,
        description="Of a rule of your own: what it looks at;"
        " [the list](quarantine.md#what-a-rule-can-look-at)",
    )
    min: float | None = Field(None, description="The least that the figure may be")
    max: float | None = Field(None, description="The most that the figure may be")
    regex: Annotated[str, AfterValidator(_regex)] | None = Field(
        None, description="What must be found in the word, as a regular expression"
    )
    one_of: tuple[str, ...] | None = Field(
        None, min_length=1, description="The words that it may be"
    )
    share: float = Field(
        0.0, ge=0, lt=1, description="Of `stop`: the share of rows of a bucket that may break it"
    )

    @model_serializer(mode="wrap")
    def _given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a pattern that nobody gave: fingerprints of older rules stay as they were."""
        return {
            name: value
            for name, value in handler(self).items()
            if name not in PATTERNS or value is not None
        }


Rules = dict[RuleName, RuleSettings]


class ContractSettings(Model):
    """Rules of the contracts, by table and name. A source extends or relaxes them. `doclake
    contract check` tries them on the rows that stand."""

    documents: Rules = Field(default_factory=dict, description="Rules for documents, by name")
    elements: Rules = Field(default_factory=dict, description="Rules for elements, by name")
    chunks: Rules = Field(default_factory=dict, description="Rules for chunks, by name")
    embeddings: Rules = Field(default_factory=dict, description="Rules for vectors, by name")

    def of(self, table: str) -> Rules:
        """Those of a table that has a contract."""
        rules: Rules = getattr(self, table)
        return rules


def problems(
    key: str, contracts: ContractSettings, beside: ContractSettings | None = None
) -> Iterator[Problem]:
    """What is wrong with rules under `key`, such as `contracts`: key, found, expected. Those that
    are in `beside` as well have been told there."""
    for table, known in TABLES.items():
        others = beside.of(table) if beside else {}
        for name, rule in contracts.of(table).items():
            if rule == others.get(name):
                continue
            where = f"{key}.{table}.{name}"
            if name in known.of_form:
                yield from _of_form(where, rule)
            elif name in known.changeable:
                yield from _of_shipped(where, name, rule, known)
            else:
                yield from _of_ones_own(where, name, rule, known)
            if rule.min is not None and rule.max is not None and rule.min > rule.max:
                yield (f"{where}.min", f"{rule.min:g}", f"at most max, {rule.max:g}")


def _given(rule: RuleSettings, *names: str) -> Mapping[str, object]:
    return {name: value for name in names if (value := getattr(rule, name)) is not None}


def _of_form(where: str, rule: RuleSettings) -> Iterator[Problem]:
    expected = "nothing but `severity: stop` or reject: later stages rely on this rule"
    if rule.severity in ("warn", "off"):
        yield (f"{where}.severity", rule.severity, expected)
    for name, value in _given(rule, "feature", *LIMITS, *PATTERNS).items():
        yield (f"{where}.{name}", str(value), expected)


def _of_shipped(where: str, name: str, rule: RuleSettings, known: TableRules) -> Iterator[Problem]:
    limits = () if name in known.with_limits else LIMITS
    for key, value in _given(rule, "feature", *limits, *PATTERNS).items():
        yield (f"{where}.{key}", str(value), "no such key: this rule is shipped with its own")


def _of_ones_own(where: str, name: str, rule: RuleSettings, known: TableRules) -> Iterator[Problem]:
    if rule.feature is None:
        shipped = sorted(known.changeable)
        meant = get_close_matches(name, [*shipped, *known.of_form], n=1)
        asked = f"did you mean {meant[0]}?" if meant else f"one of {', '.join(shipped)}."
        yield (where, "no rule that is shipped", f"{asked} A rule of your own names its `feature`")
        return
    if rule.feature not in known.features:
        features = sorted(known.features)
        meant = get_close_matches(rule.feature, features, n=1)
        asked = f"did you mean {meant[0]}? " if meant else ""
        yield (f"{where}.feature", rule.feature, f"{asked}One of {', '.join(features)}")
        return
    right, wrong = (LIMITS, PATTERNS) if rule.feature in known.figures else (PATTERNS, LIMITS)
    for key, value in _given(rule, *wrong).items():
        yield (f"{where}.{key}", str(value), f"{' or '.join(right)}: so is {rule.feature} judged")
    if not _given(rule, *right):
        yield (where, f"neither {right[0]} nor {right[1]}", "a rule of your own has one of them")
    if len(_given(rule, *PATTERNS)) > 1:
        yield (f"{where}.one_of", "beside a regex", "one of them: write two rules for both")
