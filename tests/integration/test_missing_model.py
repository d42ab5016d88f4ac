"""What goes on while the folder of the embedding model is not there, and that nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest

from doclake.embed import resolve
from doclake.errors import ModelError
from doclake.health import balance, counts
from doclake.lake.scope import Scope
from doclake.operate import maintenance
from doclake.project import Project
from doclake.search.searcher import Searcher
from doclake.settings import EmbeddingSettings
from doclake.stages import chunks, documents, elements, search_index
from doclake.tables.embeddings import EMBEDDINGS
from doclake_dagster.pipelines.definitions import build_definitions
from tests.copied import copy_project
from tests.flow import Flow

LOCAL = {"model": "./model", "device": "cpu"}


def _lay_out_model(folder: Path) -> None:
    """A local model: a folder with a link to each file of a bundled one."""
    bundled = resolve(EmbeddingSettings(model="all-MiniLM-L6-v2")).folder
    for file in bundled.rglob("*"):
        if file.is_file():
            link = folder / file.relative_to(bundled)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local_model") / "project"
    (folder / "documents").mkdir(parents=True)
    _lay_out_model(folder / "model")
    Flow.write_settings(folder, embedding=LOCAL)
    flow = Flow(folder)
    flow.write("tools.txt", "The spade hangs by the door.\n")
    flow.write("pond.txt", "The pond holds 900 litres.\n")
    flow.run()
    return folder


@pytest.fixture
def flow(ingested: Path, tmp_path: Path) -> Flow:
    """An ingested lake whose model was in the folder `model`, and is not any more."""
    flow = Flow(copy_project(ingested, tmp_path / "flow"))
    search_index.run(flow.project, rebuild=True)  # it names the folder of this copy
    shutil.rmtree(flow.folder / "model")
    return flow


@pytest.fixture(params=["gone", "empty", "a file"])
def without_model(request: pytest.FixtureRequest, flow: Flow) -> Flow:
    """The states in which a mount leaves its place."""
    if request.param == "empty":
        (flow.folder / "model").mkdir()
    if request.param == "a file":
        (flow.folder / "model").write_text("")
    return flow


@pytest.mark.slow
def test_what_embeds_nothing_goes_on(without_model):
    project = Project.open(without_model.folder)
    assert project.model is None
    assert counts.total(balance.status(project)).balanced
    assert without_model.findings() == [
        (
            "model",
            "Mount it, put the model there, or correct embedding.model. Until then nothing is "
            "chunked, embedded or forgotten.",
        )
    ]
    before = project.lake.count_by("embeddings", ["model"])
    maintenance.run(project)
    assert project.lake.count_by("embeddings", ["model"]) == before
    definitions = build_definitions(project)
    dg.Definitions.validate_loadable(definitions)
    versions = {
        node.key.path[-1]: node.code_version
        for node in definitions.resolve_asset_graph().asset_nodes
        if node.key.path[-1] != "files"
    }
    unknown = {table for table, version in versions.items() if version is None}
    recipes = {"documents", "elements", "chunks", "signals", "embeddings", "search_index"}
    assert unknown & recipes == {"chunks", "embeddings", "search_index"}


def test_documents_are_extracted_and_what_needs_the_model_is_refused(without_model):
    flow = without_model
    flow.write("new.txt", "Leeks stand in bed three.\n")
    (flow.documents / "tools.txt").unlink()
    assert documents.run(flow.context()).counts["added"] == 1
    assert elements.run(flow.context()).documents == 1
    held = flow.lake.count_by("chunks", ["doc_id"])
    with pytest.raises(ModelError, match=r"model, cannot be read: .* Mount it"):
        chunks.run(flow.context())
    assert flow.lake.count_by("chunks", ["doc_id"]) == held


def test_the_index_follows_the_lake_and_keeps_its_model(flow):
    state = flow.project.index.state()
    flow.write("pond.txt", "The pond is empty.\n")
    documents.run(flow.context())
    elements.run(flow.context())
    search_index.run(flow.project)
    after = flow.project.index.state()
    assert (after.table, after.model) == (state.table, state.model)
    search_index.run(flow.project, rebuild=True)
    assert flow.project.index.state().model == after.model


def test_a_search_says_what_is_missing(without_model):
    with pytest.raises(ModelError, match="Mount it"):
        Searcher(without_model.project).search("Where is the spade?")


def test_a_model_that_moved_answers_from_its_new_place(flow):
    _lay_out_model(flow.folder / "moved")
    flow.configure(embedding={"model": "./moved", "device": "cpu"})
    state = flow.project.index.state()
    assert state.model == flow.project.model
    assert Searcher(flow.project).search("Where is the spade?")[0].path == "tools.txt"
    assert flow.run()["embeddings"].rows == 0


def test_the_sensor_that_reconciles_says_so_and_asks_for_no_run(flow):
    repository = build_definitions(flow.project).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        tick = repository.get_sensor_def("reconcile_notes").evaluate_tick(context)
    assert not tick.run_requests
    assert "Mount it" in tick.skip_message


def test_once_it_is_back_nothing_is_embedded_again(flow):
    search_index.run(flow.project)
    _lay_out_model(flow.folder / "model")
    reports = Flow(flow.folder).run()
    assert [reports[stage].rows for stage in ("chunks", "embeddings", "search_index")] == [0, 0, 0]


def test_vectors_of_another_model_are_kept_until_that_of_the_settings_has_some(flow):
    """Half of a new model is embedded, the index still uses the old one, and the folder goes."""
    rows = flow.lake.read("embeddings").to_pylist()
    half = pa.Table.from_pylist([row | {"model": "half"} for row in rows], EMBEDDINGS.schema)
    flow.lake.replace("embeddings", Scope("notes", where={"model": ["half"]}), half)
    # The second is written like a hub id, and taken for one while no such folder is there.
    for model in ("./model", "models/ours"):
        flow.configure(embedding={"model": model, "device": "cpu"})
        maintenance.run(flow.project)
        assert ("half",) in flow.lake.count_by("embeddings", ["model"])
    _lay_out_model(flow.folder / "model")
    flow.configure(embedding=LOCAL)
    maintenance.run(flow.project)
    assert set(flow.lake.count_by("embeddings", ["model"])) == {(flow.project.model,)}
