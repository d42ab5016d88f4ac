"""Whatever a worker says of its document, that document alone may fail of it."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doclake import errors
from doclake.extract import format_versions
from doclake.extract.document import ExtractedDocument, Identity
from doclake.extract.guard import reply
from doclake.extract.guard.folders import Folders
from doclake.extract.guard.protocol import CHILDREN, LOG, NO_SPACE, RESULT, WORK
from doclake.extract.guard.reply import Asked
from doclake.settings import ExtractRecipe, Limits
from doclake.tables.elements import ELEMENTS as TABLE
from doclake.tables.ledger import LEDGER
from doclake.tables.metadata import METADATA
from tests.extract.guard.forging import Forger, leave, sound_batch, sound_header, sound_table

LIMITS = Limits(output_mb=1, archive_mb=1)
ENDED = {"exit": 0, "signal": None, "timed_out": False}
ENDED |= {"seconds": 0.1, "cpu_seconds": 0.1, "peak_mb": 50.0}
BATCH = 3
NewFile = Callable[[], Path]


def asked(**changes: Any) -> Asked:
    identity = Identity("s", "00", "root", "doc", None, "a.txt", "hash", 1)
    fingerprints = format_versions.fingerprints_of(ExtractRecipe())
    return Asked(identity, fingerprints, LIMITS, **changes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a worker that left a sound result."""
    (tmp_path / "0" / WORK).mkdir(parents=True)
    leave(tmp_path / "0", sound_header(), sound_table())
    return tmp_path / "0"


@pytest.fixture
def new_file(tmp_path: Path) -> NewFile:
    (tmp_path / "taken").mkdir()
    return lambda: tmp_path / "taken" / str(len(list((tmp_path / "taken").iterdir())))


def fits_the_tables(document: ExtractedDocument) -> None:
    """Every row that the stage would write of it can be written."""
    error = document.error
    facts = {name: getattr(document, name) for name in LEDGER.schema.names if name in _FACTS}
    if error:
        facts |= {"error": error.code, "message": error.message, "mend": error.mend}
    LEDGER.arrow([LEDGER.empty_row() | facts | {"status": "ok"}]).validate(full=True)
    rows = [vars_of(field) for field in document.metadata]
    METADATA.arrow(rows).validate(full=True)
    elements = document.elements
    assert elements.schema.equals(TABLE.schema)
    elements.validate(full=True)
    keys = elements["element_id"].to_pylist()
    assert len(set(keys)) == len(keys)
    assert set(elements["parent_id"].to_pylist()) <= {None, *keys}
    assert set(elements["doc_id"].to_pylist()) <= {"doc"}
    assert all(1 <= page <= document.pages for page in elements["page"].to_pylist() if page)


_FACTS = {"media_type", "title", "pages", "pages_with_text", "pages_with_elements", "path"}
_FACTS |= {"letters", "element_letters"}


def vars_of(field: Any) -> Any:
    return {"name": field.name, "value": field.value, "page": field.page}


def test_a_sound_result_is_read_whole(folder, new_file):
    read = reply.read(ENDED, folder, asked(), new_file)
    assert read.document.error is None
    assert (read.document.pages, read.document.pages_with_elements) == (3, 3)
    assert (read.document.letters, read.document.element_letters) == (9, 44)
    assert [(inner.name, inner.file.read_bytes()) for inner in read.children] == [
        ("inner.txt", b"inner 0"),
        ("d/other.txt", b"inner 1"),
    ]
    assert (read.modules, read.suspect) == (("lxml.etree",), False)
    fits_the_tables(read.document)


def test_a_large_inner_document_never_stands_in_memory_whole(folder, new_file):
    size = 64 << 20
    os.truncate(folder / WORK / CHILDREN / "0", size)
    limits = Limits(archive_mb=100)
    tracemalloc.start()
    read = reply.read(ENDED, folder, replace(asked(), limits=limits), new_file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    large, _ = read.children
    assert (large.size, large.file.stat().st_size) == (size, size)
    assert large.content_hash == hashlib.sha256(b"inner 0" + bytes(size - 7)).hexdigest()
    assert peak < 8 << 20


def test_an_inner_document_that_does_not_fit_fails_alone(folder):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    read = reply.read(ENDED, folder, asked(), lambda: Path("/dev/full"))
    assert read.document.error is None
    assert {type(inner.error) for inner in read.children} == {errors.NoSpace}
    assert [(inner.name, inner.size) for inner in read.children] == [
        ("inner.txt", 7),
        ("d/other.txt", 7),
    ]


def test_inner_documents_of_a_result_that_is_refused_do_not_stay(folder, new_file, tmp_path):
    (folder / WORK / CHILDREN / "1").unlink()
    assert reply.read(ENDED, folder, asked(), new_file).suspect
    assert list((tmp_path / "taken").iterdir()) == []


def test_a_log_without_end_is_read_from_its_end(folder, new_file):
    log = folder / WORK / LOG
    log.touch()
    os.truncate(log, 1 << 40)
    with log.open("ab") as stream:
        stream.write(b"std::bad_alloc")
    died = ENDED | {"exit": 1}
    error = reply.read(died, folder, asked(), new_file).document.error
    assert type(error) is errors.ParserOutOfMemory


def test_more_time_is_granted_once(folder, new_file):
    told = {"media_type": "application/pdf", "modules": [], "scanned_pages": 3}
    (folder / WORK / RESULT).write_text(json.dumps(told))
    assert reply.read(ENDED, folder, asked(), new_file).scanned_pages == 3
    again = reply.read(ENDED, folder, asked(may_ask=False), new_file)
    assert type(again.document.error) is errors.ParserCrashed


def test_a_worker_without_room_for_its_result_is_no_crash(folder, new_file):
    died = ENDED | {"exit": NO_SPACE}
    assert type(reply.read(died, folder, asked(), new_file).document.error) is errors.NoSpace


def forged(tmp_path: Path, seed: int, count: int) -> Counter[str]:
    """Forge `count` results, of single documents and of batches. How many of each kind were
    refused."""
    forger, refused = Forger(seed), Counter[str]()
    folders = Folders(tmp_path, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        with folders.lent() as folder:
            leave(folder, sound_header(), sound_table())
            kind = forger.forge(folder)
            read = reply.read(ENDED, folder, asked(), lambda: tmp_path / "inner")
            fits_the_tables(read.document)
            assert read.suspect == isinstance(read.document.error, errors.ParserCrashed)
            refused[kind] += read.suspect
        with folders.lent() as folder:
            leave(folder, sound_batch(BATCH), sound_table(BATCH))
            if number % 2:
                forger.forge(folder)
            batch = reply.read_batch(ENDED, folder, [asked()] * BATCH)
            assert len(batch.documents) == BATCH
            for document in filter(None, batch.documents):
                fits_the_tables(document)
            assert number % 2 or None not in batch.documents
        with folders.lent() as folder:
            leave(folder, sound_header(), sound_table())
            assert (
                reply.read(ENDED, folder, asked(), lambda: tmp_path / "inner").document.error
                is None
            )
    folders.close()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 100, f"the parent grew by {grown:.0f} MB"
    return refused


def test_a_forged_result_is_the_failure_of_its_document_alone(tmp_path):
    refused = forged(tmp_path, seed=1, count=200)
    assert refused.total() > 100
    assert len(refused) >= 15


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_thousands_of_forged_results_are_failures_of_their_documents_alone(tmp_path):
    assert forged(tmp_path, seed=2, count=3_000).total() > 1_500
