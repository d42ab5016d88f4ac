"""An export is made again byte for byte, also after the lake has changed, or it is said why not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from doclake import clock
from doclake.errors import ExportDiffers, ExportRefused, LakeVersionGone
from doclake.export import manifest
from doclake.lake import erased
from tests.export.conftest import ENGLISH, bytes_of, rows_of
from tests.flow import Flow

EVERYTHING = {
    "validation": 0.3,
    "seed": 4,
    "pack_tokens": 128,
    "mixture": {"temperature": 2, "max_repeats": 2},
    "where": "tokens > 5 AND NOT list_contains(flags, 'heuristics')",
}


@pytest.mark.slow
@pytest.mark.parametrize("to", ["parquet", "jsonl", "hf"])
@pytest.mark.parametrize("unit", ["chunks", "documents"])
def test_the_same_request_gives_the_same_bytes(make, tmp_path, to, unit):
    make("one", to=to, unit=unit, **EVERYTHING)
    make("two", to=to, unit=unit, **EVERYTHING)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


@pytest.mark.slow
def test_a_manifest_makes_it_again_after_later_runs_changed_the_lake(stocked, make, tmp_path):
    make("then", to="jsonl", **EVERYTHING)
    stocked.write("notes/ferry.txt", "The ferry was sold.\n")
    stocked.write("notes/windmill.txt", "The windmill turns by itself.\n")
    (stocked.documents / "notes/bakery.txt").unlink()
    stocked.run("notes", allow_deletions=True)
    make("now", to="jsonl", **EVERYTHING)
    make("again", again=manifest.read(tmp_path / "then"))
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "then")
    assert bytes_of(tmp_path / "now") != bytes_of(tmp_path / "then")


def test_a_table_of_lance_has_the_same_rows_again(make, tmp_path):
    import lance

    made = make("then", to="lance", **EVERYTHING)
    again = make("again", again=manifest.read(tmp_path / "then"))
    assert made == again
    tables = [
        lance.dataset(str(tmp_path / name / "data" / "train.lance")).to_table()
        for name in ("then", "again")
    ]
    assert tables[0].equals(tables[1])
    assert tables[0].num_rows == made.splits["train"]["rows"]


def test_what_vacuum_has_removed_is_said_and_nothing_is_written(stocked, make, tmp_path):
    make("then", to="jsonl")
    stocked.write("notes/ferry.txt", "The ferry was sold.\n")
    stocked.run("notes")
    stocked.lake.vacuum("chunks", timedelta(0))
    with pytest.raises(LakeVersionGone, match="vacuumed") as gone:
        make("again", again=manifest.read(tmp_path / "then"))
    assert gone.value.facts["table"] == "chunks"
    assert not [name for name in tmp_path.iterdir() if "again" in name.name]


def test_a_table_that_was_made_anew_is_not_taken_for_the_old_one(stocked, make, tmp_path):
    import shutil

    make("then", to="jsonl")
    shutil.rmtree(stocked.folder / "lake" / "tables" / "signals")
    with pytest.raises(LakeVersionGone, match="signals"):
        make("again", again=manifest.read(tmp_path / "then"))


def test_access_that_was_narrowed_since_holds_for_what_was_exported_before(
    stocked: Flow, make, tmp_path
):
    make("then", to="jsonl", principals=["group:board"])
    sources = {
        name: its.model_dump(mode="json", include={"url", "access", "buckets"})
        for name, its in stocked.settings.sources.items()
    }
    sources["secret"]["access"] = []
    stocked.write_settings(stocked.folder, sources=sources)
    with pytest.raises(ExportDiffers, match="who may read secret has changed"):
        make("again", again=manifest.read(tmp_path / "then"))
    assert not (tmp_path / "again").exists()


def test_a_document_that_was_closed_since_is_not_exported_again(stocked: Flow, make, tmp_path):
    source = {"url": "documents/notes", "access": ["everyone"], "buckets": 4}
    rest = {
        name: its.model_dump(mode="json", include={"url", "access", "buckets"})
        for name, its in stocked.settings.sources.items()
        if name != "notes"
    }
    stocked.configure(sources={**rest, "notes": source | {"access_from": ["sidecar"]}})
    make("then", to="jsonl", sources=["notes"])
    path = rows_of(tmp_path / "then")[0]["path"]
    stocked.write(f"notes/{path}.access.yaml", "allow: ['group:board']\n")
    stocked.run("notes")
    with pytest.raises(ExportDiffers):
        make("again", again=manifest.read(tmp_path / "then"))
    assert not (tmp_path / "again").exists()
    make("now", to="jsonl", sources=["notes"])
    assert path not in {row["path"] for row in rows_of(tmp_path / "now")}


def test_what_is_being_erased_since_is_not_exported_again(stocked, make, tmp_path):
    make("then", to="jsonl")
    doc_id = rows_of(tmp_path / "then")[0]["doc_id"]
    row = {"source": "notes", "doc_id": doc_id, "erasure_id": "a", "erased_by": "lee"}
    row |= {"source": rows_of(tmp_path / "then")[0]["source"]}
    erased.deny(stocked.lake, [row | {"reason": None, "erased_at": clock.now()}])
    with pytest.raises(ExportDiffers, match="differs"):
        make("again", again=manifest.read(tmp_path / "then"))


@pytest.mark.slow
def test_another_evaluation_set_of_the_same_name_is_named(stocked, make, tmp_path):
    held_out = stocked.folder / "held_out.jsonl"
    held_out.write_text(json.dumps({"text": ENGLISH["ferry"]}) + "\n")
    make("then", to="jsonl", decontaminate=["held_out.jsonl"])
    make("same", again=manifest.read(tmp_path / "then"))
    held_out.write_text(json.dumps({"text": ENGLISH["mill"]}) + "\n")
    with pytest.raises(ExportDiffers, match=r"evaluation set held_out\.jsonl is another one"):
        make("again", again=manifest.read(tmp_path / "then"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"format": 2}',
        '{"format": 1, "request": {"to": "excel"}}',
        "\udcff",
        "[" * 9_999,
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path, content):
    file = tmp_path / "manifest.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ExportRefused, match="is no manifest"):
        manifest.read(file)
    with pytest.raises(ExportRefused, match="is no manifest"):
        manifest.read(tmp_path / "missing.json")


def test_a_manifest_names_no_time_and_no_place(stocked, make, tmp_path):
    make("then", to="jsonl", **EVERYTHING)
    text = (tmp_path / "then" / "manifest.json").read_text("utf-8")
    assert str(tmp_path) not in text
    assert str(clock.now().year) not in text
