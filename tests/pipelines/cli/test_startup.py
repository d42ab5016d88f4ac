"""A command imports what it works with, and nothing that only other commands need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = {"sentence_transformers", "tokenizers", "torch", "transformers"}
PARSERS = {"pymupdf", "pypdfium2", "unstructured"}
UNNEEDED = {
    "--help": {"dagster", "deltalake", "numpy", "pyarrow", "pydantic", "yaml"},
    "status": {"dagster", "great_expectations", "lancedb"} | MODELS | PARSERS,
    "search": {"dagster", "great_expectations", "lancedb", "pandas"}
    | (MODELS - {"tokenizers"})
    | PARSERS,
    "ingest": {"great_expectations", "lancedb", "matplotlib"} | MODELS | PARSERS,
}
RUN_AND_LIST = """
import sys
from pathlib import Path
from doclake_dagster.pipelines.cli.app import app
app(sys.argv[2:], standalone_mode=False)
Path(sys.argv[1]).write_text("\\n".join(sys.modules))
"""


@pytest.mark.parametrize("command", UNNEEDED)
def test_a_command_imports_nothing_that_only_others_need(flow, repository, tmp_path, command):
    """Over a lake in which nothing is left to do."""
    listed = tmp_path / "modules"
    arguments = [command, *(["Where is the spade?"] if command == "search" else [])]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    environment |= {"DOCLAKE_CONFIG": str(flow.folder), "PYTHONPATH": str(repository)}
    subprocess.run(
        [sys.executable, "-c", RUN_AND_LIST, str(listed), *arguments],
        env=environment,
        cwd=Path(flow.folder),
        check=True,
        timeout=120,
    )
    imported = {name.partition(".")[0] for name in listed.read_text("utf-8").split()}
    assert imported >= {"typer"}
    assert not imported & UNNEEDED[command]
