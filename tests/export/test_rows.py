"""Which rows an export holds: current ones that one may read, that pass, each drop counted."""

from __future__ import annotations

import json
import re

import pyarrow.parquet as pq
import pytest

from doclake.export.selection import OF_CHUNK
from doclake.lake.scope import Scope
from doclake.tables.rows import with_column
from tests.export.conftest import ENGLISH, KOREAN, rows_of


def paths(folder, split="train"):
    return {f"{row['source']}/{row['path']}" for row in rows_of(folder, split)}


def test_it_holds_what_everyone_may_read_and_what_principals_may(make, tmp_path):
    make("all", to="jsonl")
    make("board", to="jsonl", principals=["group:board"])
    assert {name.partition("/")[0] for name in paths(tmp_path / "all")} == {"notes", "wiki"}
    assert paths(tmp_path / "board") - paths(tmp_path / "all") == {"secret/plan.txt"}
    assert list(rows_of(tmp_path / "all")[0]) == list(OF_CHUNK)


def test_rows_stand_in_an_order_that_does_not_depend_on_runs(make, tmp_path):
    make("all", to="jsonl")
    rows = rows_of(tmp_path / "all")
    assert [row["source"] for row in rows] == sorted(row["source"] for row in rows)
    assert len({row["chunk_id"] for row in rows}) == len(rows) == 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("language = 'ko'", 4),
        ("path LIKE '%copy%' -- a remark", 8),
        ("list_contains(flags, 'near_duplicates')", 8),
        ("scores['near_duplicates'] > 0.5", 8),
        ("len(text) > 10 AND (source = 'wiki' OR path = 'ferry.txt')", 5),
        ("date > TIMESTAMP '1990-01-01'", 20),
    ],
)
def test_a_condition_sees_columns_flags_and_scores(make, tmp_path, where, count):
    made = make("some", to="jsonl", where=where)
    assert len(rows_of(tmp_path / "some")) == made.rows == count
    assert sum(reasons.get("condition", 0) for reasons in made.left_out.values()) == 20 - count


def test_what_curation_drops_and_what_failed_since_is_left_out(stocked, make, tmp_path):
    rows = stocked.lake.read("chunks", Scope("wiki"))
    dropped = with_column(rows, "dropped_by", [["language"], None, None, None])
    stocked.lake.replace("chunks", Scope("wiki"), dropped)
    stocked.write("notes/ferry.txt", "%PDF-1.7\nthis is no PDF at all\n")
    stocked.run("notes")
    make("out", to="jsonl")
    assert len([name for name in paths(tmp_path / "out") if name.startswith("wiki")]) == 3
    assert "notes/ferry.txt" not in paths(tmp_path / "out")


@pytest.mark.slow
def test_a_document_is_its_chunks_in_order(stocked, make, tmp_path):
    parts = list(ENGLISH.values())[:3]
    text = "\n\n".join(f"## Part {n}\n\n{part}" for n, part in enumerate(parts))
    stocked.write("notes/inn.md", text)
    stocked.run("notes")
    made = make("out", to="jsonl", unit="documents", where="path = 'inn.md'")
    (row,) = rows_of(tmp_path / "out")
    assert re.findall(r"(?:The keeper|No ferry|Rye bread).*", row["text"]) == parts
    assert row["chunks"] == 3
    assert made.sources["notes"]["tokens"] == row["tokens"] > 50


@pytest.mark.slow
@pytest.mark.parametrize("to", ["parquet", "hf", "lance", "jsonl"])
def test_each_form_holds_the_same_rows(make, tmp_path, to):
    make("lines", to="jsonl", columns=["text", "pages", "section", "date", "tokens"])
    made = make("other", to=to, columns=["text", "pages", "section", "date", "tokens"])
    if to == "jsonl":
        found = rows_of(tmp_path / "other")
    elif to == "lance":
        import lance

        found = lance.dataset(str(tmp_path / "other/data/train.lance")).to_table().to_pylist()
    else:
        found = pq.read_table(tmp_path / "other/data/train-00000.parquet").to_pylist()
    plain = [json.loads(json.dumps(row, default=lambda value: value.isoformat())) for row in found]
    assert plain == rows_of(tmp_path / "lines")
    assert made.rows == len(plain)


def test_the_card_of_a_data_set_names_its_splits(make, tmp_path):
    import yaml

    make("out", to="hf", validation=0.3, seed=4)
    head = (tmp_path / "out" / "README.md").read_text("utf-8").split("---\n")[1]
    (config,) = yaml.safe_load(head)["configs"]
    for entry in config["data_files"]:
        assert list((tmp_path / "out").glob(entry["path"])), entry
    assert [entry["split"] for entry in config["data_files"]] == ["train", "validation"]


def test_files_hold_so_many_rows_at_most(stocked, make, tmp_path, monkeypatch):
    from doclake.export import writers

    monkeypatch.setattr(writers, "FILE_ROWS", 8)
    monkeypatch.setattr(writers, "GROUP_ROWS", 4)
    made = make("out", to="jsonl")
    assert [(file.path, file.rows) for file in made.files] == [
        (f"data/train-0000{n}.jsonl", rows) for n, rows in enumerate((8, 8, 4))
    ]
    assert len(rows_of(tmp_path / "out")) == 20


def test_texts_that_an_evaluation_set_holds_are_left_out_in_both_languages(stocked, make, tmp_path):
    held = [{"question": ENGLISH["ferry"].upper()}, {"text": KOREAN[0]}]
    lines = [json.dumps(row, ensure_ascii=False) for row in [*held, {"answer": "Yes."}]]
    (stocked.folder / "held_out.jsonl").write_text("\n".join(lines), "utf-8")
    made = make("out", to="jsonl", decontaminate=["held_out.jsonl"])
    gone = {"notes/ferry.txt", "notes/ferry_copy.txt", "wiki/0.txt"}
    make("all", to="jsonl")
    assert paths(tmp_path / "all") - paths(tmp_path / "out") == gone
    assert made.left_out == {"notes": {"contaminated": 2}, "wiki": {"contaminated": 1}}
    (noted,) = made.evaluation
    assert (noted["texts"], noted["too_short"]) == (3, 1)


@pytest.mark.slow
def test_no_validation_row_is_nearly_a_training_row_nor_of_its_document(make, tmp_path):
    for seed in range(6):
        made = make(f"out{seed}", to="jsonl", validation=0.4, seed=seed)
        train, held = paths(tmp_path / f"out{seed}"), paths(tmp_path / f"out{seed}", "validation")
        assert held
        assert not train & held
        subjects = {name.replace("_copy", "") for name in train if name.startswith("notes")}
        assert not subjects & {name.replace("_copy", "") for name in held}
        left = sum(its.get("repeats_training", 0) for its in made.left_out.values())
        assert len(train) + len(held) + left == 20


def test_more_documents_later_move_none_to_the_other_side(stocked, make, tmp_path):
    request = {"to": "jsonl", "validation": 0.4, "sources": ["wiki"], "seed": 1}
    make("then", **request)
    stocked.write("wiki/9.txt", "새로 지은 도서관은 다음 달부터 주말에도 문을 연다고 한다.\n")
    stocked.run("wiki")
    make("now", **request)
    for split in ("train", "validation"):
        assert paths(tmp_path / "then", split) <= paths(tmp_path / "now", split)


def test_shares_draws_and_repeats_are_those_asked_for(make, tmp_path):
    made = make("even", to="jsonl", mixture={"weights": {"notes": 1, "wiki": 1}, "max_rows": 8})
    assert {name: its["rows"] for name, its in made.sources.items()} == {"notes": 4, "wiki": 4}
    drawn = {name for name in paths(tmp_path / "even") if name.startswith("notes")}
    more = make("more", to="jsonl", mixture={"weights": {"notes": 1, "wiki": 1}, "max_rows": 20})
    assert drawn < paths(tmp_path / "more")
    assert {name: its["rows"] for name, its in more.sources.items()} == {"notes": 16, "wiki": 4}
    other = {"weights": {"notes": 1, "wiki": 1}, "max_rows": 8}
    make("seeded", to="jsonl", mixture=other, seed=7)
    assert {name for name in paths(tmp_path / "seeded") if name.startswith("notes")} != drawn
    often = {"weights": {"wiki": 1}, "max_repeats": 2.5}
    twice = make("twice", to="jsonl", sources=["wiki"], mixture=often)
    rows = rows_of(tmp_path / "twice")
    assert made.left_out["notes"] == {"not_drawn": 12}
    assert twice.sources["wiki"]["tokens"] <= 2.5 * twice.sources["wiki"]["available"]
    assert {row["copy"] for row in rows} == {0, 1, 2}
    assert len({(row["chunk_id"], row["copy"]) for row in rows}) == len(rows) > 8


def test_a_budget_of_tokens_is_never_exceeded(make):
    made = make("out", mixture={"max_tokens": 100})
    assert 0 < sum(its["tokens"] for its in made.sources.values()) <= 100
