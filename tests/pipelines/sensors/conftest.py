from __future__ import annotations

import pytest
import yaml

from doclake.project import Project


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notes").mkdir()
    for number in range(6):
        (tmp_path / "notes" / f"{number}.txt").write_text(f"Note {number}.")
    source = {"url": "notes", "access": ["everyone"], "buckets": 1}
    config = {"lake": "lake", "sources": {"notes": source}}
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
    return Project.open(tmp_path)
