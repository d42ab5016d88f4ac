"""What all steps of curation have in common."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from benchmarks.curation import LANGUAGES, MEASURED, measured
from doclake.curate.base import SIGNAL, over
from doclake.curate.registry import STEPS
from doclake.tables.chunks import CHUNKS

# Of the half `measuring`, a little below what docs/curation.md says.
PROMISED = {
    "heuristics": (0.98, 0.85),
    "boilerplate": (0.98, 0.95),
    "quoted_mail": (0.98, 0.95),
    "toxicity": (0.9, 0.55),
}


def _chunks(*texts: str) -> pa.Table:
    rows = [
        {"doc_id": "a", "text": text, "section": None, "language": None, "media_type": None}
        | {"title": None}
        for text in texts
    ]
    schema = pa.schema([CHUNKS.schema.field(name) for name in rows[0]]) if rows else None
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_gives_one_signal_for_each_chunk_whatever_is_in_it(made, name):
    step = made(name)
    chunks = _chunks("", " \n\t ", "\ufffd", "하나", "x" * 3_000, "1\t2\n3\t4", "good enough")
    signals = step.judge(chunks)
    assert signals.schema == SIGNAL
    assert signals.num_rows == chunks.num_rows
    for row in signals.to_pylist():
        assert 0 <= row["score"] <= 1
        assert bool(row["flags"]) == (row["score"] > 0)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_reads_the_columns_that_it_says_and_of_no_chunks_makes_no_signals(made, name):
    step = made(name)
    assert step.name == name
    assert set(step.needs) <= set(CHUNKS.schema.names)
    few = _chunks("a text").select(step.needs)
    assert step.judge(few).num_rows == 1
    assert step.judge(few.slice(0, 0)).num_rows == 0


@pytest.mark.parametrize(
    "part", ["가", "a ", "x\n", "> a\n", " ", "...", "On 2024 wrote:\n", "ㅅㅣ"]
)
@pytest.mark.parametrize("name", STEPS)
def test_no_text_takes_long(made, name, part):
    step = made(name)
    begun = time.process_time()
    step.judge(_chunks((part * 100_000)[:100_000]))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", MEASURED)
def test_chunks_that_no_rule_was_chosen_on_are_judged_as_well_as_promised(step, language):
    precision, recall = PROMISED[step]
    score = measured(step, language, "measuring")
    assert score.cases >= 200
    assert score.precision >= precision
    assert score.recall >= recall


def test_a_score_begins_at_a_half_where_the_threshold_is_reached():
    assert over(0.19, 0.2) == 0
    assert over(0.2, 0.2) == 0.5
    assert over(0.6, 0.2) == pytest.approx(0.75)
    assert over(1.0, 0.2) == over(1.0, 1.0) == 1
