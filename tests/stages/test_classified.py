"""A classifier that people trained judges chunks; another one judges again, alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doclake.curate.classifier import model
from doclake.errors import ModelError
from doclake.lake.scope import Scope
from doclake.operate.training_labels import train
from tests.flow import Flow

GOOD = [{"text": f"Tomatoes grow along wall {n}.", "label": "good"} for n in range(4)]
BAD = [{"text": f"Buy {n} now and win a prize!!!", "label": "advert"} for n in range(4)]
MORE = [{"text": f"The pond holds {n} litres.", "label": "good"} for n in range(4)]


def classifier(flow: Flow, *labels: dict[str, object]) -> Path:
    file = flow.folder / "labels.jsonl"
    file.write_text("\n".join(map(json.dumps, labels)), "utf-8")
    return train(flow.lake, flow.folder / "classifiers", file, from_quarantine=False).file


def flagged(flow: Flow) -> set[str]:
    paths = {row["chunk_id"]: row["path"] for row in flow.lake.read("chunks").to_pylist()}
    rows = flow.lake.read("signals", Scope(where={"step": ["classifier"]})).to_pylist()
    return {paths[row["chunk_id"]] for row in rows if row["flags"] == ["advert"]}


def use(flow: Flow, file: Path) -> None:
    settings = {"policy": "drop", "model": f"classifiers/{file.name}"}
    flow.configure(recipe={"curation": {"classifier": settings}})


def test_a_classifier_drops_what_it_calls_bad_and_another_one_judges_again_alone(tmp_path):
    flow = Flow.of_small_documents(tmp_path)
    flow.write("advert.txt", "Buy three now and win a great prize!!!\n")
    use(flow, classifier(flow, *GOOD, *BAD))
    flow.run()
    assert flagged(flow) == {"advert.txt"}
    dropped = {row["path"] for row in flow.lake.read("chunks").to_pylist() if row["dropped_by"]}
    assert dropped == {"advert.txt"} and flow.findings() == []
    before = flow.lake.read("signals").to_pylist()
    use(flow, classifier(flow, *GOOD, *MORE, *BAD))
    flow.run()
    after = flow.lake.read("signals").to_pylist()
    assert {row["step"] for row in after if row not in before} == {"classifier"}
    assert flagged(flow) == {"advert.txt"}


@pytest.mark.slow
def test_without_its_file_nothing_is_judged_and_nothing_comes_back(tmp_path):
    flow = Flow.of_small_documents(tmp_path)
    flow.write("advert.txt", "Buy three now and win a great prize!!!\n")
    file = classifier(flow, *GOOD, *BAD)
    use(flow, file)
    flow.run()
    flow.write("second.txt", "Buy four now and win a small prize!!!\n")
    before = flow.lake.read("signals").num_rows
    moved = file.rename(file.with_suffix(".away"))
    model.load.cache_clear()  # as in another process
    with pytest.raises(ModelError, match="cannot be used"):
        flow.run()
    assert flow.lake.read("signals").num_rows == before and flagged(flow) == {"advert.txt"}
    moved.rename(file)
    flow.run()
    assert flagged(flow) == {"advert.txt", "second.txt"} and flow.findings() == []
