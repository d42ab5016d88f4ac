"""doclake dev"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doclake.errors import SettingsError
from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.settings import Settings


def command(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: one that is free")] = 3000,
) -> None:
    """Open the Dagster UI over this doclake.yaml, with sensors and schedules running.

    Its history lies in DAGSTER_HOME, else in the folder of doclake.yaml, where it writes a
    dagster.yaml if there is none.
    """
    from doclake.serve.run import listen

    settings = console.load_settings()
    with listen(host, port) as free:  # says so if it is taken
        port = free.getsockname()[1]
    prepare_home(settings)
    program, arguments, environment = started(settings, host, port)
    console.err.print(f"The Dagster UI comes up at http://{host}:{port}; Ctrl-C ends it.")
    os.chdir(settings.config_dir)  # relative folders in dagster.yaml start there
    interrupts.unblock()
    os.execve(program, arguments, environment)  # noqa: S606


def prepare_home(settings: Settings) -> None:
    """A dagster.yaml, if nobody named a home and the folder has none. Of another home it says what
    is wrong with it; raises `SettingsError` if Dagster could not read it."""
    from doclake.operate.check import machine
    from doclake.project import Project
    from doclake.settings import scaffold

    if not os.environ.get("DAGSTER_HOME"):
        for file in scaffold.dagster_file(settings.config_dir):
            told = f"wrote {console.cell(file)}: it keeps the history of runs and reports to nobody"
            console.err.print(told, soft_wrap=True)
    result = machine.dagster(Project.of(settings))
    if result.state == "failed":
        raise SettingsError(f"{result.found}.", mend=result.mend)
    if result.state != "ok":
        console.err.print(f"{console.cell(result.found)}. {result.mend}", soft_wrap=True)


def started(settings: Settings, host: str, port: int) -> tuple[Path, list[str], dict[str, str]]:
    """The program, its arguments and its environment."""
    from doclake.settings import CONFIG_VARIABLE

    folder = settings.config_dir.resolve()
    # What other programs of Dagster have left to be reported is not sent, either.
    environment = os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
    named = console.config or os.environ.get(CONFIG_VARIABLE) or folder
    environment[CONFIG_VARIABLE] = str(Path(named).expanduser().resolve())
    if (folder / "dagster.yaml").is_file():
        environment.setdefault("DAGSTER_HOME", str(folder))
    workspace = folder / "workspace.yaml"
    location = (
        ["-w", str(workspace)]
        if workspace.is_file()
        else ["-m", "doclake_dagster.pipelines.definitions"]
    )
    program = Path(sys.executable).with_name("dagster")
    where = ["--host", host, "--port", str(port)]
    return program, [str(program), "dev", *location, *where], environment
