"""Imports run one way, pipelines → assets → resources → doclake, and stay light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

LAYERS = ("doclake", "resources", "assets", "pipelines")
HEAVY = (
    "deltalake",
    "great_expectations",
    "lancedb",
    "matplotlib",
    "pandas",
    "pymupdf",
    "sentence_transformers",
    "torch",
    "unstructured",
)


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: relative import"
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_from_those_below(repository, layer):
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    if layer == "doclake":
        above.add("dagster")
    for file in (repository / layer).rglob("*.py"):
        assert not _imports(file) & above, file


def _modules(file: Path) -> set[str]:
    """Every module named by an import, and every name taken from it, in full."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_the_public_part_of_dagster_is_imported(repository):
    """What begins with an underscore, and dagster_shared, may change in any release of Dagster."""
    private = re.compile(r"dagster\w*(\.\w+)*\._|dagster_shared\b")
    ours = [*LAYERS, "tests", "benchmarks"]
    files = [file for folder in ours for file in (repository / folder).rglob("*.py")]
    assert len(files) > 100
    named = {(str(file), module) for file in files for module in _modules(file)}
    assert not {(file, module) for file, module in named if private.match(module)}


def _run(code: str, repository: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_core_library_works_without_dagster(repository):
    code = (
        "import sys; sys.modules['dagster'] = None\n"
        "import doclake.search.searcher, doclake.stages.search_index, doclake.stages.elements\n"
        "print('fine')"
    )
    assert _run(code, repository) == "fine"


def test_the_code_location_loads_without_the_heavy_libraries(repository):
    code = (
        "import sys, pipelines.definitions as d, doclake.project as p\n"
        "d.build_definitions(p.Project.open()); print(*sorted(sys.modules))"
    )
    loaded = set(_run(code, repository).split())
    assert not loaded & set(HEAVY)


def test_the_code_location_loads_in_under_three_seconds(repository):
    code = (
        "import time; start = time.process_time()\n"
        "import pipelines.definitions as d, doclake.project as p\n"
        "d.build_definitions(p.Project.open()); print(time.process_time() - start)"
    )
    assert float(_run(code, repository)) < 3
