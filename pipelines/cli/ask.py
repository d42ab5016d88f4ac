"""doclake ask"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake.display import shown_lines
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.search.answer import Reply


def command(
    question: Annotated[str, typer.Argument(help="What you want to know")],
    source: Annotated[list[str] | None, typer.Option(help="Only from this source")] = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Ask as this principal; repeatable"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Answer a question from cited passages, through the chat server of the settings.

    Every sentence cites passages and was held against them; it appears as soon as it was. Without
    a server, or without an answer, the passages are shown.
    """
    from doclake.search.answer import Answerer, Reply
    from doclake.search.statements import Statement

    answerer = Answerer(console.open_project())
    for event in answerer.events(question, principals=as_ or (), filters={"source": source}):
        if isinstance(event, Statement) and not json:
            console.out.print(Text(shown_lines(event.cited)))
        elif isinstance(event, Reply) and json:
            console.print_json(event.as_dict())
        elif isinstance(event, Reply):
            _show(event)


def _show(reply: Reply) -> None:
    """What is to be said beside the sentences."""
    from doclake.search.suspicion import SUSPICIOUS

    out = console.out
    if reply.why is not None:
        out.print(Text(shown_lines(reply.why), style="yellow"))
    for refused in reply.refused:
        out.print(Text(shown_lines(f"left out, {refused.why}: {refused.text}"), style="dim"))
    suspicious = reply.context.left_out.get(SUSPICIOUS, 0)
    if suspicious:
        out.print(Text(f"kept from the model as suspicious: {suspicious}", style="yellow"))
    if reply.statements:
        out.print()
    cited = {number for statement in reply.statements for number in statement.citations}
    for one in reply.context.passages:
        if not cited or one.number in cited:
            console.say(f"[{one.number}] {one.citation}", "bold")
            if not cited:
                out.print(Text(shown_lines(one.text)))
