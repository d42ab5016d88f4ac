"""doclake doctor"""

from __future__ import annotations

import typer

from pipelines.cli import console
from pipelines.cli.console import Json


def command(json: Json = False) -> None:
    """Check every invariant of the lake against what is stored; exit 1 if one does not hold."""
    from doclake.health import doctor

    findings = doctor.examine(console.open_project())
    for finding in findings:
        if json:
            console.print_json(vars(finding))
        else:
            console.error(f"{finding.check}: {finding.message}", f"    {finding.mend}")
    if findings:
        raise typer.Exit(1)
    if not json:
        console.out.print("Every invariant holds.")
