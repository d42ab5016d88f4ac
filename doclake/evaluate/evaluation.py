"""Asks questions whose answers are known, through the one search, and says what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doclake import language
from doclake.embed.models.lineage import learned_questions
from doclake.evaluate.generated import generated
from doclake.evaluate.measures import DEPTH, JUDGED_BY, MEASURES, Estimate, estimate
from doclake.evaluate.questions import Question, golden, sample
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.searcher import Searcher


@dataclass(frozen=True)
class Asked:
    """A question, and the places of its right answers among what was found."""

    question: Question
    ranks: list[int]

    def gain(self, measure: str) -> float:
        return MEASURES[measure](self.ranks, len(self.question.documents))

    @property
    def language(self) -> str:
        return language.of(self.question.text) or "und"  # ISO 639: undetermined


@dataclass(frozen=True)
class Evaluation:
    """What was asked of a source. Every mean is over all questions, or over those in a language."""

    source: str
    asked: list[Asked]

    @property
    def is_generated(self) -> bool:
        return any(one.question.generated for one in self.asked)

    def parts(self) -> dict[str | None, list[Asked]]:
        """All under None, then those in each language."""
        parts: dict[str | None, list[Asked]] = defaultdict(list, {None: self.asked})
        for one in self.asked:
            parts[one.language].append(one)
        return dict(parts)

    def gains(self, measure: str = JUDGED_BY) -> dict[str, float]:
        """Of each question, by its id."""
        return {one.question.question_id: one.gain(measure) for one in self.asked}


def estimates(asked: Sequence[Asked]) -> dict[str, Estimate]:
    """Every measure over these questions, of which there is one at least."""
    return {name: estimate([one.gain(name) for one in asked]) for name in MEASURES}


def questions(project: Project, source: str) -> list[Question]:
    """The golden questions of a source, but those that its model has learned the answers of, else
    generated ones. Raises `SettingsError`."""
    settings = project.settings.evaluation
    learned = learned_questions(project.settings.embedding)
    known = [one for one in golden(project, source) if one.question_id not in learned]
    return sample(known, settings.questions) or generated(project, source, settings.generated)


def evaluate(
    project: Project, source: str, asking: Sequence[Question], searcher: Searcher
) -> Evaluation:
    """Ask as those who may see: the principals of the question, else those of its source. Raises
    `IndexStateError`."""
    found = answers(project, source, asking, searcher, DEPTH)
    return Evaluation(source, [Asked(question, question.ranks(hits)) for question, hits in found])


def answers(
    project: Project, source: str, asking: Sequence[Question], searcher: Searcher, k: int
) -> Iterator[tuple[Question, list[Hit]]]:
    """Each question to a source with its hits, as those may see them whom `evaluate` asks as."""
    by_asker: dict[tuple[str, ...], list[Question]] = defaultdict(list)
    for question in asking:
        by_asker[question.principals or project.source(source).access].append(question)
    for principals, group in by_asker.items():
        texts = [question.text for question in group]
        found = searcher.search_many(texts, k=k, principals=principals)
        for question, answer in zip(group, found, strict=True):
            yield question, _own(question, answer.hits, asking)


def _own(question: Question, hits: Sequence[Hit], asking: Sequence[Question]) -> list[Hit]:
    """Without those that another entry of the same question calls right: two judged hits of one
    answer do not push each other down."""
    others = [one for one in asking if one.text == question.text and one != question]
    return [
        hit
        for hit in hits
        if question.is_answered_by(hit) or not any(one.is_answered_by(hit) for one in others)
    ]
