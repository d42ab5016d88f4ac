"""`doclake where`: the bucket of a document, and the documents of a bucket."""

from __future__ import annotations

import json
from typing import Any

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import documents


def _told(command: Any, capsys: Any, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code = command("where", *arguments, "--json")
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_document_is_found_by_its_path_and_by_its_id(flow, command, capsys):
    (known,) = (row for row in ledger.read(flow.lake, Scope("notes")) if row["path"] == "정원.txt")
    for name in ("정원.txt", known["doc_id"]):
        code, (row,) = _told(command, capsys, name)
        assert code == 0
        assert (row["bucket"], row["doc_id"], row["status"]) == (
            known["bucket"],
            known["doc_id"],
            "ok",
        )
        assert row["indexed"] == known["indexed"] == 1


def test_a_bucket_tells_its_documents_and_all_buckets_tell_all(flow, command, capsys):
    flow.write("new.txt", "Nobody has read it yet.\n")
    documents.run(flow.context())
    by_bucket = {}
    for bucket in ("00", "01", "02", "03"):
        _, rows = _told(command, capsys, "--bucket", bucket)
        assert {row["bucket"] for row in rows} <= {bucket}
        by_bucket |= {row["path"]: row["status"] for row in rows}
    _, everything = _told(command, capsys)
    assert by_bucket == {row["path"]: row["status"] for row in everything}
    assert by_bucket["new.txt"] == "waiting"
    assert by_bucket["broken.pdf"] == "failed"
    assert by_bucket["garden.md"] == "ok"


def test_a_document_that_nobody_has_listed_is_no_success(command, capsys):
    code, rows = _told(command, capsys, "elsewhere.txt")
    assert (code, rows) == (1, [])
    assert command("where", "elsewhere.txt") == 1
    assert "No documents." in capsys.readouterr().out


def test_a_person_reads_source_bucket_path_and_progress(command, capsys):
    assert command("where", "garden.md") == 0
    line = capsys.readouterr().out
    assert line.startswith("notes 0")
    assert "garden.md  ok: " in line
    assert "chunks" in line
