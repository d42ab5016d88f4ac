"""Erased documents stay away, an erasure that dies is finished, and searches never show them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from doclake.errors import NoSpace, SettingsError
from doclake.govern import erasure, erasure_targets
from doclake.health import erased_rows, places
from doclake.index import erasure as index_erasure
from doclake.index.index import SearchIndex
from doclake.lake import audit, contract_pages, erased, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate import removal
from doclake.operate.forecast import forecast
from doclake.sources import bucket_digests, open_source
from doclake.stages.plans.documents import registered_digests
from doclake.tables.registry import OF_DOCUMENTS


def _erase(flow, *names: str):
    targets = erasure_targets.of_documents(flow.project, names, None)
    return erasure.finish(flow.project, erasure.begin(flow.project, targets, by="kim"))


def _paths(flow) -> set[str]:
    return set(flow.lake.read("documents")["path"].to_pylist())


def _held(flow, root_id: str) -> Counter:
    """Rows of a listed document, by table."""
    scopes = {name: Scope("notes", where={key: [root_id]}) for name, key in OF_DOCUMENTS.items()}
    counts = {name: flow.lake.read(name, scope).num_rows for name, scope in scopes.items()}
    _, rows = flow.project.index.require()
    return Counter(counts) + Counter(index=rows.of(Scope(where={"root_id": [root_id]})).num_rows)


def test_no_run_brings_an_erased_document_back_until_it_is_allowed(flow):
    before = _paths(flow)
    (target,) = erasure_targets.of_documents(flow.project, ["tools.txt"], None)
    page = Path(contract_pages.write(flow.lake, "notes", "chunks", "run", "tools.txt breaks it"))
    _erase(flow, "tools.txt")
    assert not page.exists()
    flow.write("tools.txt", "The spade hangs by the door, and the rake beside it.\n")
    reports = flow.run()
    assert reports["documents"].counts["left out as erased"] == 1
    assert _paths(flow) == before - {"tools.txt"}
    assert not _held(flow, target.root_id)
    foreseen = forecast(flow.project, "notes")
    assert (foreseen.erased, foreseen.added, foreseen.deleted) == (1, [], [])
    (place,) = places.of_document(flow.project, "tools.txt")
    assert (place.status, place.doc_id) == ("erased", target.root_id)
    assert flow.findings() == []
    assert erasure.allow_again(flow.project, ["tools.txt"], None, by="lee") == 1
    flow.run()
    assert _paths(flow) == before
    actions = flow.lake.read("audit").sort_by("done_at").to_pylist()
    told = [(row["action"], row["row_count"], row["done_by"]) for row in actions]
    assert told == [("erase", 1, "kim"), ("allow_again", 1, "lee")]


def test_the_listing_of_a_source_stays_the_same_for_its_sensor(flow):
    _erase(flow, "tools.txt")
    listed = open_source("notes", flow.project.source("notes"), flow.settings).list()
    denied = erased.ids(flow.lake, "notes")
    assert bucket_digests(listed, "notes", 4, denied) == registered_digests(flow.lake, "notes", 4)


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def test_an_erasure_that_dies_at_any_commit_is_finished_by_the_next(flow, monkeypatch):
    (target,) = erasure_targets.of_documents(flow.project, ["garden.md"], None)
    before, commits, deaths = _held(flow, target.root_id), [0], 0
    others = _paths(flow) - {"garden.md"}

    def dying(method):
        def commit(*arguments):
            commits[0] += 1
            if commits[0] == deaths:
                raise Died
            return method(*arguments)

        return commit

    for name in ("replace", "delete", "vacuum"):
        monkeypatch.setattr(Lake, name, dying(getattr(Lake, name)))
    for name in ("revoke", "rewrite", "forget"):
        monkeypatch.setattr(index_erasure, name, dying(getattr(index_erasure, name)))
    erasure_id = None
    while True:
        deaths, commits[0] = deaths + 1, 0
        try:
            if erasure_id is None:
                erasure.begin(flow.project, [target])
            (erasure_id,) = erased_rows.unfinished(flow.lake)
            certificate = erasure.finish(flow.project, erasure_id)
            break
        except Died:
            assert erased_rows.unfinished(flow.lake) or deaths <= 2  # before it was denied
    assert deaths > 15
    assert not _held(flow, target.root_id)
    assert certificate.rows["chunks"] == before["chunks"]
    assert certificate.completed_at
    assert erased_rows.unfinished(flow.lake) == []
    flow.run()
    assert _paths(flow) == others
    assert flow.findings() == []


def test_runs_between_two_attempts_bring_nothing_back(flow, monkeypatch):
    (target,) = erasure_targets.of_documents(flow.project, ["garden.md"], None)
    erasure_id = erasure.begin(flow.project, [target])
    assert ("no erased document", "doclake erase --yes") in flow.findings()
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    flow.configure(sources={"notes": source | {"recipe": {"extract": {"hidden_text": "include"}}}})
    flow.run()  # another recipe extracts everything anew
    assert _held(flow, target.root_id).keys() <= {"documents", "ledger"}
    erasure.finish(flow.project, erasure_id)
    assert not _held(flow, target.root_id)
    assert flow.findings() == []


def test_searches_never_show_a_document_from_the_moment_it_is_denied(flow):
    (target,) = erasure_targets.of_documents(flow.project, ["garden.md"], None)
    with locks.partitions(flow.lake, "notes", ["00", "01", "02", "03"]):  # a run at work
        erasure_id = erasure.begin(flow.project, [target])
        _, rows = flow.project.index.require()
        assert rows.of(Scope(where={"root_id": [target.root_id]})).num_rows == 0
        finishing = threading.Thread(target=erasure.finish, args=(flow.project, erasure_id))
        finishing.start()
        finishing.join(0.5)
        assert finishing.is_alive()  # it waits for the run
        assert _held(flow, target.root_id)["chunks"] > 0
    finishing.join()
    assert not _held(flow, target.root_id)
    _, rows = flow.project.index.require()
    assert "copy.md" in rows.to_table(columns=["path"])["path"].to_pylist()


def test_what_another_document_shares_stays(flow):
    """`copy.md` says what `garden.md` says."""
    targets = erasure_targets.of_documents(flow.project, ["garden.md"], None)
    assert erasure_targets.copies(flow.lake, targets) == [("notes", "copy.md")]
    vectors = flow.lake.read("embeddings").num_rows
    certificate = _erase(flow, "garden.md")
    left = flow.lake.read("embeddings").num_rows
    assert certificate.rows.get("embeddings", 0) == vectors - left
    assert flow.findings() == []


def test_a_subject_is_found_however_it_is_written_and_listed_before_it_goes(flow, command, capsys):
    flow.write("letter.txt", "Dear Ms MINJI\n   Quuxson, the ferry leaves at nine.\n")
    flow.write("minji quuxson.md", "# Ferry\n\nIt leaves at ten.\n")
    flow.write("other.txt", "Ms Quuxson waters the tomatoes.\n")
    flow.run()
    assert command("erase", "--subject", "Minji Quuxson") == 1
    listed, _, likely = capsys.readouterr().out.partition("look at them")
    assert "letter.txt" in listed and "minji quuxson.md" in listed
    assert "other.txt" in likely and "other.txt" not in listed
    assert "letter.txt" in _paths(flow)
    assert command("erase", "--subject", "minji quuxson", "--yes", "--json") == 0
    told = capsys.readouterr().out
    assert json.loads(told)["rows"]["documents"] == 2
    assert "quuxson" not in told.casefold()
    assert {"letter.txt", "minji quuxson.md"}.isdisjoint(_paths(flow))


def test_questions_that_the_audit_keeps_go_without_the_subject(flow, command, capsys):
    flow.write("letter.txt", "Dear Ms Minji Quuxson, the ferry leaves at nine.\n")
    flow.run()
    asked = ("Where is minji  QUUXSON?", "Who reads letter.txt?", "Where is the spade?")
    rows = [audit.row("search", "notes", "id", 1, question=question) for question in asked]
    audit.add(flow.lake, rows)
    assert command("erase", "--subject", "Minji Quuxson", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"]["audit"] == 2
    kept = audit.read(flow.lake, actions=["search"])["question"].to_pylist()
    assert sorted(kept, key=str) == [None, None, "Where is the spade?"]
    files = (Path(flow.lake.url) / "tables/audit").glob("source=*/*.parquet")
    left = [row for file in files for row in pq.read_table(file)["question"].to_pylist()]
    assert {*left} == {None, "Where is the spade?"}


def test_a_whole_source_goes_and_its_removal_keeps_what_was_denied(flow):
    targets = erasure_targets.of_source(flow.project, "notes")
    certificate = erasure.finish(flow.project, erasure.begin(flow.project, targets))
    assert certificate.rows["documents"] == 5
    assert SearchIndex(flow.lake).require()[1].count() == 0
    flow.run()
    assert flow.lake.read("documents").num_rows == 0
    assert flow.findings() == []
    flow.configure(sources={"letters": {"url": "documents", "buckets": 4}})
    with pytest.raises(SettingsError):
        removal.remove(flow.project, "notes")  # nothing is left of it
    assert len(erased.ids(flow.lake, "notes")) == 5


def test_the_doctor_finds_rows_that_a_back_up_brought_back(flow):
    (target,) = erasure_targets.of_documents(flow.project, ["tools.txt"], None)
    rows = flow.lake.read("elements", Scope("notes", where={"root_id": [target.root_id]}))
    _erase(flow, "tools.txt")
    scope = Scope("notes", where={"root_id": [target.root_id]})
    flow.lake.replace("elements", scope, rows)
    mend = f"doclake erase --document {target.root_id} --source notes --yes"
    assert ("no erased document", mend) in flow.findings()
    _erase(flow, target.root_id)
    assert flow.findings() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--document", "nowhere.md"],
        ["--document", "tools.txt", "--subject", "spade"],
        ["--subject", "  "],
        ["--source", "elsewhere"],
        ["--document", "tools.txt", "--certificate", "nowhere/certificate.json"],
    ],
)
def test_what_is_nowhere_is_refused_and_nothing_is_written(flow, command, arguments):
    before = flow.lake.version("documents")
    assert command("erase", *arguments, "--yes") == 2
    assert flow.lake.version("documents") == before
    assert flow.lake.version("erased") is None


def test_an_erasure_that_fails_leaves_no_empty_certificate(flow, command, monkeypatch):
    def full(*arguments: object, **options: object) -> None:
        raise NoSpace("No space is left on the device.")

    monkeypatch.setattr("doclake.govern.erasure.begin", full)
    file = flow.folder / "certificate.json"
    command("erase", "--document", "tools.txt", "--yes", "--certificate", str(file))
    assert not file.exists()
    file.write_text("{}")
    command("erase", "--document", "tools.txt", "--yes", "--certificate", str(file))
    assert file.read_text() == "{}"
