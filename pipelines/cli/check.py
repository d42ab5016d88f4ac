"""doclake check"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json

if TYPE_CHECKING:
    from doclake.operate.check.result import Result

COLORS = {"ok": "green", "warning": "yellow", "failed": "red"}


def command(json: Json = False) -> None:
    """Try what the settings need of the world, before anything runs; exit 1 if something failed."""
    from doclake.operate.check.run import examine

    results: dict[str, Result] = {}
    with console.err.status("checking") as status:
        for name, result in examine(console.config):
            results[name] = result
            if json:
                console.print_json({"check": name, **asdict(result)})
            status.update(f"checking: {len(results)} done")
    if not json:
        _show(results)
    if any(result.state == "failed" for result in results.values()):
        raise typer.Exit(1)


def _show(results: dict[str, Result]) -> None:
    from rich.text import Text

    widest = max(map(len, COLORS))
    for name, result in results.items():
        found = f"  {name}: {console.cell(result.found)}"
        lines = Text.assemble((result.state.ljust(widest), COLORS[result.state]), found)
        if result.mend:
            lines.append(f"\n{' ' * widest}  {console.cell(result.mend)}")
        console.say(lines)
