"""doclake plan"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake_dagster.pipelines.cli import console, grid


def command(
    documents: Annotated[int, typer.Option(min=1, help="Documents to ingest")],
    pages: Annotated[float, typer.Option(min=0.01, help="Pages of a document, on average")],
    scanned: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the pages that OCR reads")
    ] = 0.0,
    hours: Annotated[float, typer.Option(min=0.01, help="Hours in which it is to be done")] = 24.0,
    cores: Annotated[int, typer.Option(min=1, help="Cores of a machine")] = 16,
    gpu_tokens: Annotated[
        float | None,
        typer.Option(min=1, help="Tokens a second that one GPU embeds; else processors do"),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="The rates of this lake, where it can tell")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Compute how many machines, GPUs, hours, terabytes and files so many documents take."""
    from dataclasses import asdict

    from doclake.operate import rates
    from doclake.operate.capacity import Wanted, capacity

    used, known = rates.MEASURED, None
    if own:
        known = rates.own(console.open_project())
        used = known or used
        if known is None:
            console.error("This lake has no chunks yet: the rates are those of the documentation.")
    wanted = Wanted(documents, pages, scanned, hours, cores, gpu_tokens)
    found = capacity(wanted, used)
    if json:
        console.print_json(asdict(found) | {"rates": asdict(used), "own": known is not None})
        return
    rows = []
    for line in found.lines:
        is_round = line.value >= 100 or line.value == int(line.value)
        shown = f"{line.value:,.0f}" if is_round else f"{line.value:.3g}"
        rows.append([line.name, shown, line.unit, line.formula])
    grid.show(("", "value", "unit", "computed as"), rows, ("value",))
    for limit in found.limits:
        console.say(limit)
