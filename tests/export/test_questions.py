"""Questions that the chat server wrote, as rows of an export, and of no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doclake import clock
from doclake.export.selection import OF_QUESTION
from doclake.lake.scope import Scope
from doclake.tables.chunks import CHUNKS
from doclake.tables.generated_questions import GENERATED_QUESTIONS, REPEATED
from tests.export.conftest import Make, bytes_of, rows_of
from tests.flow import Flow


@pytest.fixture
def asked(stocked: Flow) -> Flow:
    """Three of each four chunks have a question: one is used, one repeats, one could not be."""
    for source in ("notes", "wiki", "secret"):
        chunks = stocked.lake.read("chunks", Scope(source), ["bucket", "text_hash"]).to_pylist()
        texts = {row["text_hash"]: row["bucket"] for row in chunks}
        rows: list[Any] = []
        for number, (text_hash, bucket) in enumerate(sorted(texts.items())):
            unused = REPEATED if number % 4 == 1 else None
            question = None if number % 4 == 2 else f"What does {text_hash[:6]} say?"
            rows.append(
                dict.fromkeys(GENERATED_QUESTIONS.schema.names)
                | {"source": source, "bucket": bucket, "text_hash": text_hash}
                | {"question": question, "answer": "It says so.", "unused": unused}
                | {"model_name": "m", "created_at": clock.now()}
            )
        stocked.lake.append("generated_questions", GENERATED_QUESTIONS.arrow(rows))
    return stocked


def _used(flow: Flow, *sources: str) -> set[str]:
    rows = flow.lake.read("generated_questions").to_pylist()
    return {
        row["question"]
        for row in rows
        if row["source"] in sources and row["question"] and not row["unused"]
    }


def test_each_used_question_is_a_row_with_its_answer_and_its_text(
    asked: Flow, make: Make, tmp_path: Path
) -> None:
    make("out", to="jsonl", unit="questions")
    rows = rows_of(tmp_path / "out")
    assert {row["question"] for row in rows} == _used(asked, "notes", "wiki")
    assert len(rows) == len({row["question"] for row in rows})
    texts = {row["chunk_id"]: row["text"] for row in asked.lake.read("chunks").to_pylist()}
    assert all(row["text"] == texts[row["chunk_id"]] for row in rows)
    assert list(rows[0]) == list(OF_QUESTION)
    assert {row["answer"] for row in rows} == {"It says so."}


def test_a_question_about_two_passages_stands_beside_the_one_that_passes(
    asked: Flow, make: Make, tmp_path: Path
) -> None:
    """A text has one question, wherever it stands."""
    chunks = asked.lake.read("chunks", Scope("notes")).to_pylist()
    first = min(chunks, key=lambda row: row["chunk_id"])
    twin = {**first, "chunk_id": "0" * len(first["chunk_id"]), "path": "twin.txt"}
    asked.lake.append("chunks", CHUNKS.arrow([twin]))
    question: Any = dict.fromkeys(GENERATED_QUESTIONS.schema.names) | {
        "source": "notes", "bucket": first["bucket"], "text_hash": first["text_hash"],
        "question": "Which one?", "answer": "Both.", "model_name": "m",
    }  # fmt: skip
    asked.lake.delete("generated_questions", Scope("notes"))
    asked.lake.append("generated_questions", GENERATED_QUESTIONS.arrow([question]))
    for path in ("twin.txt", first["path"]):
        made = make(path, to="jsonl", unit="questions", sources=["notes"], where=f"path = '{path}'")
        assert [row["path"] for row in rows_of(tmp_path / path)] == [path]
        assert made.left_out == {}, "chunks without a question are no questions left out"


def test_questions_of_what_one_may_not_read_stay_out(
    asked: Flow, make: Make, tmp_path: Path
) -> None:
    assert _used(asked, "secret")
    make("board", to="jsonl", unit="questions", principals=["group:board"])
    everyones = _used(asked, "notes", "wiki")
    found = {row["question"] for row in rows_of(tmp_path / "board")}
    assert found == everyones | _used(asked, "secret")


def test_no_other_export_holds_a_question(asked: Flow, make: Make, tmp_path: Path) -> None:
    for unit in ("chunks", "documents"):
        make(unit, to="jsonl", unit=unit)
        assert not [row for row in rows_of(tmp_path / unit) if "It says so." in str(row)]


def test_questions_that_repeat_an_evaluation_set_are_left_out(
    asked: Flow, make: Make, tmp_path: Path
) -> None:
    question = sorted(_used(asked, "notes"))[0]
    asked.lake.delete("generated_questions", Scope("notes"))
    chunk = asked.lake.read("chunks", Scope("notes"), ["bucket", "text_hash"]).to_pylist()[0]
    long = " ".join(f"word{n}" for n in range(20))
    row: Any = dict.fromkeys(GENERATED_QUESTIONS.schema.names) | {
        "source": "notes",
        **chunk,
        "question": long,
        "answer": question,
        "model_name": "m",
    }
    asked.lake.append("generated_questions", GENERATED_QUESTIONS.arrow([row]))
    (asked.folder / "evaluation.jsonl").write_text(f'{{"text": "{long}"}}\n')
    made = make("out", to="jsonl", unit="questions", decontaminate=["evaluation.jsonl"])
    assert made.left_out["notes"]["contaminated"] == 1
    assert long not in {row["question"] for row in rows_of(tmp_path / "out")}


@pytest.mark.slow
def test_the_manifest_makes_the_same_bytes_again(asked: Flow, make: Make, tmp_path: Path) -> None:
    made = make("out", unit="questions", validation=0.3)
    asked.lake.delete("generated_questions", Scope("notes"))
    make("again", again=made)
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "out")
