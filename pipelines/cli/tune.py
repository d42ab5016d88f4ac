"""doclake tune"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json

if TYPE_CHECKING:
    from doclake.progress import Step
    from doclake.stages.tuned_model import Tuned


def command(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable")] = None,
    generated: Annotated[
        bool | None,
        typer.Option(help="Learn from questions of the chat server, too; else tuning.generated"),
    ] = None,
    json: Json = False,
) -> None:
    """Tune the embedding model on questions whose answers are known, and try it on others; exit 1
    unless it answers those better, beyond what chance explains.

    Nothing is changed but the folder of the tuned model and the table `retrieval_report`. A run
    that was stopped is gone on with.
    """
    from doclake.stages import tuned_model

    project = console.open_project()
    names = [name for name in source or () if project.source(name)]
    if generated is not None:
        tuning = project.settings.tuning.model_copy(update={"generated": generated})
        project = project.with_settings(tuning=tuning)

    def show(step: Step) -> None:
        status.update(f"{step.unit}: {step.done} of {step.total}")

    with console.err.status("looking for pairs") as status:
        tuned = tuned_model.run(project, names, progress=show)
    _print_json(tuned) if json else _show(tuned)
    if not tuned.trial.is_better:
        raise typer.Exit(1)


def _print_json(tuned: Tuned) -> None:
    verdicts = tuned.trial.verdicts()
    console.print_json(
        {
            "model": str(tuned.model.folder),
            "is_better": tuned.trial.is_better,
            "verdicts": {name: verdict.message for name, verdict in verdicts.items()},
            **{name: int(value) for name, value in tuned.report.counts.items()},
        }
    )


def _show(tuned: Tuned) -> None:
    counts = {name: int(value) for name, value in tuned.report.counts.items()}
    trained = (
        number_of(counts["steps"], "batch", "batches") if "steps" in counts else "trained before"
    )
    console.say(
        f"{tuned.model.name}: {number_of(counts['pairs'], 'pair')}, {trained}; "
        f"{number_of(counts['questions_held_out'], 'question')} held out, over "
        f"{number_of(counts['passages'], 'passage')}"
    )
    left_out = [
        f"{counts[name]} {words}"
        for name, words in (
            ("questions_without_passage", "of which it is not known what passage answers them"),
            ("questions_across", "of documents on both sides"),
        )
        if counts[name]
    ]
    if left_out:
        console.say(f"  left out: {', '.join(left_out)}")
    verdicts = tuned.trial.verdicts()
    for name, verdict in verdicts.items():
        if name == "all" or (verdict.change and verdict != verdicts["all"]):
            console.say(f"  {console.cell(name)}: {verdict.message}")
    if tuned.trial.is_better:
        console.say("It answers better. To use it, write in doclake.yaml:")
        console.say(f"embedding:\n  model: {tuned.model.folder}")
    else:
        console.say("It does not answer better beyond noise: leave embedding.model as it is.")
