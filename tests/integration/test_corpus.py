"""Real documents of every format run through the whole job without stopping it."""

from __future__ import annotations

import shutil

import pytest

from doclake import errors
from doclake.health import shortfalls
from doclake.settings.operations import Thin
from doclake.stages import chunks, documents, elements
from tests import corpus

_EMPTIED = {"hwp/숨은설명.hwp", "pdf/imagemagick-images.pdf"}
"""All that they say is hidden: in a box that no reader sees, and off the page."""
EACH = 2  # documents of a format: enough to meet every path, few enough for a test


def test_real_documents_end_with_elements_or_with_a_typed_reason(project):
    for folder in sorted(corpus.path("documents").iterdir()):
        if not folder.is_dir() or folder.name in ("groundtruth", "retrieval", "pdf"):
            continue
        files = sorted(
            (f for f in folder.rglob("*") if f.is_file()), key=lambda f: f.stat().st_size
        )
        for file in files[len(files) // 4 :][:EACH]:  # short ones: a whole book proves no more
            target = project.documents / folder.name / file.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(file, target)
    project.ingest()
    found = project.balance()
    assert found.balanced, found.problems
    assert found.documents >= 30
    assert {
        one.path for one in shortfalls.find(project.lake, Thin()) if one.kind == "thin"
    } == set()
    codes = {cls.code for cls in errors.DocumentError.__subclasses__()}
    rows = project.lake.read("ledger").to_pylist()
    containers = {row["parent_id"] for row in rows}
    for row in rows:
        if row["status"] == "failed":
            assert row["error"] in codes - {"internal_error"}, (row["path"], row["message"])
            assert row["mend"]
        else:
            assert row["elements"] > 0 or row["doc_id"] in containers, row["path"]


@pytest.mark.slow
def test_no_document_of_the_corpus_falls_short_without_a_cause(flow):
    corpus_source = {"url": str(corpus.path("documents")), "access": ["everyone"], "buckets": 4}
    flow.configure(sources={"corpus": corpus_source})
    for stage in (documents, elements, chunks):
        stage.run(flow.context("corpus"))
    found = {one.path: one.kind for one in shortfalls.find(flow.lake, Thin(), "corpus")}
    assert found == dict.fromkeys(_EMPTIED, "no_chunk")
