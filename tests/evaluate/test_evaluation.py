"""Questions are asked as those who may see, and each entry is judged by its own answer."""

from __future__ import annotations

from doclake.evaluate.evaluation import evaluate
from doclake.evaluate.questions import Question
from doclake.search.searcher import Searcher


def test_two_entries_of_one_question_do_not_push_each_other_down(flow):
    asked = "How many litres does the pond hold?"
    entries = [Question("notes", asked, (path,)) for path in ("garden.md", "copy.md")]
    searcher = Searcher(flow.project)
    alone = [evaluate(flow.project, "notes", [one], searcher).asked[0].ranks for one in entries]
    assert sorted(alone) == [[1], [2]]
    both = evaluate(flow.project, "notes", entries, searcher)
    assert [one.ranks for one in both.asked] == [[1], [1]]
