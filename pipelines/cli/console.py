"""What the commands share: the settings file, the two consoles, JSON output."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console

from doclake import settings as doclake_settings
from doclake.settings import Settings

config: Path | None = None
out = Console(width=None if sys.stdout.isatty() else 100)
err = Console(stderr=True)


def load_settings() -> Settings:
    return doclake_settings.load(config)


def error(message: str) -> None:
    err.print(message, style="red", markup=False, highlight=False)


def cell(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def print_json(value: Any) -> None:
    """One line of JSON on standard output, whatever the width of the terminal."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, else of the folder of doclake.yaml if dagster.yaml is there.

    Without either, runs leave no history behind; the lake is the same.
    """
    if not os.environ.get("DAGSTER_HOME") and (settings.config_dir / "dagster.yaml").is_file():
        os.environ["DAGSTER_HOME"] = str(settings.config_dir.resolve())
        os.chdir(settings.config_dir)  # relative folders in dagster.yaml start there
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
    else:
        with dg.DagsterInstance.ephemeral() as instance:
            yield instance
