"""The `doclake` command."""

import gc
import re
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from doclake import logs
from doclake.errors import (
    DoclakeError,
    FilterError,
    QuestionEmpty,
    RequestInvalid,
    SettingsError,
)
from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import (
    ask,
    audit,
    catalog,
    check,
    console,
    contract,
    curate,
    dev,
    doctor,
    erase,
    evaluate,
    export,
    extract,
    failures,
    generate,
    incidents,
    index,
    ingest,
    init,
    lineage,
    maintain,
    mcp,
    memory,
    metrics,
    plan,
    quarantine,
    remove,
    repair,
    replay,
    report,
    search,
    serve,
    sql,
    status,
    stream,
    tables,
    tune,
    watch,
    where,
)

app = typer.Typer(
    help="Documents in, trustworthy rows out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_IN_WORDS = {
    r"Input should be a valid integer.*": "give a whole number.",
    r"Input should be a valid number.*": "give a number.",
    r"Input should be greater than or equal to (\S+)": r"give at least \1.",
    r"Input should be less than or equal to (\S+)": r"give at most \1.",
}
app.command("init")(init.command)
app.command("check")(interrupts.tidying()(check.command))
app.command("ingest")(ingest.command)
app.command("watch")(watch.command)
app.command("stream")(stream.command)
app.command("search")(search.command)
app.command("ask")(ask.command)
app.command("sql")(interrupts.tidying()(sql.command))
app.command("mcp")(mcp.command)
app.command("evaluate")(interrupts.tidying()(evaluate.command))
app.command("generate")(interrupts.tidying()(generate.command))
app.command("export")(interrupts.tidying()(export.command))
app.command("tune")(interrupts.tidying()(tune.command))
app.command("plan")(plan.command)
app.command("status")(status.command)
app.command("dev")(dev.command)
app.command("extract")(extract.command)
app.command("doctor")(doctor.command)
app.command("failures")(failures.command)
app.command("where")(where.command)
app.command("lineage")(lineage.command)
app.command("tables")(tables.command)
app.command("replay")(interrupts.tidying()(replay.command))
app.command("repair")(interrupts.tidying()(repair.command))
app.command("report")(interrupts.tidying()(report.command))
app.command("incidents")(incidents.command)
app.command("metrics")(metrics.command)
app.command("audit")(audit.command)
app.command("maintain")(interrupts.tidying()(maintain.command))
app.command("remove")(interrupts.tidying()(remove.command))
app.command("erase")(interrupts.tidying()(erase.command))
app.add_typer(catalog.app, name="catalog")
app.add_typer(contract.app, name="contract")
app.add_typer(curate.app, name="curate")
app.add_typer(memory.app, name="memory")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(index.app, name="index")
app.add_typer(serve.app, name="serve")


def _tell_version(wanted: bool) -> None:
    if wanted:
        console.out.print(f"doclake {version('doclake')}")
        raise typer.Exit


@app.callback()
def configure(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; else DOCLAKE_CONFIG, else ./doclake.yaml")
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    console.config = config


def _tell_misuse(error: typer.TyperException) -> None:
    """What is wrong with the arguments, in words: typer's are those of pydantic."""
    told = error.format_message()
    for pattern, words in _IN_WORDS.items():
        told = re.sub(pattern, words, told)
    command = getattr(getattr(error, "ctx", None), "command_path", "doclake")
    if told:  # else it has shown the help
        told += "" if told.endswith((".", "?", "!")) else "."
        console.error(f"{told} `{command} --help` says what it takes.")


def _write_audit() -> None:
    """What a search gave is noted, also if somebody stops the process that has shown it."""
    audit_of_searches = sys.modules.get("doclake.search.audit")  # else nothing was given
    if audit_of_searches is not None:
        audit_of_searches.write()


def main() -> None:
    # Importing torch and its like makes a million objects that live on: collecting garbage every
    # 700 of them, Python's default, took a tenth of a short run.
    gc.set_threshold(50_000, 20, 20)
    logs.make_safe()
    interrupts.before_end(_write_audit)
    try:
        try:
            code = app(standalone_mode=False)
        finally:
            interrupts.leave()
        sys.exit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        _tell_misuse(error)
        sys.exit(error.exit_code)
    except typer.Abort:  # a question that was answered with no
        console.error("Nothing was changed.")
        sys.exit(1)
    except SettingsError as error:
        in_lines = "file" in error.facts  # a settings file has a line for each problem
        console.error(*(str(error).split("\n") if in_lines else [str(error)]))
        sys.exit(2)
    except DoclakeError as error:
        console.error(str(error))
        sys.exit(2 if isinstance(error, FilterError | QuestionEmpty | RequestInvalid) else 1)
    except Exception as error:  # a bug, or what a library let through: with its traceback
        console.error(*"".join(traceback.format_exception(error)).rstrip().split("\n"))
        sys.exit(1)
    finally:
        # The system frees it all at once; sorting through it object by object took seconds.
        gc.freeze()
