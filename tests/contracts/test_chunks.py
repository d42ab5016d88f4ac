"""What the contract of `chunks` accepts, refuses, and says about it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from doclake import ids
from doclake.contracts import chunk_rules, validate_chunks
from doclake.contracts.model import Rule
from doclake.contracts.suite import run
from doclake.errors import ContractError
from doclake.tables.chunks import CHUNKS
from doclake.tables.quarantine import QUARANTINE

SECRET = "Kim Cheolsu 900101-1234567"


def sound(number: int) -> dict[str, Any]:
    text = f"Text {number} of {SECRET}"
    return {
        **dict.fromkeys(("source", "bucket", "root_id", "doc_id", "path", "recipe"), "x"),
        "content_hash": "c",
        "chunk_id": ids.digest(str(number)),
        "ordinal": number,
        "text": text,
        "context": "",
        "text_hash": ids.text_hash(text),
        "tokens": 12,
        "language": "en",
        "pages": [1],
        "element_ids": [f"e{number}"],
        "access": ["everyone"],
        "row_hash": "h",
    }


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=CHUNKS.schema)


def with_text(text: str) -> dict[str, Any]:
    return {"text": text, "text_hash": ids.text_hash(text)}


BROKEN: dict[str, dict[str, Any]] = {
    "chunk_id_is_well_formed": {"chunk_id": "seven"},
    "text_is_present": with_text(" \n"),
    "text_has_no_controls": with_text("a\x00b"),
    "text_is_legible": with_text("\ufffd\ufffd unreadable"),
    "text_hash_is_right": {"text_hash": ids.text_hash("another text")},
    "tokens_fit": {"tokens": 300},
    "pages_are_positive": {"pages": [0, 1]},
    "elements_are_named": {"element_ids": []},
    "access_is_decided": {"access": None},
}


def test_sound_rows_are_accepted_as_they_came():
    rows = table(sound(1), sound(2))
    verdict = validate_chunks(rows, chunk_rules(256))
    assert verdict.accepted.equals(rows)
    assert verdict.refused.num_rows == 0
    assert all(rule.passed and rule.checked == 2 for rule in verdict.rules)


def test_nobody_and_no_pages_are_sound():
    rows = table({**sound(1), "access": [], "pages": [], "language": None})
    assert validate_chunks(rows).accepted.num_rows == 1


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_refuses_exactly_the_row_that_breaks_it(rule):
    bad = {**sound(2), **BROKEN[rule]}
    verdict = validate_chunks(table(sound(1), bad, sound(3)), chunk_rules(256))
    assert verdict.accepted["ordinal"].to_pylist() == [1, 3]
    assert verdict.refused.schema.equals(QUARANTINE.schema)
    refused = verdict.refused.to_pylist()
    assert [(row["rule"], row["key"], row["stage"]) for row in refused] == [
        (rule, bad["chunk_id"], "chunks")
    ]
    assert refused[0]["element_ids"] == bad["element_ids"]
    assert [r.name for r in verdict.rules if not r.passed] == [rule]


def test_every_rule_of_the_contract_is_tried_above():
    names = {rule.name for rule in chunk_rules()}
    assert names - set(BROKEN) == {"chunk_id_is_unique", "language_is_a_code"}


def test_rows_that_share_an_id_are_all_refused_and_told_once():
    verdict = validate_chunks(table(sound(1), sound(1), sound(2)))
    assert verdict.accepted["ordinal"].to_pylist() == [2]
    assert verdict.refused["rule"].to_pylist() == ["chunk_id_is_unique"]


def test_an_odd_language_is_told_but_not_refused():
    verdict = validate_chunks(table({**sound(1), "language": "Klingon"}))
    assert verdict.accepted.num_rows == 1
    told = {rule.name: rule for rule in verdict.rules}["language_is_a_code"]
    assert (told.passed, told.severity, told.unexpected) == (False, "warn", 1)


def test_a_row_that_breaks_two_rules_is_refused_for_both():
    bad = {**sound(1), **with_text("a\x00b"), "tokens": 0}
    refused = validate_chunks(table(bad)).refused
    assert refused["rule"].to_pylist() == ["text_has_no_controls", "tokens_fit"]


def test_the_evidence_holds_numbers_and_never_the_text():
    bad = {**sound(1), "tokens": 999, "pages": [0], "chunk_id": SECRET, "access": None}
    verdict = validate_chunks(table(bad), chunk_rules(256))
    evidence = " ".join(verdict.refused["evidence"].to_pylist())
    assert "tokens=999" in evidence
    assert SECRET not in evidence
    assert SECRET.split()[1] not in evidence


def test_no_rows_need_no_great_expectations():
    code = (
        "import sys; from doclake.contracts import validate_chunks; "
        "from doclake.tables.chunks import CHUNKS; "
        "v = validate_chunks(CHUNKS.schema.empty_table()); assert all(r.passed for r in v.rules); "
        "sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


WATCHED = """
import sys
asked = []
watch = lambda event, _: event in ("socket.connect", "socket.getaddrinfo") and asked.append(event)
sys.addaudithook(watch)
import pyarrow as pa
from doclake.contracts.model import Rule
from doclake.contracts.suite import run
rule = Rule("small", "ExpectColumnValuesToBeBetween", "number", {"max_value": 1})
assert run(pa.table({"number": [1] * 200 + [2]}), [rule])[1] == {"small": [200]}
assert "great_expectations" in sys.modules
sys.exit(len(asked))
"""


def test_great_expectations_sends_nothing_home():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GX_")}
    assert subprocess.run([sys.executable, "-c", WATCHED], env=environment).returncode == 0


def test_a_rule_that_cannot_be_checked_is_an_error_and_no_pass():
    features: Callable[..., pa.Table] = pa.table
    rule = Rule("odd", "ExpectColumnValuesToBeBetween", "no_such_column", {"min_value": 1})
    with pytest.raises(ContractError) as error:
        run(features({"number": [1]}), [rule])
    assert error.value.facts["rule"] == "odd"
