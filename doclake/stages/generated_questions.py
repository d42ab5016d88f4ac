"""generated_questions: lets the chat server ask about passages that it has not been asked about.

What it writes is kept beside the text, so that later reports ask the same and the server is paid
once. Passages leave this machine, so it is done only where `evaluation.ask_chat_server` says so.
"""

from __future__ import annotations

from doclake import clock
from doclake.errors import BudgetSpent, ServerUnavailable
from doclake.evaluate.generated import passages, written
from doclake.evaluate.questions import golden
from doclake.evaluate.written import question_about
from doclake.lake import locks
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.search.chat import Chat
from doclake.stages.report import Alarm, StageReport
from doclake.tables.generated_questions import GENERATED_QUESTIONS, GeneratedQuestion

STAGE = GENERATED_QUESTIONS.name
NOT_WRITTEN = "questions_not_written"


def run(project: Project, source: str, chat: Chat, progress: Progress = silent) -> StageReport:
    """Questions for a source without golden ones, if the settings want them. An alarm says where
    the server gave none; headings stand in for them. Raises `SettingsError` for a file of golden
    questions that is wrong."""
    report = StageReport(STAGE)
    settings = project.settings
    if not settings.evaluation.ask_chat_server or golden(project, source):
        return report.finished()
    chosen = passages(project, source, settings.evaluation.generated)
    known = written(project, source, chosen)
    chunks = {passage.chunk["text_hash"]: passage.chunk for passage in chosen}
    missing = [chunk for text_hash, chunk in chunks.items() if text_hash not in known]
    if missing and settings.chat.url is None:
        report.alarms.append(_not_written(source, "No chat server is configured (chat.url)."))
        return report.finished()
    for done, chunk in enumerate(missing):
        progress(Step(source, STAGE, done, len(missing), "questions"))
        try:
            text = f"{chunk['context']}\n{chunk['text']}"
            question = question_about(chat, settings.chat, text)
        except (ServerUnavailable, BudgetSpent) as error:
            report.alarms.append(_not_written(source, str(error)))
            break
        row: GeneratedQuestion = {
            "source": source,
            "bucket": chunk["bucket"],
            "text_hash": chunk["text_hash"],
            "question": question,
            "model_name": settings.chat.model or "",
            "created_at": clock.now(),
        }
        scope = Scope(source, [chunk["bucket"]], {"text_hash": [chunk["text_hash"]]})
        with locks.table(project.lake, STAGE):
            project.lake.replace(STAGE, scope, GENERATED_QUESTIONS.arrow([row]))
        report.rows += 1
    return report.finished()


def _not_written(source: str, why: str) -> Alarm:
    return Alarm(
        NOT_WRITTEN,
        f"Headings stand in for questions to {source} that the chat server did not write: {why}",
        "The next report asks it again.",
    )
