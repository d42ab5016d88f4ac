"""Whether the table of a new model may take over from the one that searches use."""

from __future__ import annotations

from dataclasses import dataclass

from doclake import fingerprints, ids
from doclake.embed.models.lineage import learned_questions
from doclake.errors import ModelError, SettingsError
from doclake.evaluate.evaluation import Evaluation, evaluate
from doclake.evaluate.gate import judge
from doclake.evaluate.questions import Question, golden, sample
from doclake.index.state import IndexState
from doclake.index.switch import ROLLED_BACK
from doclake.project import Project
from doclake.search.searcher import Searcher
from doclake.settings import EmbeddingSettings


@dataclass(frozen=True)
class Decision:
    """Why the candidate must wait; None if it may take over. `by` is a digest of what decided."""

    reason: str | None
    by: str


def decide(project: Project, state: IndexState) -> Decision:
    """Of the candidate of a state, as `evaluation.promote` says. The questions are asked once: a
    candidate that is held is judged again when they, or the settings, are others."""
    settings, candidate = project.settings, state.candidate
    assert candidate is not None
    promote = settings.evaluation.promote
    try:
        asking = _questions(project, candidate.state.embedding_settings)
    except SettingsError as error:
        return Decision(str(error).rstrip("."), "")
    named = [one.question_id for questions in asking.values() for one in questions]
    by = ids.digest("judged", promote, fingerprints.search(settings.search), *sorted(named))
    if candidate.held is not None and (candidate.held == ROLLED_BACK or candidate.judged_by == by):
        return Decision(candidate.held, by)
    if promote == "manual":
        return Decision("`evaluation.promote` is manual", by)
    try:
        return Decision(_fell(project, state, asking) if promote == "gate" else None, by)
    except ModelError as error:  # the candidate's is not there today
        return Decision(str(error).rstrip("."), "")


def _questions(project: Project, candidate: EmbeddingSettings) -> dict[str, list[Question]]:
    """Golden questions by source, but those that the candidate's model has learned the answers of.
    Raises `SettingsError`."""
    most, learned = project.settings.evaluation.questions, learned_questions(candidate)
    by_source = {
        name: sample([one for one in golden(project, name) if one.question_id not in learned], most)
        for name in project.settings.sources
    }
    return {name: questions for name, questions in by_source.items() if questions}


def _fell(project: Project, state: IndexState, asking: dict[str, list[Question]]) -> str | None:
    """Of which source, or of all together, the candidate answers the questions worse, and how.
    Raises `ModelError` if it answers none."""
    candidate = state.candidate
    assert candidate is not None
    try:
        before = _asked(project, asking, state)
    except ModelError:
        return None  # no search works any more
    after = _asked(project, asking, candidate.state)
    pairs = {name: (before[name].gains(), after[name].gains()) for name in asking}
    if len(pairs) > 1:
        pairs["all sources"] = (_gains(before), _gains(after))
    verdicts = [(name, judge(*gains)) for name, gains in pairs.items()]
    fell = [f"{name}: {verdict.message}" for name, verdict in verdicts if verdict.fell]
    return f"it answers golden questions worse, {'; '.join(fell)}" if fell else None


def _gains(evaluations: dict[str, Evaluation]) -> dict[str, float]:
    """Of each question to any source."""
    return {key: gain for each in evaluations.values() for key, gain in each.gains().items()}


def _asked(
    project: Project, asking: dict[str, list[Question]], table: IndexState
) -> dict[str, Evaluation]:
    searcher = Searcher(project, table)
    return {
        name: evaluate(project, name, questions, searcher) for name, questions in asking.items()
    }
