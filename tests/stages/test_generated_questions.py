"""The chat server writes questions to a source without golden ones, once for each text."""

from __future__ import annotations

import json

import pytest

from doclake.lake.scope import Scope
from doclake.operate import maintenance, removal
from doclake.stages import generated_questions, retrieval_report
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from tests.servers.scripted import page, serving

ASKED = {
    "spade": "By which part of the house is the spade kept?",
    "wall": "Which vegetable has its place beside the south wall?",
    "litres": "How much water, in litres, fits into the pond?",
    "토마토": "토마토는 어느 쪽 담장 옆에서 자라나요?",
}


def _writes(_: int, body: bytes):
    passage = json.loads(body)["messages"][1]["content"]
    return page(next(question for word, question in ASKED.items() if word in passage))


def _configure(flow, url: str | None, **changes) -> None:
    chat = {"url": url, "model": "m", "retries": 0} if url else {}
    settings = {"evaluation": {"ask_chat_server": True}, "chat": chat} | changes
    flow.configure(**settings)


def _kept(flow) -> dict[str, str | None]:
    rows = flow.lake.read("generated_questions").to_pylist()
    assert all(row["model_name"] == "m" for row in rows)
    return {row["text_hash"]: row["question"] for row in rows}


def _ids(flow) -> set[str]:
    """Of the questions of the last report."""
    rows = flow.lake.read("retrieval_report").to_pylist()
    last = max(rows, key=lambda row: row["asked_at"])
    return set(last["questions"])


def test_no_passage_is_sent_unless_the_settings_say_so(flow):
    with serving(_writes) as asked:
        _configure(flow, asked.url, evaluation={})
        assert retrieval_report.run(flow.project).counts["questions"] > 0
    assert asked.bodies == []
    assert _kept(flow) == {}


def test_a_question_is_written_once_and_asked_again_and_again(flow):
    with serving(_writes) as asked:
        _configure(flow, asked.url)
        first = retrieval_report.run(flow.project)
        assert first.alarms == []
        assert first.counts["questions_written"] == len(asked.bodies) == len(_kept(flow))
        assert set(_kept(flow).values()) <= set(ASKED.values())
        before = _ids(flow)
        second = retrieval_report.run(flow.project)
        assert "questions_written" not in second.counts
        assert _ids(flow) == before
        assert len(asked.bodies) == first.counts["questions_written"]
    rows = flow.lake.read("retrieval_report").to_pylist()
    assert {row["is_generated"] for row in rows} == {True}
    assert flow.findings() == []


@pytest.mark.slow
def test_a_text_that_is_gone_takes_its_question_along_and_only_a_new_one_is_asked_about(flow):
    with serving(_writes) as asked:
        _configure(flow, asked.url)
        retrieval_report.run(flow.project)
        kept, number = _kept(flow), len(asked.bodies)
        flow.write("tools.txt", "The spade hangs in the shed since it rains.\n")
        flow.run()
        left = _kept(flow)
        assert left.items() < kept.items() and len(left) == len(kept) - 1
        assert flow.findings() == []
        retrieval_report.run(flow.project)
        assert len(asked.bodies) == number + 1
        (flow.documents / "tools.txt").unlink()
        flow.run(allow_deletions=True)
        assert _kept(flow) == left


def test_a_text_of_which_nothing_can_be_asked_is_asked_headings_and_not_sent_again(flow):
    with serving(lambda *_: page("I would rather not.")) as asked:
        _configure(flow, asked.url)
        for _ in range(2):
            report = retrieval_report.run(flow.project)
            assert (report.alarms, report.counts["questions"]) == ([], 2)
        assert len(asked.bodies) == len(_kept(flow))
    assert set(_kept(flow).values()) == {None}


@pytest.mark.parametrize(
    ("answer", "changes", "why"),
    [
        ((500, {}, b""), {}, "HTTP 500"),
        (page("x"), {"tokens_per_day": 20}, "chat.tokens_per_day"),
        (None, {}, "No chat server is configured"),
    ],
    ids=["down", "budget", "none"],
)
def test_a_server_that_fails_leaves_the_headings_and_the_next_report_asks_again(
    flow, answer, changes, why
):
    with serving(lambda *_: answer) as asked:
        chat = {"url": asked.url, "model": "m", "retries": 0} if answer else {}
        _configure(flow, None, chat=chat | changes)
        report = retrieval_report.run(flow.project)
    (alarm,) = report.alarms
    assert alarm.code == generated_questions.NOT_WRITTEN
    assert why in alarm.message
    assert report.counts["questions"] == 2 and _kept(flow) == {}
    with serving(_writes) as asked:
        _configure(flow, asked.url)
        assert retrieval_report.run(flow.project).alarms == []
    assert len(_kept(flow)) == len(asked.bodies) > 0


def test_a_source_with_golden_questions_is_not_sent(flow):
    (flow.folder / "asked.yaml").write_text(
        '- {"question": "What hangs there?", "documents": ["tools.txt"]}\n'
    )
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4, "questions": "asked.yaml"}
    with serving(_writes) as asked:
        _configure(flow, asked.url, sources={"notes": notes})
        assert retrieval_report.run(flow.project).counts["questions"] == 1
    assert asked.bodies == []


@pytest.mark.slow
def test_questions_go_with_their_source_and_maintenance_drops_those_of_no_text(flow):
    with serving(_writes) as asked:
        _configure(flow, asked.url)
        retrieval_report.run(flow.project)
        row, *_ = flow.lake.read("generated_questions").to_pylist()
        stray = GENERATED_QUESTIONS.arrow([row | {"text_hash": "0" * 32}])
        scope = Scope("notes", [row["bucket"]], {"text_hash": ["0" * 32]})
        flow.lake.replace("generated_questions", scope, stray)
        assert ("no orphans", "doclake maintain") in flow.findings()
        maintenance.run(flow.project)
        assert flow.findings() == []
        number = len(_kept(flow))
        _configure(flow, asked.url, sources={})
    assert removal.remove(flow.project, "notes")["generated_questions"] == number > 0
    assert flow.lake.read("generated_questions").num_rows == 0
