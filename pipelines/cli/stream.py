"""doclake stream"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.operate.following import Step
    from doclake.project import Project
    from doclake.sources.streams.model import Taken

PAUSE = 1.0  # seconds


def command(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable")] = None,
    once: Annotated[bool, typer.Option(help="End when no message waits any more")] = False,
    accept_loss: Annotated[
        bool, typer.Option(help="Go on where topics begin now, though messages before are lost")
    ] = False,
) -> None:
    """Follow topics: messages become rows within seconds, until Ctrl-C ends it."""
    project = console.open_project()
    names = _topics(project, source)
    with interrupts.tidying():
        from doclake.operate.following import Following

        topics = {name: Following(project, name) for name in names}
        for name, topic in topics.items() if accept_loss else ():
            console.say(_told(name, topic.accept_loss()))
        while True:
            steps = {name: topic.step() for name, topic in topics.items()}
            for name, step in steps.items():
                if step is not None:
                    _show(name, step)
            if once and all(step is None or step.error for step in steps.values()):
                break
            if not any(steps.values()):
                time.sleep(PAUSE)
    if any(topic.failures for topic in topics.values()):
        raise typer.Exit(1)


def _topics(project: Project, names: list[str] | None) -> list[str]:
    """The named sources, or all that are topics; raises `SettingsError` for one that is none."""
    from doclake.settings.source_options import is_topic

    topics = [name for name, its in project.settings.sources.items() if is_topic(its)]
    for name in names or ():
        project.source(name)
    wrong = [name for name in names or () if name not in topics]
    if wrong or not topics:
        known = ", ".join(topics) or "none is configured"
        raise SettingsError(
            f"{wrong[0]} is no topic." if wrong else "No source is a topic.",
            mend="The url of one begins with kafka://, kafkas://, nats:// or natss://.",
            problems=[("--source", wrong[0] if wrong else "nothing", f"a topic; there: {known}")],
        )
    return list(dict.fromkeys(names)) if names else topics


def _show(name: str, step: Step) -> None:
    told = _told(name, step.taken)
    if step.failed:
        told += f"; {number_of(step.failed, 'document')} failed: doclake failures --source {name}"
    for alarm in step.alarms:
        console.error(f"{name}: {alarm.message} {alarm.mend}", style="yellow")
    if step.error is not None:
        console.error(f"{name}: {step.error}")
    else:
        console.say(told)


def _told(name: str, taken: Taken) -> str:
    wait = number_of(taken.lag, "waits", "wait")
    return f"{name}: {number_of(taken.messages, 'message')} taken, {wait}"
