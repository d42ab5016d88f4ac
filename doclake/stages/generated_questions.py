"""generated_questions: lets the chat server ask about passages that it has not been asked about.

What it writes is kept beside the text, so that later runs ask the same and the server is paid once.
Passages leave this machine, so it is done only where `evaluation.ask_chat_server` says so.

A question is left out that was asked before, by people or of another text, and one by which search
does not find its text again: it may be about nothing, or about everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from doclake import clock
from doclake.errors import BudgetSpent, ServerUnavailable, SettingsError
from doclake.evaluate import written as writing
from doclake.evaluate.evaluation import answers
from doclake.evaluate.generated import Passage, passages, spread, written
from doclake.evaluate.questions import golden
from doclake.evaluate.written import Written
from doclake.lake import locks
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.search.chat import Chat
from doclake.search.searcher import Searcher
from doclake.stages.context import batched
from doclake.stages.report import Alarm, StageReport
from doclake.tables.generated_questions import (
    GENERATED_QUESTIONS,
    NOT_FOUND,
    REPEATED,
    GeneratedQuestion,
)

STAGE = GENERATED_QUESTIONS.name
NOT_WRITTEN = "questions_not_written"
FOUND_WITHIN = 50
"""Hits among which a question must find its text again. One that only the best model answers shall
stay, so it is more than anybody reads."""
_GROUP = 16  # texts that are committed together: a run that dies pays for no more again
_WORD = re.compile(r"\w+")


def run(
    project: Project, source: str, chat: Chat, progress: Progress = silent, run_id: str = ""
) -> StageReport:
    """Questions for a source without golden ones, if the settings want them. An alarm says where
    the server gave none; headings stand in for them. Raises `SettingsError` for a file of golden
    questions that is wrong."""
    report = StageReport(STAGE)
    evaluation = project.settings.evaluation
    if evaluation.ask_chat_server and not golden(project, source):
        chosen = passages(project, source, evaluation.generated)
        stopped = _Writing(project, source, chat, run_id).write(chosen, report, progress)
        if stopped is not None:
            message = f"Headings stand in for questions to {source} that the chat server did not "
            alarm = Alarm(
                NOT_WRITTEN, f"{message}write: {stopped}", "The next report asks it again."
            )
            report.alarms.append(alarm)
    return report.finished()


def generate(
    project: Project,
    source: str,
    count: int,
    chat: Chat,
    progress: Progress = silent,
    run_id: str = "",
) -> StageReport:
    """Questions about `count` texts of a source, those that it was asked before included. An alarm
    says why fewer were asked; what came until then is kept.

    Raises `SettingsError` unless the settings let passages go to a chat server, and
    `IndexStateError` if there is no index, in which their texts could be found again.
    """
    if not project.settings.evaluation.ask_chat_server:
        raise SettingsError(
            "Passages may not be sent to the chat server.",
            mend="Set `evaluation.ask_chat_server: true` if its owner may read them.",
            problems=[("evaluation.ask_chat_server", "false", "true")],
        )
    project.index.require()
    report = StageReport(STAGE)
    chosen = spread(project, source, count)
    report.add("texts", len(chosen))
    stopped = _Writing(project, source, chat, run_id).write(chosen, report, progress)
    if stopped is not None:
        message = f"The chat server was not asked about all texts of {source}: {stopped}"
        report.alarms.append(Alarm(NOT_WRITTEN, message, "The next run asks about the others."))
    return report.finished()


@dataclass(frozen=True)
class _Writing:
    """What one run has written about a source."""

    project: Project
    source: str
    chat: Chat
    run_id: str

    def write(
        self, chosen: Sequence[Passage], report: StageReport, progress: Progress
    ) -> str | None:
        """Ask about the texts that it was not asked about; returns why it could not go on."""
        known = written(self.project, self.source, chosen)
        by_text = {passage.chunk["text_hash"]: passage for passage in chosen}
        missing = [by_text[text_hash] for text_hash in by_text if text_hash not in known]
        if not missing:
            return None
        if self.project.settings.chat.url is None:
            return "No chat server is configured (chat.url)."
        self.chat.budget.note(_spent_today(self.project))
        asked = self._asked_before()
        searcher, done = Searcher(self.project), 0
        for group in batched(missing, _GROUP):
            progress(Step(self.source, STAGE, done, len(missing), "questions"))
            answers, stopped = self._answers(group)
            rows = self._rows(answers, asked, searcher)
            self._commit(rows)
            _add_up(report, rows)
            if stopped is not None:
                return stopped
            done += len(group)
        return None

    def _answers(
        self, group: Sequence[Passage]
    ) -> tuple[list[tuple[Passage, Written]], str | None]:
        """What came of a group; what was paid for is kept, whatever became of the others."""
        settings = self.project.settings.chat
        answers, stopped = list[tuple[Passage, Written]](), None
        pool = ThreadPoolExecutor(settings.concurrency, "questions")
        try:
            texts = (f"{one.chunk['context']}\n{one.chunk['text']}" for one in group)
            futures = [pool.submit(writing.written_about, self.chat, settings, t) for t in texts]
            for passage, future in zip(group, futures, strict=True):
                try:
                    answers.append((passage, future.result()))
                except (ServerUnavailable, BudgetSpent) as error:
                    stopped = stopped or str(error)
        finally:
            pool.shutdown(cancel_futures=True)  # whoever stops the run waits for none that waits
        return answers, stopped

    def _asked_before(self) -> set[str]:
        """By people or by the server, of any source."""
        project = self.project
        people = [one.text for name in project.settings.sources for one in golden(project, name)]
        rows = GENERATED_QUESTIONS.rows(project.lake.read(STAGE, columns=["question"]))
        return {_plain(text) for text in (*people, *(row["question"] for row in rows)) if text}

    def _rows(
        self, answers: Sequence[tuple[Passage, Written]], asked: set[str], searcher: Searcher
    ) -> list[GeneratedQuestion]:
        settings, rows = self.project.settings.chat, list[GeneratedQuestion]()
        ranks = self._ranks(answers, searcher)
        for passage, answer in answers:
            rank, found_by = ranks.get(passage.chunk["text_hash"], (None, None))
            is_repeated = answer.question is not None and _plain(answer.question) in asked
            asked |= {_plain(answer.question)} if answer.question else set()
            is_lost = answer.question is not None and rank is None
            rows.append(
                {
                    "source": self.source,
                    "bucket": passage.chunk["bucket"],
                    "text_hash": passage.chunk["text_hash"],
                    "question": answer.question,
                    "answer": answer.answer,
                    "unused": REPEATED if is_repeated else NOT_FOUND if is_lost else None,
                    "rank": rank,
                    "found_by": found_by,
                    "server_tokens": answer.tokens,
                    "recipe": writing.recipe(settings),
                    "run_id": self.run_id or None,
                    "model_name": settings.model or "",
                    "created_at": clock.now(),
                }
            )
        return rows

    def _ranks(
        self, written_about: Sequence[tuple[Passage, Written]], searcher: Searcher
    ) -> Mapping[str, tuple[int | None, str]]:
        """By the hash of each text that was asked about, where its question finds it again, asked
        as those who may read it; and the model that looked for it."""
        asking = {
            passage.question(answer.question, holds=passage.chunk["text"]): passage
            for passage, answer in written_about
            if answer.question
        }
        if not asking:
            return {}
        state, _ = self.project.index.require()
        found = answers(self.project, self.source, list(asking), searcher, FOUND_WITHIN)
        return {
            asking[question].chunk["text_hash"]: (
                min(question.ranks(hits), default=None),
                state.model,
            )
            for question, hits in found
        }

    def _commit(self, rows: Sequence[GeneratedQuestion]) -> None:
        if rows:
            buckets = sorted({row["bucket"] for row in rows})
            texts = {"text_hash": {row["text_hash"] for row in rows}}
            with locks.table(self.project.lake, STAGE):
                self.project.lake.replace(
                    STAGE, Scope(self.source, buckets, texts), GENERATED_QUESTIONS.arrow(rows)
                )


def _plain(question: str) -> str:
    return " ".join(_WORD.findall(question.casefold()))


def _spent_today(project: Project) -> int:
    """Tokens of the questions that were written today, by whatever process."""
    rows = GENERATED_QUESTIONS.rows(
        project.lake.read(STAGE, columns=["server_tokens", "created_at"])
    )
    today = clock.now().date()
    return sum(
        row["server_tokens"] or 0
        for row in rows
        if row["created_at"] and row["created_at"].date() == today
    )


def _add_up(report: StageReport, rows: Sequence[GeneratedQuestion]) -> None:
    report.rows += len(rows)
    for row in rows:
        report.add("server_tokens", row["server_tokens"] or 0)
        if row["question"] is None:
            report.add("unfit")
        elif row["unused"]:
            report.add(row["unused"])
        else:
            report.add("questions")
            report.add("answers", int(row["answer"] is not None))
