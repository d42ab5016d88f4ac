from __future__ import annotations

import sys
from pathlib import Path

import dagster as dg
import pytest

# importlib import mode keeps tests out of sys.path; the helpers here import each other.
sys.path.insert(0, str(Path(__file__).parent))

from project import SmallProject


@pytest.fixture
def project(tmp_path: Path, instance: dg.DagsterInstance) -> SmallProject:
    return SmallProject(tmp_path / "project", instance)
