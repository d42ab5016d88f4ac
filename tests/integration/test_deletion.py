"""Deletes are real and guarded."""

from __future__ import annotations


def test_a_deleted_file_leaves_every_table_and_the_index_in_the_same_run(project):
    for number in range(3):
        project.write(f"{number}.md", f"# Note {number}\n\nThe number is {number * 111}.\n")
    project.ingest()
    (project.documents / "1.md").unlink()
    metadata = project.ingest().metadata
    assert metadata["documents"]["deleted"] == 1
    assert metadata["search_index"]["deleted"] == 1
    for table in ("elements", "chunks"):
        assert len(project.lake.count_by(table, ["doc_id"])) == 2
    assert project.lake.read("embeddings").num_rows == project.lake.read("chunks").num_rows
    balance = project.balance()
    assert balance.balanced
    assert balance.documents == 2


def test_a_file_that_comes_back_is_a_document_again(project):
    path = project.write("a.md", "# A\n\nFirst.\n")
    project.write("b.md", "# B\n\nSecond.\n")
    project.ingest()
    text = path.read_text()
    path.unlink()
    project.ingest()
    path.write_text(text)
    project.ingest()
    assert set(project.texts()) == {"a.md", "b.md"}
    assert project.balance().balanced


def test_losing_more_than_the_guard_allows_deletes_nothing_and_raises_an_alarm(project):
    for number in range(30):
        project.write(f"{number:02}.txt", f"Note number {number}, which says {number * 7}.\n")
    project.ingest()
    for number in range(12):
        (project.documents / f"{number:02}.txt").unlink()
    outcome = project.ingest()
    assert outcome.failed_checks == ["notes/documents: deletions_within_guard"]
    assert "--allow-deletions" in str(outcome.metadata["documents"]["alarms"])
    assert len(project.texts()) == 30

    allowed = project.ingest(allow_deletions=True)
    assert allowed.failed_checks == []
    assert len(project.texts()) == 18
    assert project.balance().balanced
    noted = project.project.lake.read("audit").sort_by("done_at").to_pylist()
    told = [(row["action"], row["row_count"]) for row in noted]
    assert told == [("deletions_refused", 12), ("allow_deletions", 12)]


def test_an_emptied_folder_deletes_nothing(project):
    path = project.write("a.md", "# A\n\nThe only one.\n")
    project.ingest()
    path.unlink()
    outcome = project.ingest()
    assert outcome.failed_checks == ["notes/documents: listing_is_complete"]
    assert set(project.texts()) == {"a.md"}
