"""A vector that is no vector is kept apart, and the chunk that waits for it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from doclake import ids
from doclake.embed import Embedded, Embedder
from doclake.embed.backends.in_process import InProcess
from doclake.health import balance
from doclake.health.counts import total
from doclake.progress import Step
from doclake.project import Project
from doclake.settings import EmbeddingSettings
from doclake.stages import chunks, documents, elements, embeddings
from doclake.stages.context import StageContext

POISON = "poison"


class FaultyEmbedder(Embedder):
    """The real model, whose device returns zeros for one text: a fault that hardware can have."""

    faulty = True

    def embedded(self, documents) -> Embedded:
        embedded = super().embedded(documents)
        for row, item in enumerate(documents.items):
            if self.faulty and POISON in item.text:
                embedded.vectors[row] = 0
        return embedded


@pytest.fixture
def context(tmp_path: Path) -> StageContext:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\nA text like any other.\n")
    (folder / "bad.md").write_text(f"# Bad\n\nThis one is {POISON} to the device.\n")
    source = {"url": "documents", "access": ["everyone"], "buckets": 1}
    config = {"sources": {"notes": source}, "embedding": {"model": "all-MiniLM-L6-v2"}}
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config | {"lake": "lake"}))
    return StageContext.whole(Project.open(tmp_path), "notes")


def test_a_zero_vector_goes_to_quarantine_and_a_good_one_takes_its_place(context):
    for stage in (documents, elements, chunks):
        stage.run(context)
    embedder = FaultyEmbedder(EmbeddingSettings(model="all-MiniLM-L6-v2"))
    report = embeddings.run(context, embedder)
    assert report.rules["vector_is_a_unit"].broken == 1
    (row,) = context.lake.read("quarantine").to_pylist()
    assert (row["stage"], row["rule"]) == ("embeddings", "vector_is_a_unit")
    (chunk,) = [c for c in context.lake.read("chunks").to_pylist() if POISON in c["text"]]
    assert (row["doc_id"], row["key"]) == (chunk["doc_id"], chunk["text_hash"])
    assert POISON not in (row["evidence"] or "")
    found = total(balance.status(context.project))
    assert not found.balanced
    assert any("no vector" in problem for problem in found.problems)

    embedder.faulty = False
    embeddings.run(context, embedder)
    assert context.lake.read("quarantine").num_rows == 0
    assert context.lake.read("embeddings").num_rows == 2


def test_a_refused_text_of_two_buckets_is_quarantined_in_both_by_one_run(flow, monkeypatch):
    monkeypatch.setattr(embeddings, "GROUP_CHUNKS", 1)
    flow.write("a.md", f"# Shed\n\nThe key is {POISON}.\n")
    flow.write("c.md", f"# Shed\n\nThe key is {POISON}.\n")
    for stage in (documents, elements, chunks):
        stage.run(flow.context())
    embeddings.run(flow.context(), FaultyEmbedder(flow.settings.embedding))
    rows = flow.lake.read("quarantine", columns=["bucket", "key"]).to_pylist()
    assert len({row["bucket"] for row in rows}) == 2
    assert len({row["key"] for row in rows}) == 1


def test_the_report_tells_tokens_and_pace(flow):
    flow.write("long.md", "# Long\n\n" + "Tomatoes grow along the south wall. " * 40)
    steps: list[Step] = []
    counts = flow.run(progress=steps.append)["embeddings"].counts
    rows = flow.lake.read("chunks", columns=["path", "tokens"]).to_pylist()
    assert counts["tokens"] == sum(row["tokens"] for row in rows if row["path"] == "long.md")
    assert counts["tokens_per_second"] > 0
    assert counts["gigaflops_per_second"] > 0
    last = [step for step in steps if step.stage == "embeddings"][-1]
    assert last.done == last.total
    assert last.pace.endswith(" tokens/s")


@pytest.mark.slow
@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("together", [10_000, 1])
def test_a_text_of_two_buckets_is_embedded_once_and_stands_in_both(
    flow, monkeypatch, together, beside
):
    """Whether groups are committed in turn or, as with a GPU, beside the computing of the next."""
    monkeypatch.setattr(InProcess, "leaves_processor", beside)
    monkeypatch.setattr(embeddings, "GROUP_CHUNKS", together)
    flow.write("a.md", "# Shed\n\nThe key is under the third stone.\n")
    flow.write("c.md", "# Shed\n\nThe key is under the third stone.\n")
    chunks_of = {ids.bucket(ids.doc_id("notes", name), 4) for name in ("a.md", "c.md")}
    assert len(chunks_of) == 2
    counts = flow.run()["embeddings"].counts
    assert (counts["embedded"], counts["copied"]) == (1, 1)
    rows = flow.lake.read("chunks", columns=["bucket", "path", "text_hash"]).to_pylist()
    wanted = {(row["bucket"], row["text_hash"]) for row in rows if row["path"] in ("a.md", "c.md")}
    held = flow.lake.read("embeddings", columns=["bucket", "text_hash"]).to_pylist()
    assert wanted <= {(row["bucket"], row["text_hash"]) for row in held}
    assert len(wanted) == 2
    assert flow.findings() == []
