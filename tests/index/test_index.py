"""Searches and other readers of the index while another process replaces its tables."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from doclake import clock
from doclake.errors import IndexStateError
from doclake.health import balance
from doclake.index.index import SearchIndex
from doclake.index.state import KEEP
from doclake.lake.scope import EVERYTHING
from doclake.operate import maintenance
from doclake.stages import search_index


def _tables(flow) -> set[str]:
    return {path.stem for path in Path(flow.lake.url, "index").glob("chunks_*.lance")}


def _rebuild(flow) -> None:
    search_index.run(flow.project, rebuild=True)


def _retire_earlier(flow, age: timedelta) -> None:
    """Let the tables have retired so long ago."""
    index = SearchIndex(flow.lake)
    when = (clock.now() - age).isoformat()
    state = index.state()
    index.save(replace(state, retired=dict.fromkeys(state.retired, when)))


def test_a_table_that_was_replaced_stays_for_those_who_read_it_and_goes_later(flow):
    first, opened = SearchIndex(flow.lake).require()
    _rebuild(flow)
    second = SearchIndex(flow.lake).state()
    assert _tables(flow) == {first.table, second.table}
    maintenance.run(flow.project)
    assert opened.of(EVERYTHING, ["text"]).num_rows == opened.count() > 0
    _rebuild(flow)
    assert second.table in _tables(flow)
    _retire_earlier(flow, KEEP)
    search_index.run(flow.project)  # has nothing else to do
    assert _tables(flow) == {SearchIndex(flow.lake).state().table}
    assert SearchIndex(flow.lake).state().retired == {}


@pytest.mark.parametrize(
    ("model", "named"),
    [
        ("all-MiniLM-L6-v2", "all_minilm_l6_v2"),
        ("intfloat/multilingual-e5-small@1", "multilingual_e5_small_1"),
        ("/models/한글", ""),
    ],
)
def test_a_table_bears_the_name_of_its_model(flow, model, named):
    index = SearchIndex(flow.lake)
    embedding = index.state().embedding_settings.model_copy(update={"model": model})
    state = index.create("0f", embedding, 4, {})
    assert re.fullmatch(rf"chunks_{named}_[0-9a-f]{{8}}", state.table)
    assert index.table(state).count() == 0


def test_what_a_build_that_died_has_left_goes_at_once(flow):
    index = SearchIndex(flow.lake)
    state = index.state()
    index.create(state.model, state.embedding_settings, state.dimension, {})
    assert len(_tables(flow)) == 2
    search_index.run(flow.project)
    assert _tables(flow) == {state.table}


class Overtaken(SearchIndex):
    """A reader that another process overtakes: between its reading of the state and of the table
    it names, there is another table, and that one is gone."""

    def __init__(self, flow, times: int) -> None:
        super().__init__(flow.lake)
        self.flow, self.times = flow, times

    def _dataset(self, name: str):
        if name != "state" and self.times:
            self.times -= 1
            _rebuild(self.flow)
            _retire_earlier(self.flow, KEEP)
            search_index.run(self.flow.project)
        return super()._dataset(name)


def test_a_reader_that_was_overtaken_reads_the_state_once_more(flow):
    rows = SearchIndex(flow.lake).require()[1].count()
    state, table = Overtaken(flow, 1).require()
    assert state == SearchIndex(flow.lake).state()
    assert table.count() == rows


def test_a_reader_that_is_overtaken_again_and_again_says_so(flow):
    with pytest.raises(IndexStateError):
        Overtaken(flow, 2).require()


def test_a_table_that_is_gone_is_a_typed_error_for_every_reader(flow, monkeypatch):
    index = SearchIndex(flow.lake)
    state = index.state()
    _rebuild(flow)
    _retire_earlier(flow, KEEP)
    search_index.run(flow.project)
    for read in (
        lambda: index.table(state),
        lambda: index.rows(state, EVERYTHING, ["text"]),
        lambda: index.partitions(state),
        lambda: index.open(state),
        lambda: index.optimize(state),
    ):
        with pytest.raises(IndexStateError):
            read()
    assert balance.status(flow.project)["notes"].balanced


def test_a_state_that_an_older_version_stored_is_read_and_everything_compared_once(flow):
    index = SearchIndex(flow.lake)
    stored = json.loads(index.state().as_json())
    del stored["retired"]
    for mark in stored["watermarks"].values():
        del mark["files"]
    old = pa.table({"state": [json.dumps(stored)]})
    index.db.create_table("state", old, mode="overwrite")
    assert flow.findings() == []
    report = search_index.run(flow.project)
    assert (report.counts["full_diff"], report.rows, report.alarms) == (1, 0, [])
    assert "full_diff" not in search_index.run(flow.project).counts
    assert flow.findings() == []
