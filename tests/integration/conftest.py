from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import dagster as dg
import pytest

# importlib import mode keeps tests out of sys.path, so this helper is loaded by its file.
_spec = importlib.util.spec_from_file_location("project", Path(__file__).with_name("project.py"))
assert _spec and _spec.loader
_module = importlib.util.module_from_spec(_spec)
sys.modules["project"] = _module
_spec.loader.exec_module(_module)
Project = _module.Project


@pytest.fixture
def project(tmp_path: Path, instance: dg.DagsterInstance) -> Project:
    return Project(tmp_path / "project", instance)
