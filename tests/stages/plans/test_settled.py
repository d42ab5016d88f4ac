"""What needs no look is told from columns; the rest is planned row by row."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from doclake.fingerprints import ByMediaType
from doclake.stages.plans.settled import settled
from doclake.tables.documents import DOCUMENTS
from doclake.tables.ledger import LEDGER

RECIPES = ByMediaType({None: "unknown-1", "text/plain": "text-1"})
GONE = datetime(2026, 1, 1, tzinfo=UTC)


def _entry(**changes):
    made = {"root_id": "a", "doc_id": "a", "signature": "1", "status": "ok"}
    return made | {"media_type": "text/plain", "extract_recipe": "text-1"} | changes


def _settled(entries, signature="1", deleted_at=None):
    registered = [{"doc_id": "a", "signature": signature, "deleted_at": deleted_at}]
    schema = DOCUMENTS.columns(["doc_id", "signature", "deleted_at"])
    registry = pa.Table.from_pylist(registered, schema=schema)
    before = pa.Table.from_pylist(entries, schema=LEDGER.columns(list(_entry())))
    return settled(registry, before, RECIPES).to_pylist() == ["a"]


def test_a_document_read_as_it_is_listed_by_the_recipe_of_today_is_settled():
    assert _settled([_entry()])
    assert _settled([_entry(media_type="image/odd", extract_recipe="unknown-1")])
    assert _settled([_entry(media_type=None, extract_recipe="unknown-1")])
    child = {"doc_id": "b", "signature": None}
    assert _settled([_entry(), _entry(**child)])


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "2"},
        {"signature": None},
        {"status": "failed"},
        {"status": "deleted"},
        {"extract_recipe": "text-0"},
        {"extract_recipe": None},
        {"root_id": "c", "doc_id": "c"},
    ],
)
def test_a_document_that_may_have_to_be_read_is_not(changes):
    assert not _settled([_entry(**changes)])


def test_a_child_of_an_old_recipe_unsettles_the_tree():
    assert not _settled([_entry(), _entry(doc_id="b", signature=None, extract_recipe="text-0")])


def test_a_deleted_document_is_settled_once_all_of_its_tree_is():
    deleted = _entry(status="deleted", extract_recipe=None)
    child = deleted | {"doc_id": "b"}
    assert _settled([deleted, child], deleted_at=GONE)
    assert not _settled([deleted, child | {"status": "ok"}], deleted_at=GONE)
    assert not _settled([], deleted_at=GONE)
