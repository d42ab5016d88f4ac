"""What is extracted again, and by how many parsers."""

from __future__ import annotations

import os
import shutil
import zipfile
from dataclasses import replace

import pytest

from doclake.errors import LakeError
from doclake.extract.extractor import Extractor
from doclake.health import doctor
from doclake.lake import ledger
from doclake.operate.forecast import forecast
from doclake.sources.folder import FolderSource
from doclake.stages import documents, elements
from doclake.stages.executors import local
from tests.extract.mended import mended


@pytest.mark.slow
@pytest.mark.parametrize("documents", [1, 64])
def test_a_child_reads_as_many_documents_as_the_settings_say(flow, monkeypatch, documents):
    made = []

    def extractor(*arguments, **options) -> Extractor:
        made.append((arguments[1], options["reuse"]))
        return Extractor(*arguments, **options)

    monkeypatch.setattr(local, "Extractor", extractor)
    flow.configure(processing={"workers": 1, "documents_per_child": documents})
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    assert flow.run()["elements"].documents == 1
    assert made == [(1, documents)]


def _extracted_by(flow, run_id) -> set[str]:
    rows = ledger.read(flow.lake, flow.context().scope)
    return {row["path"] for row in rows if row["run_id"] == run_id}


def test_a_mended_reader_extracts_its_documents_again_and_nothing_else(flow, monkeypatch):
    with mended("Markdown", monkeypatch):
        assert [finding.check for finding in doctor.examine(flow.project)] == ["recipe"]
        expected = {"garden.md", "copy.md"}
        assert set(forecast(flow.project, "notes").recipe_changed) == expected
        report = elements.run(flow.context(run_id="mended"))
        assert (report.documents, _extracted_by(flow, "mended")) == (2, expected)
        assert elements.run(flow.context()).documents == 0


def test_a_tree_is_extracted_again_for_one_document_inside_it(flow, monkeypatch):
    with zipfile.ZipFile(flow.documents / "notes.zip", "w") as archive:
        archive.writestr("inner.md", "# Shed\n\nThe shed is locked.")
        archive.writestr("inner.txt", "The key hangs inside.")
    documents.run(flow.context())
    elements.run(flow.context())
    with mended("Markdown", monkeypatch):
        elements.run(flow.context(run_id="mended"))
    tree = {"notes.zip", "notes.zip!/inner.md", "notes.zip!/inner.txt"}
    assert _extracted_by(flow, "mended") == tree | {"garden.md", "copy.md"}


def test_the_rows_of_a_document_hold_the_fingerprint_of_its_format(flow):
    rows = ledger.read(flow.lake, flow.context().scope)
    recipes = {row["doc_id"]: row["extract_recipe"] for row in rows}
    assert len(set(recipes.values())) == 3  # Markdown, plain text, PDF
    for row in flow.lake.read("elements", flow.context().scope, ["doc_id", "recipe"]).to_pylist():
        assert row["recipe"] == recipes[row["doc_id"]]


def test_a_document_whose_rows_fit_no_table_stops_no_other(flow, monkeypatch):
    class Odd(Extractor):
        def extract(self, documents):
            for (root,) in super().extract(documents):
                odd = {"pages": 2**40, "title": "\ud800"} if root.path == "tools.txt" else {}
                yield (replace(root, **odd),)

    monkeypatch.setattr(local, "Extractor", Odd)
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    flow.write("garden.md", "# Garden\n\nThe pond is empty.\n")
    documents.run(flow.context())
    (failure,) = elements.run(flow.context()).failures
    assert (failure.path, failure.error) == ("tools.txt", "internal_error")
    rows = {row["path"]: row for row in ledger.read(flow.lake, flow.context().scope)}
    assert (rows["tools.txt"]["status"], rows["tools.txt"]["elements"]) == ("failed", 0)
    assert (rows["garden.md"]["status"], rows["garden.md"]["error"]) == ("ok", None)


def test_an_error_of_the_lake_is_no_documents_failure(flow, monkeypatch):
    def refused(*_: object) -> None:
        raise LakeError("The disk is gone.")

    monkeypatch.setattr(flow.lake, "replace", refused)
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    with pytest.raises(LakeError):
        flow.run()


def test_a_place_that_is_gone_takes_no_rows_though_all_would_be_extracted_again(flow):
    before = flow.lake.count_by("elements", ["doc_id"])
    flow.documents.rename(flow.folder / "away")
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    source["recipe"] = {"extract": {"tables": False}}
    flow.configure(sources={"notes": source})
    report = elements.run(flow.context())
    assert [alarm.code for alarm in report.alarms] == ["listing_incomplete"]
    assert report.documents == 0
    assert flow.lake.count_by("elements", ["doc_id"]) == before
    (flow.folder / "away").rename(flow.documents)
    assert elements.run(flow.context()).documents == 5


def test_a_place_that_goes_away_in_the_middle_takes_no_rows_either(flow, monkeypatch):
    before = flow.lake.count_by("elements", ["doc_id"])
    for path in flow.documents.iterdir():
        os.utime(path, (1, 1))
    documents.run(flow.context())
    read, local_file = [], FolderSource.local_file

    def going(self, path):
        read.append(path)
        if len(read) == 3:
            flow.documents.rename(flow.folder / "away")
            flow.documents.mkdir()
            flow.write("lost+found/.keep", "A mount point need not be empty.")
        return local_file(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(FolderSource, "local_file", going)
        report = elements.run(flow.context())
    assert len(read) >= 3
    assert [alarm.code for alarm in report.alarms] == ["listing_incomplete"]
    assert flow.lake.count_by("elements", ["doc_id"]) == before
    shutil.rmtree(flow.documents)
    (flow.folder / "away").rename(flow.documents)
    flow.run()
    assert flow.lake.count_by("elements", ["doc_id"]) == before
    assert flow.findings() == []
