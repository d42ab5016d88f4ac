"""What a language model that asks for passages gets of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from doclake.injection.passage import judge_passage
from doclake.project import Project
from doclake.search.passages import Passage
from doclake.search.searcher import Answer
from doclake.search.suspicion import is_withheld

WITHHELD = "[left out: this passage gives orders to a language model]"


def answer_for_model(project: Project, answer: Answer) -> tuple[Answer, int]:
    """The answer without the passages that a model is not to get, and how many these were."""
    now = project.today()
    kept = [hit for hit in answer.hits if not is_withheld(now, hit)]
    return replace(answer, hits=kept), len(answer.hits) - len(kept)


def passage_for_model(project: Project, found: Passage) -> Passage:
    """The passage and what stands around it, with `WITHHELD` in place of what a model is not to
    get. A person may have released a neighbour: that is not looked up here."""
    hit, source = found.hit, project.today().settings.sources.get(found.hit.source)
    if source is None or source.recipe.injection.in_prompts == "include":
        return found
    injection = source.recipe.injection
    if is_withheld(project, hit):
        hit = replace(hit, text=WITHHELD, highlights=[])

    def shown(texts: Iterable[str]) -> list[str]:
        if injection.action == "off":
            return list(texts)
        scores = [(text, judge_passage(text).score) for text in texts]
        return [WITHHELD if score > injection.threshold else text for text, score in scores]

    around = (found.before, found.after, found.section_texts)
    return Passage(hit, *map(shown, around))
