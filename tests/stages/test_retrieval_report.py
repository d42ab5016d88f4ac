"""Reports say how well questions are answered, and that they are answered worse than before."""

from __future__ import annotations

import json

import pytest

from doclake.errors import IndexStateError
from doclake.evaluate.evaluation import evaluate
from doclake.evaluate.questions import golden
from doclake.operate import removal
from doclake.search.searcher import Searcher
from doclake.stages import retrieval_report, search_index

NOTES = {"url": "documents", "access": ["everyone"], "buckets": 4, "questions": "questions.yaml"}
QUESTIONS = {
    "Where does the spade hang?": "tools.txt",
    "Where do tomatoes grow?": "garden.md",
    "How many litres does the pond hold?": "garden.md",
    "Along which wall do tomatoes grow?": "garden.md",
    "What hangs by the door?": "tools.txt",
    "토마토는 어디에서 자라나요?": "정원.txt",
}


@pytest.fixture
def asked(flow):
    (flow.documents / "copy.md").unlink()
    flow.run()
    entries = [{"question": asked, "documents": [path]} for asked, path in QUESTIONS.items()]
    lines = [f"- {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries]
    (flow.folder / "questions.yaml").write_text("".join(lines), "utf-8")
    flow.configure(sources={"notes": NOTES})
    return flow


def _lose(flow, *names: str) -> None:
    for name in names:
        (flow.documents / name).unlink()
    flow.run(allow_deletions=True)


def _evaluated(flow):
    questions = golden(flow.project, "notes")
    return evaluate(flow.project, "notes", questions, Searcher(flow.project))


def _last(flow, source: str = "notes"):
    rows = retrieval_report.latest(retrieval_report.history(flow.project, source))
    return {(row["language"], row["measure"]): row for row in rows}


def test_a_report_has_each_measure_over_all_questions_and_in_each_language(asked):
    report = retrieval_report.run(asked.project)
    assert (report.counts["questions"], report.alarms) == (6, [])
    rows = _last(asked)
    assert {language for language, _ in rows} == {None, "en", "ko", "und"}  # as short as they are
    assert report.rows == len(rows) == 20
    whole, korean = rows[None, "ndcg_at_10"], rows["ko", "ndcg_at_10"]
    assert (whole["n"], whole["mean"], korean["n"]) == (6, 1.0, 1)
    assert whole["accepted"]
    assert not whole["is_generated"]
    assert whole["model"] == asked.project.index.state().model


@pytest.mark.slow
def test_a_fall_is_told_until_it_is_mended_or_accepted_and_noise_is_not(asked):
    retrieval_report.run(asked.project)
    asked.write("shed.txt", "A second spade hangs in the shed, far from any door.\n")
    asked.run()
    assert retrieval_report.run(asked.project).alarms == []

    kept = {name: (asked.documents / name).read_text() for name in ("tools.txt", "garden.md")}
    _lose(asked, *kept)
    for _ in range(2):  # compared with the last accepted one, not with the last
        (alarm,) = retrieval_report.run(asked.project).alarms
        assert alarm.code == retrieval_report.FELL
        assert "ndcg_at_10 1.000 before, 0.167 now over 6 questions" in alarm.message
        assert not _last(asked)[None, "ndcg_at_10"]["accepted"]
    for name, text in kept.items():
        asked.write(name, text)
    asked.run()
    assert retrieval_report.run(asked.project).alarms == []

    _lose(asked, *kept)
    assert retrieval_report.run(asked.project, accept=True).alarms == []
    assert retrieval_report.run(asked.project).alarms == []


def test_questions_are_asked_as_those_who_may_see(asked):
    """Those of the source, unless a question names others."""
    secret = {"url": "documents", "access": ["group:board"], "buckets": 4}
    asked.configure(sources={"notes": secret | {"questions": "questions.yaml"}})
    asked.run()
    found = _evaluated(asked)
    assert all(one.ranks for one in found.asked)
    entry = {"question": "Where does the spade hang?", "documents": ["tools.txt"]}
    entry["principals"] = ["group:staff"]
    (asked.folder / "questions.yaml").write_text(json.dumps([entry]))
    (one,) = _evaluated(asked).asked
    assert one.ranks == []


def test_a_source_without_questions_is_asked_generated_ones_or_none(flow):
    retrieval_report.run(flow.project)
    assert {row["is_generated"] for row in _last(flow).values()} == {True}
    flow.configure(evaluation={"generated": 0})
    assert retrieval_report.run(flow.project).rows == 0


def test_no_index_is_an_error_and_reports_go_with_their_source(flow, tmp_path):
    with pytest.raises(IndexStateError, match="doclake ingest"):
        retrieval_report.run(flow.project.at(str(tmp_path / "empty")))
    retrieval_report.run(flow.project)
    flow.configure(sources={})
    assert removal.remove(flow.project, "notes")["retrieval_report"] > 0
    assert retrieval_report.history(flow.project, "notes") == []
    search_index.run(flow.project)
