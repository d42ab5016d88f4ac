"""What people say of hits becomes golden questions, and harms no file that people wrote."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import TooManyRequests
from doclake.evaluate.evaluation import evaluate
from doclake.evaluate.questions import Question, as_line, golden, of_line
from doclake.search.searcher import Searcher
from doclake.serve import judgements
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.showing import GOLDEN, QUESTION, SERVE, TOKEN
from tests.served import Answer, Served, serving

PUMP = Question("manuals", QUESTION, ("pump.pdf",), (2,))


@pytest.fixture(scope="module")
def flow(shown: Flow, tmp_path_factory: pytest.TempPathFactory) -> Flow:
    return Flow(copy_project(shown.folder, tmp_path_factory.mktemp("judged") / "project"))


@pytest.fixture(scope="module")
def server(flow: Flow) -> Iterator[Served]:
    with serving(flow.project) as served:
        yield served


@pytest.fixture
def file(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The golden file of `manuals`, empty; and nobody has judged too often."""
    monkeypatch.setattr(judgements, "_PER_MINUTE", 1_000_000)
    found = flow.folder / "questions.yaml"
    found.write_bytes(b"")
    return found


def hit_of(server: Served, path: str, question: str = QUESTION) -> Any:
    filters = {"path": [path]}
    return server.search(question, k=20, filters=filters, token=TOKEN).json["hits"][0]


def judge(server: Served, hit: Any, token: str | None = TOKEN, **more: Any) -> Answer:
    body = {"question": QUESTION, "citation_id": hit["citation_id"], "answers": True}
    return server.ask("POST", "/judgements", body | more, token=token)


def test_a_judged_hit_is_a_golden_question_that_is_asked_and_found(server, flow, file):
    answer = judge(server, hit_of(server, "pump.pdf"))
    kept = {"source": "manuals", "documents": ["pump.pdf"], "pages": [2], "text": None}
    assert (answer.status, answer.json) == (200, [kept])
    assert golden(flow.project, "manuals") == [PUMP]
    assert file.read_text() == as_line(PUMP) + "\n"
    (asked,) = evaluate(flow.project, "manuals", [PUMP], Searcher(flow.project)).asked
    assert asked.ranks
    of = {"question": QUESTION}
    assert server.ask("POST", "/judgements/of", of, token=TOKEN).json == [kept]


def test_what_only_some_may_see_is_asked_as_those_who_may(server, flow, file):
    closed = {"url": "closed", "access": ["group:board"], "buckets": 1} | GOLDEN
    manuals = {"url": "documents", "access": ["everyone"], "buckets": 2} | GOLDEN
    settings = (flow.folder / "doclake.yaml").read_bytes()
    try:
        flow.configure(sources={"manuals": manuals, "closed": closed}, serve=SERVE)
        assert judge(server, hit_of(server, "secret.pdf")).status == 200
        (question,) = golden(flow.project, "closed")
        assert (question.documents, question.principals) == (("secret.pdf",), ())
        (asked,) = evaluate(flow.project, "closed", [question], Searcher(flow.project)).asked
        assert asked.ranks
    finally:
        (flow.folder / "doclake.yaml").write_bytes(settings)


def test_a_judgement_that_is_made_twice_stands_once_and_taken_back_it_is_gone(server, file):
    written = b"# ours\r\n- question: Who?\r\n  documents: [tools.md]   # really\r\n"
    file.write_bytes(written)
    hit = hit_of(server, "pump.pdf")
    for _ in range(2):
        assert len(judge(server, hit).json) == 1
    assert file.read_bytes() == written + as_line(PUMP).encode() + b"\n"
    for _ in range(2):
        assert judge(server, hit, answers=False).json == []
    assert file.read_bytes() == written


def test_a_passage_without_pages_is_held_to_the_words_that_were_chosen(server, flow, file):
    hit = hit_of(server, "tools.md", "On which hook does the hoe hang?")
    assert hit["pages"] == []
    words = "hoe  HANGS on hook 2"
    (kept,) = judge(server, hit, text=words).json
    assert kept["text"] == words
    assert golden(flow.project, "manuals")[0].holds == words
    refused = judge(server, hit, text="no such words")
    assert (refused.status, refused.code) == (400, "request_invalid")
    assert judge(server, hit, text="on hook 2 of").json == [kept | {"text": "on hook 2 of"}]
    assert judge(server, hit, answers=False).json == []


def test_an_entry_that_was_written_by_hand_is_neither_doubled_nor_taken_out(server, file):
    hand = f"- question: {QUESTION}\n  documents: [pump.pdf]\n  pages: [2]\n".encode()
    file.write_bytes(hand)
    hit = hit_of(server, "pump.pdf")
    refused = judge(server, hit)
    assert (refused.status, refused.code) == (409, "judgement_refused")
    assert "by hand" in refused.json["message"]
    assert judge(server, hit, answers=False).json == []
    assert file.read_bytes() == hand


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"{}\n"),
        (b"# none yet\n", b"# none yet\n{}\n"),
        (b"- {question: Who, documents: [a]}", b"- {question: Who, documents: [a]}\n{}\n"),
        (
            b"---\n  - question: Who\n    documents:\n    - a\n",
            b"---\n  - question: Who\n    documents:\n    - a\n  {}\n",
        ),
        (
            b"- question: Who\n  documents: [a]\n  text: |\n    b\n\n\n",
            b"- question: Who\n  documents: [a]\n  text: |\n    b\n\n\n{}\n",
        ),
    ],
)
def test_an_entry_follows_whatever_list_people_wrote(before, after, server, flow, file):
    file.write_bytes(before)
    assert judge(server, hit_of(server, "pump.pdf")).status == 200
    assert file.read_bytes() == after.replace(b"{}", as_line(PUMP).encode())
    assert golden(flow.project, "manuals")[-1] == PUMP


@pytest.mark.parametrize(
    "content",
    [
        b"[{question: Who, documents: [a]}]\n",
        b"[]\n",
        b"- {question: Who, documents: [a]}\n...\n",
        b"question: Who\n",
        b"- question: 'Who\n",
        b"- {question: Who, documents: []}\n",
        b"- {question: Who, documents: [a]}\n\xff\n",
        b"- {question: Who, documents: [a]}\n" * 20_000,
    ],
)
def test_a_file_that_cannot_take_an_entry_stays_as_it_was(content, server, flow, file):
    file.write_bytes(content)
    refused = judge(server, hit_of(server, "pump.pdf"))
    assert (refused.status, refused.code) == (409, "judgement_refused")
    assert "sources.manuals.questions" in refused.json["mend"]
    assert str(flow.folder) not in refused.body.decode()
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "question",
    [
        'What "hangs": {here} # - [yes]?',
        "한국어로 묻는 '질문'은 무엇입니까?",
        "two\nlines\tand \u2028 \u0085 \u202e \ufeff \x7f \\ 🍎",
        "- !!python/object:os.system x",
        "&a *a <<: %TAG @ `",
    ],
)
def test_every_question_is_read_as_it_was_asked(question, server, flow, file):
    assert judge(server, hit_of(server, "pump.pdf"), question=question).status == 200
    (kept,) = golden(flow.project, "manuals")
    assert kept.text == question
    (line,) = file.read_text("utf-8").splitlines()
    assert of_line("manuals", line) == kept


@pytest.mark.parametrize(
    ("question", "code"),
    [(" \u200b", "question_empty"), ("a" * 5_001, "judgement_refused"), (7, "request_invalid")],
)
def test_what_is_no_question_is_refused(question, code, server, file):
    assert judge(server, hit_of(server, "pump.pdf"), question=question).code == code
    assert file.read_bytes() == b""


def test_of_many_judgements_at_once_none_is_lost_and_none_doubled(server, flow, file, monkeypatch):
    hit, sound = hit_of(server, "pump.pdf"), judgements._sound
    monkeypatch.setattr(judgements, "_sound", lambda *all: (time.sleep(0.02), sound(*all))[1])
    shared = ["Of all, first?", "Of all, second?"]
    own = [[f"Of {one}, {number}?" for number in range(4)] for one in range(4)]

    def run(mine: list[str]) -> None:
        for question in mine:
            assert judge(server, hit, question=question).status == 200

    threads = [threading.Thread(target=run, args=(shared + mine,)) for mine in own]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [of_line("manuals", line) for line in file.read_text().splitlines()]
    assert sorted(one.text for one in kept if one) == sorted({*shared, *chain(*own)})


def test_nobody_judges_but_whom_the_settings_name(server, flow, file):
    hit = hit_of(server, "pump.pdf")
    refused = judge(server, hit, token=None)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert judge(server, hit, token="forged").status == 401
    of = {"question": QUESTION}
    assert judge(server, hit).status == 200
    assert server.ask("POST", "/judgements/of", of).json == []
    assert [one["judging"] for one in server.ask("GET", "/sources").json] == [None]
    settings = flow.folder / "doclake.yaml"
    named = settings.read_text()
    try:
        settings.write_text(named.replace("judge:\n  - group:board\n", ""))
        assert settings.read_text() != named
        assert judge(server, hit).code == "forbidden"
        assert server.ask("POST", "/judgements/of", of, token=TOKEN).json == []
        settings.write_text(named.replace("- group:board\n  token", "- everyone\n  token"))
        assert judge(server, hit, token=None).status == 200
    finally:
        settings.write_text(named)


def test_without_a_file_the_answer_says_what_to_set(server, file):
    judging = {
        one["name"]: one["judging"] for one in server.ask("GET", "/sources", token=TOKEN).json
    }
    assert judging == {"manuals": "open", "closed": "no_file"}
    refused = judge(server, hit_of(server, "secret.pdf"))
    assert refused.code == "judgement_refused"
    assert "sources.closed.questions" in refused.json["mend"]
    file.unlink()
    assert judge(server, hit_of(server, "pump.pdf")).code == "judgement_refused"
    assert server.ask("POST", "/judgements/of", {"question": QUESTION}, token=TOKEN).json == []


def test_what_one_may_not_see_cannot_be_judged(server, flow, file):
    secret = hit_of(server, "secret.pdf")
    settings = flow.folder / "doclake.yaml"
    named = settings.read_text()
    try:
        settings.write_text(named.replace("- group:board\n  token", "- everyone\n  token"))
        refused = judge(server, secret, token=None)
        assert (refused.status, refused.code) == (404, "passage_gone")
    finally:
        settings.write_text(named)
    assert judge(server, {"citation_id": "' OR true --"}).code == "passage_gone"


def test_no_page_of_another_site_can_judge(server, file):
    body = {"question": QUESTION, "citation_id": hit_of(server, "pump.pdf")["citation_id"]}
    sent = {"token": TOKEN, "Origin": "https://evil.example"}
    refused = server.ask("POST", "/judgements", body | {"answers": True}, **sent)
    assert (refused.status, refused.code) == (403, "forbidden")
    plain = server.ask("POST", "/judgements", body, token=TOKEN, content_type="text/plain")
    assert plain.code == "request_invalid"
    assert file.read_bytes() == b""


def test_who_judges_too_often_is_told_when_to_return(server, flow, file, monkeypatch):
    monkeypatch.setattr(judgements, "_PER_MINUTE", 2)
    hit, kept = hit_of(server, "pump.pdf"), judgements.Judgements()
    said = {"answers": True, "words": None, "principals": ("group:board",)}
    for number in range(2):
        kept.judge(flow.project, f"Q{number}", hit["citation_id"], **said)
    with pytest.raises(TooManyRequests):
        kept.judge(flow.project, "Q2", hit["citation_id"], **said)


def test_a_file_that_cannot_be_written_is_told_and_a_link_stays_a_link(server, flow, file):
    hit = hit_of(server, "pump.pdf")
    lock = file.with_name(".questions.yaml.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    try:
        assert judge(server, hit).code == "judgement_refused"
    finally:
        lock.rmdir()
    elsewhere = flow.folder / "golden/questions.yaml"
    elsewhere.parent.mkdir()
    file.rename(elsewhere)
    elsewhere.chmod(0o640)
    file.symlink_to(elsewhere)
    try:
        assert judge(server, hit).status == 200
        assert file.is_symlink()
        assert elsewhere.stat().st_mode & 0o777 == 0o640
        assert golden(flow.project, "manuals") == [PUMP]
        assert len(list(elsewhere.parent.iterdir())) == 2  # it and its lock
    finally:
        file.unlink()
