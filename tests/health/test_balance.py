"""The balance is counted from the tables, by document, and says where it does not hold."""

from __future__ import annotations

from deltalake import DeltaTable

from doclake.health import balance, counts
from doclake.health.fault import Fault


def _total(flow) -> counts.Balance:
    return counts.total(balance.status(flow.project))


def _delete(flow, table: str, where: str) -> None:
    DeltaTable(flow.lake.table_url(table)).delete(where)


def test_a_sound_lake_balances_to_the_last_row(flow):
    found = _total(flow)
    assert found.balanced
    assert (found.listed, found.documents, found.failed) == (5, 5, 1)
    assert found.chunks == found.vectors == found.indexed == 6
    assert found.elements == flow.lake.read("elements").num_rows
    assert found.as_dict()["problem_count"] == 0


def test_a_document_inside_another_one_counts_and_stands_with_its_root(flow):
    import zipfile

    with zipfile.ZipFile(flow.documents / "packed.zip", "w") as archive:
        archive.writestr("a.txt", "A note inside an archive.\n")
    flow.run()
    found = _total(flow)
    assert found.balanced
    assert (found.listed, found.documents) == (6, 7)


def test_the_fault_names_the_document_the_part_and_the_tree(flow):
    rows = flow.lake.read("chunks").to_pylist()
    lost = next(row for row in rows if row["path"] == "tools.txt")
    _delete(flow, "chunks", f"chunk_id = '{lost['chunk_id']}'")
    found = _total(flow)
    assert not found.balanced
    by_part = {fault.in_index: fault for fault in found.faults}
    assert by_part[False].root_ids == (lost["root_id"],)
    assert "tools.txt" in by_part[False].message
    assert "extra in the index" in by_part[True].message


def test_a_chunk_without_a_vector_is_a_fault_of_its_document(flow):
    row = flow.lake.read("chunks").to_pylist()[0]
    _delete(flow, "embeddings", f"text_hash = '{row['text_hash']}' AND bucket = '{row['bucket']}'")
    roots = {root for fault in _total(flow).faults for root in fault.root_ids}
    assert row["root_id"] in roots


def test_a_version_that_was_registered_and_not_extracted_does_not_balance(flow):
    from doclake.stages import documents

    flow.write("tools.txt", "Another spade.\n")
    flow.write("new.txt", "New.\n")
    documents.run(flow.context())
    assert sum("has not been extracted" in problem for problem in _total(flow).problems) == 2
    flow.run()
    assert _total(flow).balanced


def test_a_source_that_was_never_run_is_there_with_nothing(flow):
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4}
    flow.configure(sources={"notes": notes, "letters": notes})
    found = balance.status(flow.project)
    assert found["letters"] == counts.Balance()
    assert counts.total(found).documents == 5


def test_documents_with_another_access_list_than_the_settings_are_counted(flow):
    from doclake.stages import documents

    (flow.documents / "tools.txt").unlink()
    documents.run(flow.context())  # a tombstone's list decides nothing
    notes = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.configure(sources={"notes": notes})
    assert _total(flow).other_access == 4
    flow.run()
    assert _total(flow).other_access == 0
    flow.configure(sources={"letters": notes})
    assert _total(flow).other_access == 0  # a source without a list has no other one


def test_only_the_first_problems_are_shown_and_all_are_counted():
    faults = [Fault(f"{number}") for number in range(counts.SHOWN_PROBLEMS + 5)]
    shown = counts.Balance(faults=faults).as_dict()
    assert len(shown["problems"]) == counts.SHOWN_PROBLEMS
    assert shown["problem_count"] == counts.SHOWN_PROBLEMS + 5
