"""Labels of people become a classifier; labels that cannot be used become none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doclake.errors import SettingsError
from doclake.govern import quarantine
from doclake.lake import redo
from doclake.operate import training_labels
from doclake.operate.training_labels import REFUSED, train

GOOD = [{"text": f"The pump needs oil in week {n}.", "label": "good"} for n in range(5)]
BAD = [{"text": f"Buy {n} now!!!", "label": "advert", "document": f"d{n}"} for n in range(5)]


def _file(folder: Path, lines: list[dict[str, object]], name: str = "labels.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def test_labels_of_texts_become_a_classifier_with_its_card_beside_it(flow, tmp_path):
    folder = tmp_path / "made"
    made = train(flow.lake, folder, _file(tmp_path, [*GOOD, *BAD]), from_quarantine=False)
    assert {file.name for file in folder.iterdir()} == {made.file.name, made.page.name}
    assert made.classifier.labels == ("advert",)
    assert made.classifier.card["documents"] == 10
    again = train(flow.lake, folder, _file(tmp_path, [*BAD, *GOOD]), from_quarantine=False)
    assert again.file == made.file


def test_a_text_of_many_documents_is_learned_once(flow, tmp_path):
    """Learned in one and tested in another it would count as found."""
    copies = [{**BAD[0], "document": f"copy{n}"} for n in range(20)]
    once = train(flow.lake, tmp_path, _file(tmp_path, [*GOOD, *BAD]), from_quarantine=False)
    many = train(
        flow.lake, tmp_path, _file(tmp_path, [*GOOD, *BAD, *copies]), from_quarantine=False
    )
    assert many.classifier.card["examples"] == once.classifier.card["examples"]
    file = _file(tmp_path, [*GOOD, *({**BAD[0], "document": f"copy{n}"} for n in range(20))])
    with pytest.raises(SettingsError, match="of one document"):
        train(flow.lake, tmp_path, file, from_quarantine=False)


def test_labels_of_chunks_take_text_and_document_from_the_lake(flow, tmp_path):
    chunks = flow.lake.read("chunks", columns=["chunk_id", "doc_id", "text"]).to_pylist()
    table = tmp_path / "labels.csv"
    rows = "".join(f"{row['chunk_id']},odd\r\n" for row in chunks)
    table.write_text(f"chunk_id,label\r\n{rows}", "utf-8-sig")
    examples = training_labels.labelled(flow.lake, table)
    assert {(one.text, one.document) for one in examples} == {
        (row["text"], row["doc_id"]) for row in chunks
    }


ONE = "either `chunk_id` or `text`"
WRONG = {
    "no label": ([{"text": "a"}], "line 1, label: "),
    "two things": (
        [{"text": "a", "chunk_id": "b", "label": "good"}],
        "either `chunk_id` or `text`",
    ),
    "nothing": ([{"label": "good"}], ONE),
    "blank": ([{"text": " ", "label": "good"}], "not blank"),
    "a label of words": ([{"text": "a", "label": "Not good"}], "a word of small letters"),
    "an unknown field": ([{"text": "a", "label": "good", "by": "kim"}], "one of label, chunk_id"),
    "no such chunk": ([*GOOD, {"chunk_id": "f" * 32, "label": "bad"}], "line 6, ffff"),
    "one class": (GOOD, "every text has the label good"),
    "no good one": (BAD, "no text has the label good"),
    "one document": ([*GOOD, *({**one, "document": "d"} for one in BAD)], "of one document"),
    "two labels": ([*GOOD, *BAD, {**GOOD[0], "label": "bad"}], "labelled good and bad"),
    "no line": ([], "no text has the label good"),
}


@pytest.mark.parametrize(("lines", "said"), WRONG.values(), ids=WRONG)
def test_labels_that_cannot_be_used_are_named_and_nothing_is_written(flow, tmp_path, lines, said):
    with pytest.raises(SettingsError) as raised:
        train(flow.lake, tmp_path / "made", _file(tmp_path, lines), from_quarantine=False)
    assert said in raised.value.message
    assert raised.value.problems
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [b"{", b"[1]\n", b"\xff\xfe", b'"a"\n'])
def test_a_file_of_another_form_is_no_file_of_labels(flow, tmp_path, content):
    file = tmp_path / "labels.jsonl"
    file.write_bytes(content)
    with pytest.raises(SettingsError):
        training_labels.labelled(flow.lake, file)
    with pytest.raises(SettingsError, match=r"\.jsonl or \.csv"):
        training_labels.labelled(flow.lake, tmp_path / "labels.txt")
    with pytest.raises(SettingsError, match="No such file"):
        training_labels.labelled(flow.lake, tmp_path / "none.csv")


def test_what_people_decided_about_refused_chunks_is_learned_from(damaged):
    (row,) = quarantine.waiting(damaged.lake, quarantine.Selection())
    (waiting,) = training_labels.decided(damaged.lake)
    assert (waiting.label, waiting.document) == (REFUSED, row["doc_id"])
    assert "burns until dawn" in waiting.text
    chosen = quarantine.Selection(source="notes")
    released = quarantine.release(damaged.project, chosen, "All there is.", "kim")
    redo.mark(damaged.lake, quarantine.documents(damaged.lake, released))
    damaged.run()
    (good,) = training_labels.decided(damaged.lake)
    assert good.label == "good"
    assert "burns until dawn" in good.text
