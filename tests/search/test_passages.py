"""A citation id finds its passage again; a context holds cited passages for a prompt."""

from __future__ import annotations

import pytest

from doclake import Project
from doclake.errors import PassageGone
from doclake.stages import chunks, documents, elements, search_index

QUESTION = "How many litres does the pond hold?"
LONG = "# Manual\n\n" + "\n\n".join(
    f"## Part {n}\n\n" + f"The part {n} has a bolt of {n} millimetres. " * 12 for n in range(6)
)


def _first(project: Project, question: str = QUESTION, **more):
    return project.search(question, k=1, **more)[0]


def test_a_citation_id_finds_its_passage_after_the_document_is_ingested_again(flow):
    hit = _first(Project.open(flow.folder), "Where do tomatoes grow?", path="garden.md")
    (flow.documents / "garden.md").write_text((flow.documents / "garden.md").read_text() + "\nEnd.")
    flow.run()
    search_index.run(flow.project, rebuild=True)
    again = Project.open(flow.folder).passage(hit.citation_id).hit
    assert (again.text, again.pages, again.path) == (hit.text, hit.pages, hit.path)


def test_a_passage_that_has_changed_or_is_closed_or_never_was_is_gone(flow):
    project = Project.open(flow.folder)
    hit = _first(project, path="garden.md")
    for wrong in ("", "no id", f"{hit.doc_id}.{'0' * 32}", "' OR true --.x", hit.doc_id):
        with pytest.raises(PassageGone):
            project.passage(wrong)
    flow.write_settings(flow.folder, sources={"notes": {"url": "documents", "access": ["group:a"]}})
    with pytest.raises(PassageGone):
        project.passage(hit.citation_id)


def test_neighbours_and_the_whole_section_come_on_request(flow):
    flow.write("manual.md", LONG)
    flow.run()
    project = Project.open(flow.folder)
    hit = _first(project, "bolt of part 3", path="manual.md")
    alone = project.passage(hit.citation_id)
    assert (alone.before, alone.after, alone.section_texts) == ([], [], [])
    around = project.passage(hit.citation_id, neighbours=1, section=True)
    assert len(around.before) == len(around.after) == 1
    assert hit.text in around.section_texts
    whole = project.passage(hit.citation_id, neighbours=100)
    assert [*whole.before, hit.text, *whole.after] == [
        row["text"]
        for row in sorted(
            (r for r in project.table("chunks").to_pylist() if r["path"] == "manual.md"),
            key=lambda row: row["ordinal"],
        )
    ]


def test_a_context_is_cited_without_doubles_and_within_its_tokens(flow):
    flow.write("manual.md", LONG)
    flow.run()
    project = Project.open(flow.folder)
    packed = project.context(QUESTION, tokens=400)
    assert 0 < packed.tokens <= 400
    assert packed.left_out["double"] >= 1  # copy.md says the same as garden.md
    assert packed.left_out["no room"] >= 1
    assert "[1] [notes] " in packed.text
    assert [one.number for one in packed.passages] == list(range(1, len(packed.passages) + 1))
    texts = [hit.text for one in packed.passages for hit in one.hits]
    assert len(texts) == len(set(texts))


def test_neighbours_stand_together_in_a_context_in_reading_order(flow):
    flow.write("manual.md", LONG)
    flow.run()
    packed = Project.open(flow.folder).context("bolt of part 3", tokens=3_000, path="manual.md")
    (whole,) = packed.passages
    assert [f"Part {n}" in whole.text for n in range(6)] == [True] * 6
    assert whole.text.index("Part 1") < whole.text.index("Part 4")


def test_a_stale_passage_is_marked_and_stays_out_of_a_context(flow):
    project = Project.open(flow.folder)
    assert _first(project, path="tools.txt").flags == []
    flow.write("tools.txt", "The spade is elsewhere now.\n")
    for stage in (documents, elements, chunks):
        stage.run(flow.context())
    hit = _first(project, "Where is the spade?", path="tools.txt")
    assert hit.flags == ["stale"]
    packed = project.context("Where is the spade?", path="tools.txt")
    assert packed.passages == [] and packed.left_out == {"stale": 1}
