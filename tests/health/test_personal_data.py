"""The doctor finds personal data that a source masks and that stands in the lake all the same; and
who shows a document says what it holds."""

from __future__ import annotations

import pymupdf
import pytest
from deltalake import DeltaTable

from doclake import Project
from doclake.errors import PageNotShown
from doclake.health import doctor
from doclake.lake.scope import Scope
from doclake.project import Project as Opened
from doclake.serve.document_view import view
from doclake.serve.page_images import PageImages
from doclake.stages import documents, elements

MAIL = "hong@example.co.kr"
QUESTION = "Who looks after the pond?"


@pytest.fixture
def pond(flow):
    pdf = pymupdf.open()
    pdf.new_page().insert_text((72, 72), f"{MAIL} looks after the pond of the cooperative.")
    pdf.save(flow.documents / "pond.pdf")
    flow.run()
    return flow


def _draw(project: Opened, citation_id: str) -> bytes:
    images = PageImages(project.settings.limits)
    try:
        return images.draw(project, citation_id, 1, ["everyone"]).data
    finally:
        images.close()


def test_what_is_flagged_is_told_and_what_is_masked_is_neither_found_nor_drawn(pond):
    (hit,) = Project.open(pond.folder).search(QUESTION, k=1, path="pond.pdf")
    assert hit.flags == ["personal_data"] and MAIL in hit.text
    shown = view(pond.project, hit.citation_id, ["everyone"])
    assert shown.ledger["personal_kinds"] == "email:flag" and shown.has_pictures
    assert _draw(pond.project, hit.citation_id)

    pond.configure(recipe={"personal_data": "mask"})
    ingest = ("personal data", "doclake ingest --source notes")
    assert ingest in pond.findings()
    with pytest.raises(PageNotShown, match="personal data"):  # at once, before any run
        _draw(pond.project, hit.citation_id)
    pond.run()
    assert pond.findings() == []
    (hit,) = Project.open(pond.folder).search(QUESTION, k=1, path="pond.pdf")
    assert hit.flags == [] and "[email]" in hit.text
    assert not view(pond.project, hit.citation_id, ["everyone"]).has_pictures

    for table, column in (("elements", "text"), ("metadata", "value"), ("chunks", "title")):
        DeltaTable(pond.lake.table_url(table)).update(
            updates={column: f"'{MAIL}'"}, predicate="source = 'notes'"
        )
    told = [f.message for f in doctor.examine(pond.project) if f.check == "personal data"]
    assert [message.split()[1] for message in told] == ["elements", "metadata", "chunks"]
    assert MAIL not in str(told)


def _masked(flow, **changes) -> str:
    """The citation of the masked passage, which stays in the index while the source is extracted
    again by other settings."""
    flow.configure(recipe={"personal_data": "mask"})
    flow.run()
    (hit,) = Project.open(flow.folder).search(QUESTION, k=1, path="pond.pdf")
    flow.configure(**changes)
    documents.run(flow.context())
    elements.run(flow.context())
    (still,) = Project.open(flow.folder).search(QUESTION, k=1, path="pond.pdf")
    assert "[email]" in still.text
    return hit.citation_id


def _is_kept_back(flow, citation_id: str) -> bool:
    with pytest.raises(PageNotShown):
        _draw(flow.project, citation_id)
    return not view(flow.project, citation_id, ["everyone"]).has_pictures


def test_no_page_is_drawn_of_a_masked_document_whose_extraction_fails_the_next_time(pond):
    recipe = {"personal_data": "mask", "extract": {"hidden_text": "include"}}
    citation_id = _masked(pond, recipe=recipe, limits={"timeout_seconds": 0.0001})
    scope = Scope("notes", where={"path": ["pond.pdf"]})
    (row,) = pond.lake.read("ledger", scope, ["status", "personal_kinds"]).to_pylist()
    assert row == {"status": "failed", "personal_kinds": []}  # nothing was found in it

    pond.configure(recipe=recipe)
    assert _is_kept_back(pond, citation_id)


def test_no_page_is_drawn_by_a_weaker_rule_until_its_text_is_found_by_it(pond):
    citation_id = _masked(pond, recipe={"personal_data": "flag"})
    assert _is_kept_back(pond, citation_id)
    pond.run()
    (hit,) = Project.open(pond.folder).search(QUESTION, k=1, path="pond.pdf")
    assert MAIL in hit.text
    assert _draw(pond.project, hit.citation_id)


def test_no_page_is_drawn_of_a_document_that_the_ledger_does_not_know(pond):
    (hit,) = Project.open(pond.folder).search(QUESTION, k=1, path="pond.pdf")
    assert _draw(pond.project, hit.citation_id)
    pond.lake.delete("ledger", Scope("notes", where={"path": ["pond.pdf"]}))
    assert _is_kept_back(pond, hit.citation_id)
