"""Batches: what goes together, and what comes back from an actor that died."""

from __future__ import annotations

import io

from doclake.extract.document import Document
from doclake.settings import ExtractRecipe
from doclake.stages.executors import batches
from doclake.stages.executors.batches import Batches


def _documents(number: int, size: int = 10) -> list[Document]:
    return [
        Document("s", "00", f"d{n}", f"d{n}.txt", ExtractRecipe(), io.BytesIO, size=size)
        for n in range(number)
    ]


def _all(waiting: Batches) -> list[list[str]]:
    taken = iter(waiting.next, None)
    return [[document.doc_id for document in batch.documents] for batch in taken]


def test_batches_hold_no_more_documents_and_bytes_than_they_may():
    assert [len(names) for names in _all(Batches(_documents(70), 100))] == [32, 32, 6]
    assert [len(names) for names in _all(Batches(_documents(5), 2))] == [2, 2, 1]
    large = _documents(3, size=batches.MOST_BYTES)
    assert [len(names) for names in _all(Batches(large, 100))] == [1, 1, 1]
    assert Batches([], 5).is_empty()


def test_the_documents_of_a_lost_batch_are_tried_one_by_one_before_all_others():
    waiting = Batches(_documents(5), 3)
    assert waiting.lost(waiting.next()) is None
    assert _all(waiting) == [["d0"], ["d1"], ["d2"], ["d3", "d4"]]


def test_a_document_that_is_lost_twice_by_itself_is_given_up():
    waiting = Batches(_documents(2), 2)
    waiting.lost(waiting.next())
    assert waiting.lost(waiting.next()) is None
    suspect = waiting.next()
    assert suspect.is_suspect  # so that it has an actor to itself
    assert waiting.lost(suspect).doc_id == "d0"
    assert _all(waiting) == [["d1"]]


def test_a_batch_that_no_actor_began_keeps_its_place_and_has_lost_nothing():
    waiting = Batches(_documents(4), 2)
    first = waiting.next()
    waiting.put_back(first)
    assert waiting.next() is first
    assert not waiting.is_empty()
    assert _all(waiting) == [["d2", "d3"]]


def test_a_document_that_an_actor_could_not_read_comes_from_the_driver():
    waiting = Batches(_documents(1), 2)
    batch = waiting.next()
    waiting.unread(batch.documents[0])
    assert (batch.from_driver, waiting.next().from_driver) == (False, True)
