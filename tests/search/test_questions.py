"""Questions that are too long, empty or odd stop neither themselves nor those asked with them."""

from __future__ import annotations

import json
import logging

import pytest
from typer.testing import CliRunner

from doclake import Project
from doclake.errors import QuestionEmpty
from doclake.search.searcher import Searcher
from doclake_dagster.pipelines.cli.app import app

QUESTION = "Where is the spade?"
LONG = [
    f"{QUESTION} " + "What else lies there? " * 500,
    "삽은 어디에 있습니까? " * 500,
    "x" * 300_000,
]


@pytest.fixture
def searcher(flow) -> Searcher:
    return Searcher(Project.open(flow.folder))


@pytest.mark.parametrize("question", LONG, ids=["English", "Korean", "no words"])
def test_a_question_that_is_too_long_is_cut_with_a_warning(searcher, caplog, question):
    with caplog.at_level(logging.WARNING):
        assert searcher.search(question)
    (warning,) = [record.getMessage() for record in caplog.records]
    assert f"{len(question)} characters is cut to the first" in warning
    assert searcher.search(question[: int(warning.split("first ")[1].split(":")[0])])


def test_a_question_of_the_longest_length_is_not_cut(searcher):
    counter = searcher._embedder(searcher._project.index.state()).counter
    fitting = counter.fitting_query(LONG[0])
    assert len(counter.query_tokens([fitting])[0]) == counter.max_tokens
    assert counter.fitting_query(fitting) == fitting


@pytest.mark.parametrize("question", ["", "  \n\t", "\u200b\ufeff"])
def test_an_empty_question_is_refused_by_its_place(searcher, question):
    with pytest.raises(QuestionEmpty) as error:
        next(searcher.search_many([QUESTION, question]))
    assert error.value.facts["index"] == 1


@pytest.mark.parametrize("question", ["\ud83d spade", "spade\0", "?", "🪏", "A" * 60])
def test_odd_questions_are_answered(searcher, question):
    assert searcher.search(question)


def test_one_odd_line_of_a_file_stops_no_other(flow, monkeypatch):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(flow.folder))
    questions = flow.folder / "questions.jsonl"
    texts = [QUESTION, " ", LONG[0]]
    lines = [json.dumps({"_id": str(i), "text": text}) for i, text in enumerate(texts)]
    questions.write_text("\n".join(lines))
    told = CliRunner().invoke(app, ["search", "--queries", str(questions)])
    first, second, third = (json.loads(line) for line in told.stdout.splitlines())
    assert first["hits"][0]["path"] == "tools.txt"
    assert second == {"_id": "1", "error": "The question is empty. Ask in words."}
    assert third["hits"]
