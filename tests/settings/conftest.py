"""Settings files as tests write them, without settings from outside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.settings.written import Config


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DOCLAKE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """`config({...})`: a doclake.yaml of these settings, with a folder `docs` beside it."""
    (tmp_path / "docs").mkdir()

    def write(data: Any = None, text: str | None = None) -> Path:
        file = tmp_path / "doclake.yaml"
        file.write_text(text if text is not None else yaml.safe_dump(data), "utf-8")
        return file

    return write
