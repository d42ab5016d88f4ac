"""`doclake init` writes a folder that works as it stands, and touches nothing that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from doclake import settings
from doclake.errors import SettingsError
from doclake.settings import Settings, scaffold
from doclake.sources import open_source

ROOT = Path(__file__).parents[2]


def test_the_new_folder_loads_and_lists_its_welcome(tmp_path: Path) -> None:
    written = scaffold.init(tmp_path / "lake" / "here")
    assert {str(file.relative_to(tmp_path / "lake" / "here")) for file in written} == {
        "doclake.yaml",
        "workspace.yaml",
        "dagster.yaml",
        "documents/welcome.md",
    }
    loaded = settings.load(tmp_path / "lake" / "here")
    source = loaded.sources["documents"]
    assert source.access == ("everyone",)
    (batch,) = open_source("documents", source, loaded).list()
    assert batch.column("path").to_pylist() == ["welcome.md"]


def test_dagster_loads_the_new_folder(tmp_path: Path) -> None:
    scaffold.init(tmp_path)
    command = [sys.executable, "-m", "dagster", "definitions", "validate"]
    environment = os.environ | {"DAGSTER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("DOCLAKE_CONFIG", None)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation successful for code location doclake" in done.stdout + done.stderr


def test_the_welcome_is_in_english_and_korean(tmp_path: Path) -> None:
    scaffold.init(tmp_path)
    text = (tmp_path / "documents" / "welcome.md").read_text("utf-8")
    assert "Welcome" in text
    assert "환영합니다" in text


def test_what_is_commented_out_are_the_defaults(tmp_path: Path) -> None:
    scaffold.init(tmp_path)
    text = (tmp_path / "doclake.yaml").read_text("utf-8")
    told = "\n".join(
        re.sub(r"^(\s*)# (?=\s*(#|[a-z_]+:(\s|$)))", r"\1", line) for line in text.splitlines()
    )
    data = yaml.safe_load(told)
    data["processing"].pop("workers")  # the number of CPUs: no file can know it
    full = Settings(**data, config_dir=tmp_path)
    assert full == settings.load(tmp_path).read_from(None)
    assert set(data) == set(Settings.model_fields) - {"config_dir"}
    assert set(data["sources"]["documents"]) == set(settings.SourceSettings.model_fields)
    assert set(data["recipe"]["chunk"]) == set(settings.ChunkRecipe.model_fields)


def test_existing_files_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("mine")
    with pytest.raises(SettingsError, match=r"exist already: .*dagster\.yaml"):
        scaffold.init(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["dagster.yaml"]
    assert (tmp_path / "dagster.yaml").read_text() == "mine"


def test_a_second_init_is_refused(tmp_path: Path) -> None:
    scaffold.init(tmp_path)
    with pytest.raises(SettingsError) as error:
        scaffold.init(tmp_path)
    assert len(error.value.problems) == 4


def test_a_file_in_place_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SettingsError, match="taken"):
        scaffold.init(tmp_path / "taken")


def test_the_instance_settings_are_those_of_the_repository() -> None:
    ours = (ROOT / "dagster.yaml").read_text("utf-8")
    assert (ROOT / "doclake" / "templates" / "dagster.yaml").read_text("utf-8") == ours
