"""From a chunk to its bytes, and from a document or a source to what was made of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from email.message import EmailMessage
from typing import Any

import pytest

from doclake.govern import erasure, erasure_targets, lineage
from doclake.lake.scope import Scope


@pytest.fixture
def mailed(flow):
    """A mail with an attachment that holds a page, among the small documents."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "The well", "a@example.com", "b@example.com"
    mail.set_content("The well was dug in March.\n")
    mail.add_attachment("The pump stands in the shed.\n", filename="pump.txt")
    (flow.documents / "well.eml").write_bytes(bytes(mail))
    flow.run(run_id="a-run")
    return flow


def _chunks(flow, path: str) -> list[dict[str, Any]]:
    rows = flow.lake.read("chunks", Scope("notes"), ["chunk_id", "path", "doc_id"]).to_pylist()
    return [row for row in rows if row["path"] == path]


def test_a_chunk_leads_to_its_elements_its_vector_the_index_and_the_bytes(flow):
    (chunk, *_) = _chunks(flow, "garden.md")
    (found,) = lineage.find(flow.project, chunk["chunk_id"])
    assert isinstance(found, lineage.ChunkLineage)
    data = (flow.documents / "garden.md").read_bytes()
    assert found.document.content_hash == hashlib.sha256(data).hexdigest()
    assert found.document.size == len(data)
    assert found.elements
    assert {element.type for element in found.elements} <= {"Title", "NarrativeText"}
    assert [vector.model_name for vector in found.vectors] == ["all-MiniLM-L6-v2"]
    assert found.index == flow.project.index.state().table
    assert all(recipe.is_current for recipe in found.document.recipes.values())
    assert found.document.versions["chunks"] == flow.lake.version("chunks")


def test_what_is_inside_a_document_names_its_containers_and_the_document_what_is_inside(mailed):
    (inner,) = lineage.find(mailed.project, "well.eml!/pump.txt")
    assert isinstance(inner, lineage.DocumentLineage)
    assert inner.containers == ["well.eml"]
    assert inner.size == (mailed.documents / "well.eml").stat().st_size  # what was listed
    (outer,) = lineage.find(mailed.project, "well.eml")
    assert outer.inside == ["well.eml!/pump.txt"]
    assert set(outer.chunk_ids) == {row["chunk_id"] for row in _chunks(mailed, "well.eml")}
    assert (inner.run_id, outer.run_id) == ("a-run", "a-run")
    assert outer.made["chunks"] == outer.made["indexed"] == len(outer.chunk_ids)


def test_rows_of_a_former_recipe_are_told_from_those_of_today(flow):
    recipe = {"chunk": {"max_tokens": 60}}
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "recipe": recipe}
    flow.configure(sources={"notes": source})
    (found,) = lineage.find(flow.project, "garden.md")
    current = {stage: recipe.is_current for stage, recipe in found.recipes.items()}
    assert current == {"extraction": True, "chunking": False, "model": True}


def test_a_source_counts_what_was_made_of_it_by_recipe_and_run(mailed):
    (found,) = lineage.find(mailed.project, "notes")
    assert found.documents == {"ok": 6, "failed": 1}
    assert found.made["chunks"] == mailed.lake.read("chunks").num_rows
    assert found.runs == {"a-run": 2}
    assert sum(found.recipes["chunking"].values()) == 7  # the failed one too: nothing to cut


def test_a_failed_document_and_one_that_waits_have_a_lineage_as_far_as_they_came(flow):
    (failed,) = lineage.find(flow.project, "broken.pdf")
    assert (failed.status, failed.made["chunks"], failed.chunk_ids) == ("failed", 0, [])
    assert failed.error
    shutil.rmtree(flow.folder / "lake/index")
    (chunk, *_) = _chunks(flow, "garden.md")
    (found,) = lineage.find(flow.project, chunk["chunk_id"])
    assert found.index is None


def test_the_command_shows_no_text_and_says_when_there_is_nothing(flow, command, capsys):
    (chunk, *_) = _chunks(flow, "garden.md")
    for name in ("notes", "garden.md", chunk["chunk_id"]):
        assert command("lineage", name) == 0
        shown = capsys.readouterr().out
        assert command("lineage", name, "--json") == 0
        told = capsys.readouterr().out
        assert "Tomatoes" not in shown + told
        assert json.loads(told)["kind"] in ("source", "document", "chunk")
    assert "SHA-256" in shown
    assert "garden.md" in shown
    assert command("lineage", "elsewhere") == 1
    assert "No source, document or chunk" in capsys.readouterr().out


def test_of_an_erased_document_it_is_told_when_and_that_nothing_is_left(flow, command, capsys):
    targets = erasure_targets.of_documents(flow.project, ["tools.txt"], None)
    erasure_id = erasure.begin(flow.project, targets, by="kim", reason="She asked.")
    (begun,) = (one for one in lineage.find(flow.project, "tools.txt") if one.status == "erased")
    assert begun.erasure.completed_at is None
    assert command("lineage", "tools.txt") == 0
    assert "`doclake erase --yes` finishes it" in capsys.readouterr().out
    done = erasure.finish(flow.project, erasure_id)
    for name in ("tools.txt", begun.doc_id):
        (found,) = lineage.find(flow.project, name)
        assert found.erasure.completed_at.isoformat() == done.completed_at
        assert command("lineage", name) == 0
        told = capsys.readouterr().out
        assert f"erased {found.erasure.begun_at:%Y-%m-%d %H:%M} UTC by kim, for She asked." in told
        assert "nothing of it is left" in told
        assert erasure_id in told
        assert "not read yet" not in told
    assert command("lineage", "tools.txt", "--json") == 0
    assert json.loads(capsys.readouterr().out)["erasure"]["erasure_id"] == erasure_id
