"""What `doclake check` finds in a sound project, and that each thing that is missing is told."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from doclake.errors import LakeError, ModelError
from doclake.operate.check import disk, embedding, machine, run, sources, stores
from doclake.operate.check.result import Result
from doclake.project import Project
from doclake.tables.upgrades import UPGRADES
from tests.flow import MODEL, Flow
from tests.sources.places import silent_server


def _found(folder: Path) -> dict[str, Result]:
    return dict(run.examine(folder))


def _contents(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture
def project(tmp_path: Path) -> Any:
    """`project(lake=..., ...)`: a project of these settings over one document."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("The spade hangs by the door.\n")

    def opened(**changes: Any) -> Project:
        source = {"url": "documents", "access": ["everyone"]} | changes.pop("source", {})
        config = {"lake": "lake", "embedding": MODEL, "sources": {"notes": source}} | changes
        (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
        return Project.open(tmp_path)

    return opened


def test_a_sound_project_is_ok_in_a_few_seconds_and_left_as_it_was(flow: Flow) -> None:
    (flow.folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    before, begun = _contents(flow.folder), time.process_time()
    found = _found(flow.folder)
    assert time.process_time() - begun < 10
    assert _contents(flow.folder) == before
    assert {name for name, result in found.items() if result.state != "ok"} == {"alerts"}
    assert found["source notes"].found == "5 documents in documents"
    assert "256 tokens" in found["embedding model"].found


def test_a_new_project_is_ok_and_gets_no_lake_by_that(project: Any) -> None:
    folder = project().settings.config_dir
    found = _found(folder)
    assert {name for name, result in found.items() if result.state == "failed"} == set()
    assert found["source notes"].found == "1 document in documents"
    assert not (folder / "lake").exists()


def test_documents_that_nobody_may_read_are_a_warning(project: Any) -> None:
    result = sources.source(project(source={"access": []}), "notes")
    assert result.state == "warning"
    assert result.found.startswith("1 document in documents, which no search finds")
    assert "sources.notes.access" in result.mend


def test_everything_that_is_missing_is_told_at_once(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("DAGSTER_HOME", "nowhere")
    with silent_server() as address:
        pass  # it is closed again
    options = {"endpoint_url": f"http://{address}"}
    (tmp_path / "lake").write_text("a file in place of a folder")
    project(
        embedding={"model": "./model"},
        limits={"file_mb": 10**9, "output_mb": 10**9},
        recipe={"extract": {"ocr_languages": ["tlh"]}},
        sources={
            "gone": {"url": "nowhere"},
            "refused": {"url": "s3://papers/docs", "storage_options": options},
            "sound": {"url": "documents", "access": ["everyone"]},
        },
    )
    found = _found(tmp_path)
    failed = {name for name, result in found.items() if result.state == "failed"}
    assert failed == {
        "source gone",
        "source refused",
        "lake",
        "search index",
        "disk of the lake",
        "temporary folder",
        "embedding model",
        "Tesseract",
        "Dagster",
    }
    assert found["source sound"].state == "ok"
    assert all(found[name].mend for name in failed)
    assert "nowhere: No such file" in found["source gone"].found
    assert "Could not connect" in found["source refused"].found
    assert "tesseract-ocr-tlh" in found["Tesseract"].mend


def test_wrong_settings_are_told_key_by_key(project: Any, tmp_path: Path) -> None:
    project()
    (tmp_path / "doclake.yaml").write_text("limits: {pages: 0}\nsources: {a: {url: 1}}\n")
    found = _found(tmp_path)
    assert set(found) == {"settings: limits.pages", "settings: sources.a.url"}
    assert {result.state for result in found.values()} == {"failed"}


def test_a_check_that_hangs_or_raises_hides_no_other(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Result:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(run, "SECONDS", 5.0)
    monkeypatch.setattr(embedding, "model", broken)
    with silent_server() as address:
        options = {"timeout": 8}
        project(source={"url": f"ftp://{address}/docs", "storage_options": options})
        found = _found(tmp_path)
    assert found["source notes"].found == "no answer within 5 s"
    assert found["embedding model"].found == "of all things"
    assert found["lake"].state == "ok"


@pytest.mark.parametrize(
    ("source", "state", "found"),
    [
        ({"include": ["*.pdf"]}, "warning", "the globs leave out all that is there (1)"),
        ({"url": "empty", "allow_empty": True}, "ok", "empty is empty, as `allow_empty` allows"),
    ],
)
def test_a_source_without_a_document_is_told_why(
    project: Any, tmp_path: Path, source: dict[str, Any], state: str, found: str
) -> None:
    (tmp_path / "empty").mkdir()
    result = sources.source(project(source=source), "notes")
    assert result.state == state
    assert found in result.found


def test_many_documents_are_counted_for_a_while_only(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "COUNT_SECONDS", 0.0)
    assert sources.source(project(), "notes").found == "at least 1 document in documents"


def test_a_lake_of_an_older_version_is_told_and_not_upgraded(flow: Flow) -> None:
    assert stores.upgrades(flow.project).state == "ok"
    folder = Path(flow.lake.table_url(UPGRADES.name))
    taken = folder.rename(folder.with_name("taken"))
    for _ in range(2):
        result = stores.upgrades(Project.open(flow.folder))
        assert result.state == "warning"
        assert "signatures_in_the_ledger" in result.found
    taken.rename(folder)


def test_an_index_of_another_model_is_told(flow: Flow) -> None:
    flow.configure(embedding={"model": "multilingual-e5-small"})
    result = stores.index(flow.project)
    assert result.state == "warning"
    assert "searches use all-MiniLM-L6-v2" in result.found


def test_a_lake_in_a_folder_that_is_none_is_refused(project: Any, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="cannot be written"):
        stores.lake(project(lake="documents/a.txt/lake"))
    with pytest.raises(LakeError, match="cannot be written"):
        stores.lake(project(lake="/proc/lake"))


def test_little_room_is_a_warning_before_it_is_a_failure(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free_mb, states in (
        (10_000, ("ok", "ok")),
        (600, ("warning", "ok")),
        (100, ("failed", "warning")),
        (10, ("failed", "failed")),
    ):
        usage = SimpleNamespace(free=free_mb << 20)
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda _, usage=usage: usage)
        opened = project(processing={"workers": 4})
        found = disk.temporary_folder(opened), disk.lake_folder(opened)
        assert tuple(result.state for result in found) == states


def test_a_model_that_only_the_hub_could_have_is_asked_for_there(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is fetched."""
    opened = project(embedding={"model": "org/no-such-model"})
    with pytest.raises(ModelError, match="could not be fetched"):
        embedding.model(opened)
    monkeypatch.setattr(
        embedding.hub, "require_on_hub", lambda *_: None
    )  # no hub can be asked here
    assert embedding.model(opened).state == "warning"


def test_chunks_that_are_longer_than_a_local_model_takes_are_told(
    project: Any, tmp_path: Path
) -> None:
    bundled = embedding.Embedder(project().settings.embedding).source.folder
    (tmp_path / "model").symlink_to(bundled)
    source = {"recipe": {"chunk": {"max_tokens": 300}}}
    result = embedding.model(project(embedding={"model": "./model"}, source=source))
    assert result.state == "failed"
    assert result.mend == "Set sources.notes.recipe.chunk.max_tokens to 256 at most."


def test_a_project_without_ocr_needs_no_tesseract(project: Any) -> None:
    opened = project(recipe={"extract": {"ocr": "off", "ocr_languages": ["tlh"]}})
    assert machine.tesseract(opened).state == "ok"


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (None, "warning"),
        ("- no\n- mapping\n", "failed"),
        ("a: [1", "failed"),
        ("a: 1", "warning"),
        ("telemetry: {enabled: true}", "warning"),
        ("telemetry: {enabled: false}", "ok"),
    ],
)
def test_the_home_of_dagster_is_looked_at(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, state: str
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    if content is not None:
        (tmp_path / "dagster.yaml").write_text(content)
    opened = project()
    assert machine.dagster(opened).state == state
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert machine.dagster(opened).state == state
    monkeypatch.setenv("DAGSTER_HOME", os.path.relpath(tmp_path))
    assert machine.dagster(opened).state == "failed"


def test_where_news_goes_is_told_and_no_address(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_ALERTS__WEBHOOK", "https://hooks.example/hunter2")
    result = machine.alerts(project())
    assert result.state == "ok"
    assert "hunter2" not in repr(result)
