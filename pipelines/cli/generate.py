"""doclake generate"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.progress import Step
    from doclake.settings import ChatSettings
    from doclake.stages.report import StageReport


def command(
    source: Source = None,
    texts: Annotated[
        int,
        typer.Option(min=1, help="Texts of a source that are asked about, in all runs together"),
    ] = 200,
    json: Json = False,
) -> None:
    """Let the chat server write questions and answers about texts, to tune the embedding model by;
    exit 1 if it could not write all.

    Needs `evaluation.ask_chat_server: true`. A text is sent once; what was written until the budget
    of the day is spent or the server fails is kept.
    """
    from doclake.search.chat import Chat
    from doclake.stages import generated_questions

    project = console.open_project(source)
    names = [source] if source else list(project.settings.sources)
    chat, is_whole = Chat(), True

    def show(step: Step) -> None:
        status.update(f"{step.source}: {step.done} of {step.total} texts")

    with console.err.status("asking the chat server") as status:
        for name in names:
            report = generated_questions.generate(project, name, texts, chat, show)
            _tell(name, report, project.settings.chat, json)
            for alarm in report.alarms:
                is_whole = False
                console.error(alarm.message, f"    {alarm.mend}")
    if not is_whole:
        raise typer.Exit(1)


def _tell(source: str, report: StageReport, chat: ChatSettings, json: bool) -> None:
    counts = {name: int(value) for name, value in report.counts.items()}
    cost = counts.get("server_tokens", 0) * chat.price / 1e6
    if json:
        console.print_json({"source": source, **counts, "price": round(cost, 6)})
        return
    used, answered = counts.get("questions", 0), counts.get("answers", 0)
    left_out = [
        f"{counts[name]} {words}"
        for name, words in (
            ("unfit", "unfit"),
            ("repeated", "asked before"),
            ("not_found", "by which search does not find the text"),
        )
        if counts.get(name)
    ]
    price = f", {cost:,.2f} at its price" if chat.price else ""
    console.say(
        f"{console.cell(source)}: {number_of(used, 'new question')} about "
        f"{number_of(counts['texts'], 'text')}, "
        f"{answered} with an answer; {number_of(counts.get('server_tokens', 0), 'token')}{price}"
    )
    if left_out:
        console.say(f"  not used: {', '.join(left_out)}")
