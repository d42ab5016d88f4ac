"""Golden questions are read or refused with file and entry; hits are judged by what they ask."""

from __future__ import annotations

import json
import zipfile

import pytest

from doclake.errors import SettingsError
from doclake.evaluate.evaluation import questions
from doclake.evaluate.generated import generated
from doclake.evaluate.questions import Question, golden, paths_not_there, sample
from doclake.search.hits import Hit
from doclake.search.searcher import Searcher

NOTES = {"url": "documents", "access": ["everyone"], "buckets": 4}


def _golden(flow, text: str) -> list[Question]:
    (flow.folder / "questions.yaml").write_text(text, "utf-8")
    flow.configure(sources={"notes": NOTES | {"questions": "questions.yaml"}})
    return golden(flow.project, "notes")


def test_questions_are_read_and_a_judged_hit_is_appended_as_one_line(flow):
    written = """\
- question: Where is the spade?
  documents: [tools.txt]
- question: 연못은 얼마나 큰가요?
  documents: [garden.md, copy.md]
  pages: [1]
  text: 900 litres
  principals: ["group:gardeners"]
"""
    judged = {"question": 'What "hangs"\nhere?', "documents": ["정원.txt"], "text": "남쪽"}
    first, second, third = _golden(flow, f"{written}- {json.dumps(judged)}\n")
    assert first == Question("notes", "Where is the spade?", ("tools.txt",))
    assert (second.pages, second.holds) == ((1,), "900 litres")
    assert second.principals == ("group:gardeners",)
    assert (third.text, third.documents) == ('What "hangs"\nhere?', ("정원.txt",))
    assert not any(one.generated for one in (first, second, third))
    assert sample([first, second, third], 2) == sample([third, first, second], 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- question: Who?\n", "entry 1, documents"),
        ("- question: Who?\n  documents: []\n", "entry 1, documents"),
        ("- question: ' '\n  documents: [a]\n", "entry 1, question: a question in words"),
        ("- {question: Who, documents: [a]}\n- 7\n", "entry 2, whole"),
        ("- {question: Who, documents: [a], page: 1}\n", "entry 1, page: one of question"),
        ("- {question: Who, documents: [a], pages: [0]}\n", "entry 1, pages.0"),
        ("- {question: Who, documents: [a], principals: [' ']}\n", "entry 1, principals.0"),
        ("question: Who?\n", "a YAML list of questions"),
        ("- [", "questions.yaml"),
        ("7", "a YAML list of questions"),
    ],
)
def test_a_wrong_file_is_refused_with_the_entry(flow, text, told):
    with pytest.raises(SettingsError) as error:
        _golden(flow, text)
    assert told in str(error.value)
    assert "questions.yaml" in str(error.value)
    assert error.value.problems[0][0] == "sources.notes.questions"


def test_a_question_may_name_a_member_of_a_container_as_long_as_it_is_there(flow):
    entry = "- {question: Where is the spade, documents: ['tools.zip!/shed.txt']}\n"
    (flow.folder / "asked.yaml").write_text(entry)
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4, "questions": "asked.yaml"}
    flow.configure(sources={"notes": notes})
    with zipfile.ZipFile(flow.documents / "tools.zip", "w") as archive:
        archive.writestr("shed.txt", "The spade hangs in the shed.")
    flow.run()
    assert paths_not_there(flow.project, "notes") == []
    with zipfile.ZipFile(flow.documents / "tools.zip", "w") as archive:
        archive.writestr("barn.txt", "The spade hangs in the barn.")
    flow.run()
    assert paths_not_there(flow.project, "notes") == ["tools.zip!/shed.txt"]
    (flow.documents / "tools.zip").unlink()
    flow.run(allow_deletions=True)
    assert paths_not_there(flow.project, "notes") == ["tools.zip!/shed.txt"]


def test_an_empty_file_has_no_questions_yet(flow):
    assert _golden(flow, "") == _golden(flow, "# to come\n") == []


def test_a_file_that_is_not_there_is_told_and_a_url_refused_when_the_settings_are_read(flow):
    flow.configure(sources={"notes": NOTES | {"questions": "nowhere.yaml"}})
    with pytest.raises(SettingsError, match=r"nowhere\.yaml"):
        golden(flow.project, "notes")
    with pytest.raises(SettingsError, match=r"sources\.notes\.questions"):
        flow.configure(sources={"notes": NOTES | {"questions": "s3://bucket/questions.yaml"}})


def _hit(path: str, chunk_id: str = "c", pages: tuple[int, ...] = (), text: str = "") -> Hit:
    return Hit("d", chunk_id, "notes", path, None, list(pages), [], [], 0.5, text)


def test_a_document_takes_one_place_and_a_passage_one_where_it_must_be_the_right_one():
    hits = [
        _hit("a", "a1", (1,), "The pond"),
        _hit("a", "a2", (2,), "holds 900  Litres."),
        _hit("b", "b1", (1,)),
        _hit("정원", "c1", (3,)),
    ]
    assert Question("notes", "?", ("b", "정원")).ranks(hits) == [2, 3]
    assert Question("notes", "?", ("a",), pages=(2, 9)).ranks(hits) == [2]
    assert Question("notes", "?", ("a",), holds="900 litres").ranks(hits) == [2]
    assert Question("notes", "?", ("b",), pages=(2,)).ranks(hits) == []
    assert Question("letters", "?", ("b",)).ranks(hits) == []


def test_questions_are_made_of_a_source_without_any_and_found_again(flow):
    made = questions(flow.project, "notes")
    assert made == generated(flow.project, "notes", 50)
    assert {one.generated for one in made} == {True}
    by_document = {path: one for one in made for path in one.documents}
    assert by_document["tools.txt"].text == "The spade hangs by the door."
    assert by_document["copy.md"].documents == ("copy.md", "garden.md")  # of one text
    assert "broken.pdf" not in by_document
    assert len(generated(flow.project, "notes", 1)) == 1
    assert generated(flow.project, "notes", 0) == []
    searcher = Searcher(flow.project)
    assert all(one.ranks(searcher.search(one.text)) for one in made)
