"""Questions and answers about any text, by the chat server: what is used, what it costs, and how it
goes on."""

from __future__ import annotations

import json

import pytest

from doclake.errors import IndexStateError, SettingsError
from doclake.evaluate.evaluation import evaluate, questions
from doclake.search.chat import Chat
from doclake.search.searcher import Searcher
from doclake.stages.generated_questions import generate
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from tests.flow import Flow
from tests.servers.scripted import fine, page, serving

FACTS = {
    "The lighthouse keeper feeds the goats at dawn.": "Who feeds the goats of the lighthouse?",
    "Kelp is dried on racks for nine days.": "How long does kelp stay on the racks to dry?",
    "The ferry stays in the harbour in a storm.": "When is the ferry kept in the harbour?",
    "Salaries are paid on the tenth of each month.": "On which day do employees get salaries?",
}


def _tells(tokens: int = 100, **instead: object):
    """Asks and answers about each fact, or says `instead`, by the second word of the fact."""

    def script(_: int, body: bytes):
        passage = json.loads(body)["messages"][1]["content"]
        fact = next(fact for fact in FACTS if fact in passage)
        said = instead.get(fact.split()[1], f"Question: {FACTS[fact]}\nAnswer: {fact}")
        if not isinstance(said, str):
            return said
        choices = [{"message": {"content": said}, "finish_reason": "stop"}]
        return fine({"choices": choices, "usage": {"total_tokens": tokens}})

    return script


@pytest.fixture
def facts(flow):
    for path in list(flow.documents.iterdir()):
        path.unlink()
    flow.write("facts.md", "".join(f"# Part {n}\n\n{fact}\n\n" for n, fact in enumerate(FACTS)))
    flow.run(allow_deletions=True)
    return flow


def _generate(flow, asked, count: int = 50, **chat):
    settings = {"url": asked.url, "model": "m", "retries": 0, "concurrency": 1} | chat
    flow.configure(evaluation={"ask_chat_server": True}, chat=settings)
    return generate(flow.project, "notes", count, Chat())


def _rows(flow):
    rows = GENERATED_QUESTIONS.rows(flow.lake.read("generated_questions"))
    return {row["question"]: row for row in rows}


def test_each_text_of_a_document_gets_a_question_an_answer_and_where_both_come_from(facts):
    with serving(_tells()) as asked:
        first = _generate(facts, asked, 3)
        assert (first.alarms, len(asked.bodies)) == ([], 3)
        second = _generate(facts, asked)
        assert len(asked.bodies) == 4
    assert first.counts == {"texts": 3, "server_tokens": 300, "questions": 3, "answers": 3}
    assert (second.counts["texts"], second.counts["questions"]) == (4, 1)
    rows, state = _rows(facts), facts.project.index.state()
    assert set(rows) == set(FACTS.values())
    texts = {row["text_hash"]: row["text"] for row in facts.lake.read("chunks").to_pylist()}
    for fact, question in FACTS.items():
        row = rows[question]
        assert row["answer"] == fact and fact in texts[row["text_hash"]]
        assert (row["rank"], row["unused"], row["found_by"]) == (1, None, state.model)
        assert row["recipe"] and row["created_at"]
    assert facts.findings() == []


def test_a_question_that_does_not_find_its_text_again_is_kept_and_not_used(facts):
    for number in range(60):
        facts.write(f"harbour{number}.txt", f"Racks in harbour {number} hold salaries of goats.\n")
    facts.run()
    elsewhere = "Question: Do goats of the harbour hold racks?\nAnswer: goats"
    tells = _tells(lighthouse=elsewhere)

    def script(number: int, body: bytes):
        is_fact = any(fact.encode() in body for fact in FACTS)
        return tells(number, body) if is_fact else page("I would rather not.")

    with serving(script) as asked:
        report = _generate(facts, asked, 70)
    assert (report.counts["unfit"], report.counts["not_found"]) == (60, 1)
    row = _rows(facts)["Do goats of the harbour hold racks?"]
    assert (row["unused"], row["rank"]) == ("not_found", None)
    assert row["found_by"]
    again = generate(facts.project, "notes", 70, Chat())
    assert again.rows == 0


def test_a_text_that_few_may_read_is_found_again_as_one_of_them(facts):
    facts.write("pay.txt", "Rowers are paid in oysters.\n")
    facts.write("pay.txt.access.yaml", "allow: ['user:kim', 'user:lee']\ndeny: ['group:crew']\n")
    (facts.folder / "groups.yaml").write_text("group:crew: ['user:lee']\n")
    notes = {"url": "documents", "buckets": 4, "access_from": ["sidecar"], "access": ["group:all"]}
    asks = "What do rowers get for their work?"
    tells = _tells()

    def script(number: int, body: bytes):
        is_fact = any(fact.encode() in body for fact in FACTS)
        return tells(number, body) if is_fact else page(f"Question: {asks}\nAnswer: oysters")

    with serving(script) as asked:
        facts.configure(
            sources={"notes": notes},
            principals={"file": "groups.yaml"},
            evaluation={"ask_chat_server": True},
            chat={"url": asked.url, "model": "m", "retries": 0},
        )
        facts.run()
        report = generate(facts.project, "notes", 50, Chat())
    assert (_rows(facts)[asks]["rank"], _rows(facts)[asks]["unused"]) == (1, None)
    assert report.counts["questions"] == 5
    project = facts.project
    asking = questions(project, "notes")
    (of_few,) = [one for one in asking if one.text == asks]
    assert of_few.principals == ("group:all", "user:kim")
    (answered,) = evaluate(project, "notes", [of_few], Searcher(project)).asked
    assert answered.ranks == [1]


def test_a_question_of_two_texts_or_of_people_is_used_once(facts):
    (facts.folder / "asked.yaml").write_text(
        "- {question: 'how long does kelp stay on the racks, to dry?', documents: [facts.md]}\n"
    )
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4, "questions": "asked.yaml"}
    same = "Question: When are the goats in a storm kept in the lighthouse harbour?"
    with serving(_tells(lighthouse=same, ferry=same)) as asked:
        chat = {"url": asked.url, "model": "m", "retries": 0, "concurrency": 1}
        facts.configure(sources={"notes": notes}, evaluation={"ask_chat_server": True}, chat=chat)
        report = generate(facts.project, "notes", 50, Chat())
    rows = facts.lake.read("generated_questions").to_pylist()
    used = sorted(row["question"] for row in rows if not row["unused"])
    assert (report.counts["repeated"], len(rows)) == (2, 4)
    assert used == sorted([same.removeprefix("Question: "), FACTS[list(FACTS)[3]]])


def test_a_budget_in_tokens_or_in_money_holds_over_runs_and_keeps_what_was_paid(facts):
    with serving(_tells(tokens=900)) as asked:
        report = _generate(facts, asked, tokens_per_day=2_000, answer_tokens=16)
        (alarm,) = report.alarms
        assert "chat.tokens_per_day" in alarm.mend or "chat.tokens_per_day" in alarm.message
        kept = len(_rows(facts))
        assert 0 < kept < len(FACTS)
        # Another process has spent nothing yet, but the table knows what the day has cost.
        again = _generate(facts, asked, tokens_per_day=2_000, answer_tokens=16)
        assert len(again.alarms) == 1 and len(_rows(facts)) == len(asked.bodies) == kept
        dear = {"price": 1_000_000.0, "price_per_day": 2_000.0, "answer_tokens": 16}
        (alarm,) = _generate(facts, asked, **dear).alarms
        assert "chat.price_per_day" in alarm.message and len(asked.bodies) == kept
        assert _generate(facts, asked).alarms == []
    assert set(_rows(facts)) == set(FACTS.values())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((401, {}, b"{}"), "HTTP 401"),
        ((429, {"Retry-After": "0"}, b""), "HTTP 429"),
        ((200, {}, b"<html>"), "no JSON"),
        ((200, {"Content-Length": "999"}, b'{"choices": [{"message"'), "cut"),
    ],
    ids=["401", "429", "garbage", "cut"],
)
def test_a_server_that_fails_leaves_nothing_half_written_and_the_next_run_goes_on(
    facts, answer, why
):
    script = _tells()
    with serving(lambda number, body: script(number, body) if number < 2 else answer) as asked:
        report = _generate(facts, asked)
        (alarm,) = report.alarms
        assert why in alarm.message
        assert report.counts["questions"] == len(_rows(facts)) == 2
    with serving(script) as asked:
        assert _generate(facts, asked).alarms == []
        assert len(asked.bodies) == len(FACTS) - 2
    assert set(_rows(facts)) == set(FACTS.values())


def test_half_an_answer_is_not_used(facts):
    said = {"choices": [{"message": {"content": "Who looks after"}, "finish_reason": "length"}]}
    with serving(lambda *_: fine(said)) as asked:
        assert _generate(facts, asked).counts["unfit"] == len(FACTS)
    assert set(_rows(facts)) == {None}


def test_nothing_is_sent_without_leave_or_without_an_index(facts, tmp_path):
    facts.configure()
    with pytest.raises(SettingsError, match="may not be sent"):
        generate(facts.project, "notes", 5, Chat())
    (tmp_path / "new").mkdir()
    Flow.write_settings(tmp_path / "new")
    with serving(_tells()) as asked, pytest.raises(IndexStateError):
        _generate(Flow(tmp_path / "new"), asked)
    assert asked.bodies == []
