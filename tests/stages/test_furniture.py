"""Lines are counted over a source; what becomes furniture by it is judged again, in any order."""

from __future__ import annotations

import pytest

from doclake.lake.scope import Scope
from tests.flow import Flow

FOOTER = "Noeul Cooperative of Ongjin, bulletin of its members"
NAMES = "abcdef"


def bulletin(name: str) -> str:
    return f"Wind {name * 12} fair.\n\n{FOOTER}\n"


def of(folder, names: str) -> Flow:
    flow = Flow.of_small_documents(folder)
    flow.configure(recipe={"curation": {"furniture": {"policy": "drop", "documents": 4}}})
    for name in names:
        flow.write(f"{name}.txt", bulletin(name))
    return flow


def flagged(flow: Flow) -> set[str]:
    paths = {row["chunk_id"]: row["path"] for row in flow.lake.read("chunks").to_pylist()}
    rows = flow.lake.read("signals", Scope(where={"step": ["furniture"]})).to_pylist()
    assert {row["chunk_id"] for row in rows} == paths.keys()
    return {paths[row["chunk_id"]] for row in rows if row["flags"]}


def dropped(flow: Flow) -> set[str]:
    return {row["path"] for row in flow.lake.read("chunks").to_pylist() if row["dropped_by"]}


@pytest.mark.slow
def test_documents_that_stood_before_are_judged_again_when_a_line_becomes_furniture(tmp_path):
    flow = of(tmp_path / "by_and_by", NAMES[:3])
    flow.run()
    assert flagged(flow) == set()
    flow.write("d.txt", bulletin("d"))
    flow.run()
    four = {f"{name}.txt" for name in NAMES[:4]}
    assert flagged(flow) == dropped(flow) == four and flow.findings() == []
    assert flow.run()["signals"].rows == 0
    at_once = of(tmp_path / "at_once", NAMES[:4])
    at_once.run()
    assert flagged(at_once) == four


@pytest.mark.slow
def test_what_ends_to_be_furniture_comes_back(tmp_path):
    flow = of(tmp_path, NAMES[:4])
    flow.run()
    (flow.documents / "a.txt").unlink()
    flow.run(allow_deletions=True)
    assert flagged(flow) == dropped(flow) == set() and flow.findings() == []


def test_without_the_step_no_lines_are_kept(tmp_path):
    flow = of(tmp_path, NAMES[:4])
    flow.run()
    assert flow.lake.read("edge_lines").num_rows
    flow.configure(recipe={"curation": {"furniture": "off"}})
    flow.run()
    assert flow.lake.read("edge_lines").num_rows == 0 and dropped(flow) == set()
