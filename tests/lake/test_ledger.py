"""The ledger: whole trees are written together, marks come before the rows they are about."""

from __future__ import annotations

import pyarrow as pa
import pytest

from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.ledger import LEDGER


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def _row(root: str, doc: str | None = None, bucket: str = "00", **values):
    row = dict.fromkeys(LEDGER.schema.names) | {
        "source": "notes",
        "bucket": bucket,
        "root_id": root,
        "doc_id": doc or root,
        "path": doc or root,
        "content_hash": "h",
        "status": ledger.OK,
        "extract_recipe": "x",
        "chunks": 3,
    }
    return row | values


def _write(lake, *rows):
    ledger.write(lake, "notes", rows, [row["root_id"] for row in rows])


def test_writing_a_tree_replaces_all_that_was_in_it_and_nothing_else(lake):
    _write(lake, _row("a"), _row("a", "a-child"), _row("b"), _row("c", bucket="01"))
    _write(lake, _row("a", attempts=2))
    rows = ledger.read(lake, Scope("notes"))
    assert [(row["doc_id"], row["attempts"]) for row in rows] == [
        ("a", 2),
        ("b", None),
        ("c", None),
    ]


def test_rows_are_read_in_the_order_of_bucket_tree_and_path(lake):
    _write(lake, _row("b"), _row("a", "z"), _row("a", "y"), _row("0", bucket="01"))
    assert [row["path"] for row in ledger.read(lake, Scope("notes"))] == ["y", "z", "b", "0"]


def test_trees_hold_what_was_found_inside_a_document(lake):
    trees = ledger.trees([_row("a"), _row("a", "child"), _row("b")])
    assert {root: len(rows) for root, rows in trees.items()} == {"a": 2, "b": 1}


def test_nothing_to_write_makes_no_commit(lake):
    _write(lake, _row("a"))
    version = lake.version("ledger")
    ledger.write(lake, "notes", [], [])
    ledger.undone(lake, "notes", [_row("a", chunks=None)], ["chunks"])
    ledger.amend(lake, Scope("notes", ["00"]), lambda rows: [False] * len(rows), lambda row: row)
    assert lake.version("ledger") == version


def test_marking_as_undone_clears_the_whole_tree_and_only_these_fields(lake):
    _write(lake, _row("a"), _row("a", "child", chunks=None), _row("b"))
    rows = [row for row in ledger.read(lake, Scope("notes")) if row["root_id"] == "a"]
    ledger.undone(lake, "notes", rows, ledger.CHUNK_FIELDS)
    after = {row["doc_id"]: row for row in ledger.read(lake, Scope("notes"))}
    assert (after["a"]["chunks"], after["child"]["chunks"], after["b"]["chunks"]) == (None, None, 3)
    assert after["a"]["extract_recipe"] == "x"


def test_amending_writes_the_rows_that_were_changed_and_keeps_the_others(lake):
    _write(lake, _row("a"), _row("b"), _row("c", bucket="01"))
    ledger.amend(
        lake,
        Scope("notes", ["00"]),
        lambda rows: [doc_id == "a" for doc_id in rows["doc_id"].to_pylist()],
        lambda row: row | {"indexed": 5},
    )
    indexed = sorted(str(row["indexed"]) for row in ledger.read(lake, Scope("notes")))
    assert indexed == ["5", "None", "None"]


def test_the_digest_of_access_knows_path_and_principals_in_any_order():
    digest = ledger.access_hash("a.md", ["x", "y"])
    assert digest == ledger.access_hash("a.md", ["y", "x"])
    assert digest != ledger.access_hash("b.md", ["x", "y"])
    assert digest != ledger.access_hash("a.md", ["x"])


def test_copies_are_documents_with_bytes_of_another_and_unread_ones_have_none():
    hashes = ["a", "a", "a", "b", "", "", "", None]
    assert ledger.copies(pa.table({"content_hash": pa.array(hashes, pa.string())})) == 2
