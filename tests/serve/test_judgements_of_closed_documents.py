"""A judgement is told to those alone who may see its document."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from doclake.evaluate.questions import Question
from doclake.search.searcher import Searcher
from doclake.serve import judgements
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.showing import GOLDEN, QUESTION, SERVE

PUMP = Question("manuals", QUESTION, ("pump.pdf",), (2,))


def test_no_judgement_of_a_document_is_told_to_who_may_not_see_it(
    shown: Flow, tmp_path: Path
) -> None:
    flow = Flow(copy_project(shown.folder, tmp_path / "project"))
    manuals = {"url": "documents", "access": ["everyone"], "buckets": 2} | GOLDEN
    flow.configure(
        sources={"manuals": manuals | {"access_from": ["sidecar"]}},
        serve=SERVE | {"judge": ["everyone"]},
    )
    (flow.documents / "pump.pdf.access.yaml").write_text("allow: [group:board]\n")
    flow.run("manuals")
    board = ("group:board",)
    hit = Searcher(flow.project).search(QUESTION, k=1, principals=board)[0]
    kept = judgements.Judgements()
    judge = partial(kept.judge, flow.project, QUESTION, answers=True, words=None)
    assert hit.path == "pump.pdf"
    assert judge(hit.citation_id, principals=board) == [PUMP]
    assert judgements.judged(flow.project, QUESTION, board) == [PUMP]
    assert judgements.judged(flow.project, QUESTION, ()) == []
    open_one = next(
        one for one in Searcher(flow.project).search(QUESTION, k=9) if one.path == "tools.md"
    )
    seen = judge(open_one.citation_id, principals=())  # what one gives tells no more
    assert [one.documents for one in seen] == [("tools.md",)]
