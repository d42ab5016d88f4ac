"""How `doclake ingest --dry-run` shows what it foresees."""

from __future__ import annotations

from doclake.operate.forecast import Forecast
from doclake_dagster.pipelines.cli import console, grid

SHOWN_PATHS = 20


def show(foreseen: Forecast) -> None:
    say = console.say
    say(foreseen.source, style="bold")
    moves = [f"{old} → {new}" for old, new in foreseen.moved]
    groups = {
        "added": foreseen.added,
        "changed": foreseen.changed,
        "moved": moves,
        "deleted": foreseen.deleted,
        "retried": foreseen.retried,
        "extracted anew: the recipe has changed": foreseen.recipe_changed,
    }
    for name, paths in groups.items():
        if paths:
            say(f"  {len(paths):,} {name}")
            for path in paths[:SHOWN_PATHS]:
                say(f"    {console.cell(path)}")
            if len(paths) > SHOWN_PATHS:
                say(f"    … and {len(paths) - SHOWN_PATHS:,} more")
    if foreseen.erased:
        say(f"  {foreseen.erased:,} left out: erased")
    counts = {
        "cut anew: the recipe has changed": foreseen.cut_anew,
        "embedded anew: the model has changed": foreseen.embedded_anew,
        "given another access list": foreseen.access_changed,
    }
    for name, number in counts.items():
        if number:
            say(f"  {number:,} {name}")
    if any(groups.values()) or any(counts.values()) or foreseen.tokens:
        _show_work(foreseen)
    elif not foreseen.refused:
        say("  nothing to do")
    if foreseen.refused:
        console.error(f"  {foreseen.refused}")


def _show_work(foreseen: Forecast) -> None:
    rows = []
    for one in foreseen.stages:
        memory = f"{one.memory_bytes >> 20:,}" if one.memory_bytes else ""
        amount = f"{one.amount:,.0f}" if one.amount >= 10 else f"{one.amount:,.2g}"
        rows.append([one.stage, amount, one.unit, f"{one.seconds:,.1f}", memory])
    rows.append(["in all", f"{foreseen.pages:,}", "pages", f"{foreseen.seconds:,.1f}", ""])
    headings = ("stage", "work", "", "seconds", "memory, MB")
    grid.show(headings, rows, ("work", "seconds", "memory, MB"))
    console.say(f"  {_grounds(foreseen)}")


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
