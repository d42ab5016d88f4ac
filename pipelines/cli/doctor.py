"""doclake doctor"""

from __future__ import annotations

import typer

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json


def command(json: Json = False) -> None:
    """Check every invariant of the lake against what is stored; exit 1 if one does not hold.

    Every file is read. A damaged one is named, and everything else is checked all the same.

    Documents that gave less than they hold are named as well: the lake is sound with them.

    First it says which protections parsers have on this machine.
    """
    from doclake.extract.guard.guard import protections
    from doclake.health import doctor

    _print_protections(protections(), json)
    findings = doctor.examine(console.open_project())
    for finding in findings:
        if json:
            console.print_json({k: v for k, v in vars(finding).items() if v is not None})
        else:
            console.error(f"{finding.check}: {finding.message}", f"    {finding.mend}")
    if any(finding.invariant for finding in findings):
        raise typer.Exit(1)
    if not json:
        console.out.print("Every invariant holds.")


def _print_protections(protections: dict[str, bool], json: bool) -> None:
    missing = [name for name, stands in protections.items() if not stands]
    if json:
        console.print_json({"protections": protections})
    elif missing:
        console.out.print(f"This machine lacks protections of parsers: {', '.join(missing)}.")
    else:
        console.out.print(f"Parsers have all {len(protections)} protections.")
