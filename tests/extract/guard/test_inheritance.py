"""Which modules a supervisor imports on a worker's word."""

from __future__ import annotations

import ast
import sys

import pytest

from doclake.extract.guard.inheritance import PACKAGES, inherited

HERE = {"doclake", "pydantic", "pyseccomp"}  # not of a reader


def test_the_list_names_the_packages_that_readers_import(repository):
    imported, package = set(), repository / "doclake"
    for file in [*(package / "extract").rglob("*.py"), package / "language.py"]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    tops = {name.split(".")[0] for name in imported} - sys.stdlib_module_names
    assert tops - HERE == PACKAGES


@pytest.mark.parametrize(
    "name", ["lxml.etree", "pymupdf", "encodings.cp949", "doclake.extract.formats.pdf.pdf"]
)
def test_modules_of_readers_are_inherited(name):
    assert inherited([name]) == {name}


@pytest.mark.parametrize(
    "name",
    [
        *("unittest.__main__", "antigravity", "this", "idlelib.idle", "os", "dagster", "torch"),
        *("pymupdf.__main__", "numpy._pyinstaller", "lxml.", ".lxml", "lxml..etree", "lxml etree"),
        *("", "doclake", "doclake.operate.removal", "doclakes.extract.x", "\ud800", "lxmlx.etree"),
    ],
)
def test_no_other_module_is_inherited(name):
    assert inherited([name]) == set()
