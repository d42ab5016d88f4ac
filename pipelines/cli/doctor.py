"""doclake doctor"""

import typer

from doclake.health import doctor
from doclake.lake.lake import Lake
from pipelines.cli import console
from pipelines.cli.console import Json


def command(json: Json = False) -> None:
    """Check every invariant of the lake against what is stored; exit 1 if one does not hold."""
    settings = console.load_settings()
    findings = doctor.examine(Lake(settings.lake_url), settings)
    for finding in findings:
        if json:
            console.print_json(vars(finding))
        else:
            console.error(f"{finding.check}: {finding.message}\n    {finding.mend}")
    if findings:
        raise typer.Exit(1)
    if not json:
        console.out.print("Every invariant holds.")
