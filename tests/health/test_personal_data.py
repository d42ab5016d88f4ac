"""The doctor finds personal data that a source masks and that stands in the lake all the same; and
who shows a document says what it holds."""

from __future__ import annotations

import pymupdf
import pytest
from deltalake import DeltaTable

from doclake import Project
from doclake.errors import PageNotShown
from doclake.health import doctor
from doclake.project import Project as Opened
from doclake.serve.document_view import view
from doclake.serve.page_images import PageImages

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
