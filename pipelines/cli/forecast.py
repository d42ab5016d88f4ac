"""How `doclake ingest --dry-run` shows what it foresees."""

from __future__ import annotations

from doclake.operate.forecast import Forecast
from doclake_dagster.pipelines.cli import console

SHOWN_PATHS = 20


def show(foreseen: Forecast) -> None:
    out = console.out
    out.print(foreseen.source, style="bold")
    moves = [f"{old} → {new}" for old, new in foreseen.moved]
    groups = {
        "added": foreseen.added,
        "changed": foreseen.changed,
        "moved": moves,
        "deleted": foreseen.deleted,
        "retried": foreseen.retried,
        "extracted anew: their recipe has changed": foreseen.recipe_changed,
    }
    for name, paths in groups.items():
        if paths:
            out.print(f"  {len(paths):,} {name}")
            for path in paths[:SHOWN_PATHS]:
                out.print(f"    {console.cell(path)}")
            if len(paths) > SHOWN_PATHS:
                out.print(f"    … and {len(paths) - SHOWN_PATHS:,} more")
    counts = {
        "cut anew: their recipe has changed": foreseen.cut_anew,
        "embedded anew: the model has changed": foreseen.embedded_anew,
        "get another access list": foreseen.access_changed,
    }
    for name, number in counts.items():
        if number:
            out.print(f"  {number:,} {name}")
    if any(groups.values()) or any(counts.values()) or foreseen.tokens:
        _show_work(foreseen)
    elif not foreseen.refused:
        out.print("  nothing to do")
    if foreseen.refused:
        console.error(f"  {foreseen.refused}")


def _show_work(foreseen: Forecast) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("stage")
    table.add_column("work", justify="right")
    table.add_column("")
    table.add_column("seconds", justify="right")
    table.add_column("memory, MB", justify="right")
    for one in foreseen.stages:
        memory = f"{one.memory_bytes >> 20:,}" if one.memory_bytes else ""
        amount = f"{one.amount:,.0f}" if one.amount >= 10 else f"{one.amount:,.2g}"
        table.add_row(one.stage, amount, one.unit, f"{one.seconds:,.1f}", memory)
    table.add_row("in all", f"{foreseen.pages:,}", "pages", f"{foreseen.seconds:,.1f}", "")
    console.out.print(table)
    console.out.print(f"  {_grounds(foreseen)}")


def _grounds(foreseen: Forecast) -> str:
    """What the seconds rest on, and how far they were off before."""
    if foreseen.error is None:
        return (
            "Seconds by the rates of the documentation: nothing was ingested on this machine yet."
        )
    ingests = f"{foreseen.ingests:,} ingests" if foreseen.ingests > 1 else "one ingest"
    return (
        f"Seconds as {ingests} on this machine took; the last forecasts were off by "
        f"{foreseen.error:.0%}."
    )
