"""A replay marks documents; the next run does exactly those again."""

from __future__ import annotations

import pytest

from doclake.lake.scope import Scope
from doclake.operate import replay


def _ledger(flow, path: str):
    rows = flow.lake.read("ledger", Scope("notes")).to_pylist()
    return next(row for row in rows if row["path"] == path)


def test_what_failed_is_a_failure_with_its_reason(flow):
    (row,) = replay.failures(flow.lake)
    assert (row["path"], row["error"], row["attempts"]) == ("broken.pdf", "malformed", 1)
    assert replay.failures(flow.lake, "letters") == []


def test_a_failed_document_is_left_alone_until_it_is_replayed(flow):
    assert flow.run()["elements"].documents == 0
    assert [row["path"] for row in replay.mark(flow.project)] == ["broken.pdf"]
    assert _ledger(flow, "broken.pdf")["attempts"] == 0
    assert flow.run()["elements"].documents == 1
    assert _ledger(flow, "broken.pdf")["attempts"] == 1
    assert flow.findings() == []


@pytest.mark.parametrize(
    ("chosen", "number"),
    [
        ({"reason": "malformed"}, 1),
        ({"reason": "timeout"}, 0),
        ({"document": "broken.pdf"}, 1),
        ({"document": "garden.md"}, 0),
        ({"source": "notes"}, 1),
        ({"source": "letters"}, 0),
        ({"source": "notes", "document": "broken.pdf", "reason": "malformed"}, 1),
    ],
)
def test_failures_are_chosen_by_source_document_and_reason(flow, chosen, number):
    assert len(replay.mark(flow.project, **chosen)) == number
    assert flow.run()["elements"].documents == number


def test_a_document_is_chosen_by_its_id_as_well(flow):
    doc_id = _ledger(flow, "broken.pdf")["doc_id"]
    assert len(replay.mark(flow.project, document=doc_id)) == 1


def test_what_does_not_balance_is_done_again_though_it_did_not_fail(flow):
    from deltalake import DeltaTable

    row = _ledger(flow, "tools.txt")
    DeltaTable(flow.lake.table_url("elements")).delete(f"doc_id = '{row['doc_id']}'")
    marked = replay.mark(flow.project, reason="unbalanced")
    assert [row["path"] for row in marked] == ["tools.txt"]
    assert flow.run()["elements"].documents == 1
    assert flow.findings() == []


def test_a_sound_lake_has_nothing_unbalanced_to_replay(flow):
    assert replay.mark(flow.project, reason="unbalanced") == []
