"""Cost follows the change: what a second run does, and what it leaves alone."""

from __future__ import annotations

import os

import pytest

from doclake.search.searcher import Searcher
from doclake.stages import embeddings
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import ingest

GARDEN = "# Garden\n\n{first}\n\n## Pond\n\nThe pond holds {pond} litres of rain water.\n"


def _garden(first: str = "Tomatoes grow along the south wall.", pond: str = "900") -> str:
    return GARDEN.format(first=first, pond=pond)


def test_a_second_run_parses_and_embeds_nothing(project):
    project.write("garden.md", _garden())
    project.write("정원.md", "# 정원\n\n남쪽 담장을 따라 토마토가 자란다.\n")
    first = project.ingest().metadata
    assert first["elements"]["documents_done"] == 2
    assert first["embeddings"]["embedded"] >= 3

    second = project.ingest().metadata
    assert second["documents"]["documents_done"] == 0
    assert second["documents"]["documents_unchanged"] == 2
    for stage in ("elements", "chunks", "embeddings"):
        assert second[stage]["documents_done"] == 0
        assert second[stage]["rows_written"] == 0
    assert "partitions" not in second["search_index"]
    assert project.balance().balanced


@pytest.mark.slow
def test_a_touched_file_is_read_but_not_parsed(project):
    path = project.write("garden.md", _garden())
    project.ingest()
    os.utime(path, (1, 1))
    metadata = project.ingest().metadata
    assert metadata["elements"]["touched"] == 1
    assert metadata["elements"]["documents_done"] == 0


def test_an_edited_paragraph_embeds_only_its_chunk(project):
    path = project.write("garden.md", _garden())
    project.ingest()
    before = {row["chunk_id"] for row in project.lake.read("chunks").to_pylist()}
    path.write_text(_garden(pond="1,200"))
    metadata = project.ingest().metadata
    assert metadata["embeddings"]["embedded"] == 1
    after = {row["chunk_id"] for row in project.lake.read("chunks").to_pylist()}
    assert len(after - before) == 1
    assert project.balance().balanced


@pytest.mark.slow
def test_a_moved_and_a_copied_file_embed_nothing(project):
    path = project.write("garden.md", _garden())
    project.ingest()
    path.rename(project.documents / "allotment.md")
    project.write("copy/garden.md", _garden())
    metadata = project.ingest().metadata
    assert metadata["embeddings"].get("embedded", 0) == 0
    assert set(project.texts()) == {"allotment.md", "copy/garden.md"}
    assert project.balance().balanced


@pytest.mark.slow
def test_a_changed_chunk_size_parses_nothing(project):
    project.write("garden.md", _garden(first="A sentence about soil. " * 60))
    project.ingest()
    chunks = len(project.lake.read("chunks"))
    project.configure(recipe={"chunk": {"max_tokens": 64}})
    metadata = project.ingest().metadata
    assert metadata["elements"]["documents_done"] == 0
    assert metadata["chunks"]["documents_done"] == 1
    assert len(project.lake.read("chunks")) > chunks
    assert project.balance().balanced


def test_a_changed_access_list_reaches_the_index_without_parsing_or_embedding(project):
    from doclake.search.searcher import Searcher

    project.write("garden.md", _garden())
    project.ingest()
    searcher = Searcher(project.project)  # it lives on
    assert searcher.search("tomatoes")
    source = {"url": "documents", "access": ["group:gardeners"], "buckets": 4}
    project.configure(sources={"notes": source})
    assert searcher.search("tomatoes") == []
    metadata = project.ingest().metadata
    assert metadata["documents"]["access changed"] == 1
    for stage in ("elements", "chunks", "embeddings"):
        assert metadata[stage]["documents_done"] == 0
    assert {tuple(row) for row in project.lake.read("chunks")["access"].to_pylist()} == {
        ("group:gardeners",)
    }
    assert searcher.search("tomatoes") == []
    assert searcher.search("tomatoes", principals=["group:gardeners"])
    assert project.balance().balanced


@pytest.mark.slow
def test_groups_of_buckets_are_searchable_one_after_the_other(project, monkeypatch):
    """A run that fails in the second group has lost nothing of the first."""
    project.configure(processing={"group_documents": 1, "workers": 1})
    names = [f"note{number}.md" for number in range(6)]
    for number, name in enumerate(names):
        project.write(name, f"# Note {number}\n\nBarrel {number} holds salted herring.\n")
    calls, real = [], embeddings.run

    def failing(context, embedder):
        calls.append(context.buckets)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        return real(context, embedder)

    with monkeypatch.context() as patch:
        patch.setattr(embeddings, "run", failing)
        (failed,) = ingest(
            project.project, source_jobs(project.project, ["notes"]), project.instance
        )
    assert (failed.success, len(calls)) == (False, 2)
    assert failed.error is not None and "the disk is full" in failed.error
    hits = Searcher(project.project).search("salted herring", k=20)
    first = {hit.path for hit in hits}
    assert 0 < len(first) < len(names)

    second = project.ingest().metadata
    assert second["embeddings"]["embedded"] == len(names) - len(first)
    assert second["search_index"]["dagster/row_count"] == len(names)
    assert second["documents"]["documents_unchanged"] == len(names)
    assert project.balance().balanced
