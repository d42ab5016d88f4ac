"""retrieval_report: asks the questions of each source and compares with the last accepted answers.

A report is accepted if its questions are answered no worse than those of the last accepted one,
beyond what chance explains, or if a person accepts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from doclake import clock, fingerprints, ids
from doclake.evaluate import evaluation
from doclake.evaluate.evaluation import Evaluation, estimates
from doclake.evaluate.gate import Verdict, judge
from doclake.evaluate.measures import JUDGED_BY
from doclake.index.state import IndexState
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.search.chat import Chat
from doclake.search.searcher import Searcher
from doclake.stages import generated_questions
from doclake.stages.report import Alarm, StageReport
from doclake.stages.traced import traced
from doclake.tables.retrieval_report import RETRIEVAL_REPORT, ReportRow

STAGE = "retrieval_report"
FELL = "retrieval_fell"


@traced(STAGE)
def run(
    project: Project,
    sources: Iterable[str] = (),
    *,
    accept: bool = False,
    progress: Progress = silent,
    run_id: str = "",
) -> StageReport:
    """A report for each source (all of them, if none is named) that has a question. An alarm
    `FELL` names each that was not accepted; `accept` accepts all. Another tells which source is
    asked headings, where the chat server was to write its questions.

    Raises `IndexStateError` if there is no index, `SettingsError` for a file of questions that is
    wrong.
    """
    report = StageReport(STAGE)
    state, _ = project.index.require()
    searcher = Searcher(project)
    names, chat = list(sources) or list(project.settings.sources), Chat()
    for name in names:
        done = generated_questions.run(project, name, chat, progress, run_id)
        report.alarms += done.alarms
        if done.rows:
            report.add("questions_written", done.rows)
    asking = {name: evaluation.questions(project, name) for name in names}
    for number, (name, questions) in enumerate(asking.items()):
        progress(Step(name, STAGE, number, len(asking), "sources"))
        if not questions:
            continue
        found = evaluation.evaluate(project, name, questions, searcher)
        verdict = judge(_last_accepted(project, name), found.gains())
        if verdict.fell and not accept:
            message = f"Search answers the questions to {name} worse: {verdict.message}."
            mend = "Look for what changed, or accept it: `doclake evaluate --accept`."
            report.alarms.append(Alarm(FELL, message, mend))
        is_accepted = accept or not verdict.fell
        report.rows += write(project, state, found, verdict, is_accepted, run_id)
        report.add("questions", len(questions))
    return report.finished()


def _last_accepted(project: Project, source: str) -> Mapping[str, float]:
    """The gains of the last accepted report of a source, by question; none if there is none."""
    scope = Scope(source, where={"measure": [JUDGED_BY]})
    columns = ["asked_at", "accepted", "is_trial", "language", "questions", "gains"]
    rows = RETRIEVAL_REPORT.rows(project.lake.read(STAGE, scope, columns))
    accepted = [
        row for row in rows if row["accepted"] and not row["is_trial"] and row["language"] is None
    ]
    last = max(accepted, key=lambda row: row["asked_at"], default=None)
    return dict(zip(last["questions"], last["gains"], strict=True)) if last else {}


def write(
    project: Project,
    state: IndexState,
    found: Evaluation,
    verdict: Verdict,
    is_accepted: bool,
    run_id: str,
    *,
    is_trial: bool = False,
) -> int:
    """A report on the table of a state; returns how many rows it has. No later report is compared
    with one of a trial."""
    at = clock.now()
    rows: list[ReportRow] = [
        {
            "source": found.source,
            "report_id": ids.digest("report", found.source, at.isoformat()),
            "language": language,
            "measure": measure,
            "mean": mean.value,
            "low": mean.low,
            "high": mean.high,
            "n": mean.n,
            "is_generated": found.is_generated,
            "accepted": is_accepted,
            "verdict": verdict.message,
            "model": state.model,
            "model_name": state.model_name,
            "recipe": fingerprints.search(project.settings.search),
            "is_trial": is_trial,
            "run_id": run_id or None,
            "asked_at": at,
            "questions": [one.question.question_id for one in asked],
            "gains": [one.gain(measure) for one in asked],
        }
        for language, asked in found.parts().items()
        for measure, mean in estimates(asked).items()
    ]
    scope = Scope(found.source, where={"report_id": {row["report_id"] for row in rows}})
    project.lake.replace(STAGE, scope, RETRIEVAL_REPORT.arrow(rows))
    return len(rows)


def history(project: Project, source: str) -> list[ReportRow]:
    """Every row of a source without its single questions, oldest first; none of a trial."""
    columns = [name for name in RETRIEVAL_REPORT.schema.names if name not in ("questions", "gains")]
    every = RETRIEVAL_REPORT.rows(project.lake.read(STAGE, Scope(source), columns))
    rows = [row for row in every if not row["is_trial"]]
    return sorted(rows, key=lambda row: (row["asked_at"], row["language"] or "", row["measure"]))


def latest(rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Those of the last report, of what `history` gives."""
    return [row for row in rows if row["report_id"] == rows[-1]["report_id"]]


def verdicts(project: Project, source: str) -> list[ReportRow]:
    """How well the last report of a source found it answered, by the measure that it is judged by:
    over all questions, then in each language. None before the first report."""
    rows = latest(history(project, source))
    return [row for row in rows if row["measure"] == JUDGED_BY]
