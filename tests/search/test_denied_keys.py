"""A denial in the keys of a row wins, whether an index of keys knows the row or not."""

from __future__ import annotations

import random

from doclake.access import keys
from doclake.index import tuning
from doclake.principals import Groups
from doclake.search.filters import access_filter
from doclake.tables.rows import with_column
from tests.index.vector_rows import VectorRows, new_index

NAMES = ("everyone", "user:kim", "group:hr", "group:'; --", "인사팀")
LISTS = {"docs": ["everyone"], "aside": ["everyone"]}


def test_a_denial_wins_with_and_without_an_index_of_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(tuning, "ANN_ROWS", 1)
    chance = random.Random(3)
    index, state = new_index(tmp_path, 16)
    drawn = VectorRows(16, clusters=20)
    said: dict[str, tuple[set[str], set[str]]] = {}

    def add(count: int) -> None:
        rows = drawn.rows(count)
        lists = [
            tuple({name for name in NAMES if chance.random() < share} for share in (0.4, 0.2))
            for _ in range(count)
        ]
        said.update(zip(rows["chunk_id"].to_pylist(), lists, strict=True))
        rows = with_column(rows, "access_keys", [keys(allow, deny) for allow, deny in lists])
        index.table(state).replace([], rows)

    def seen(*principals: str) -> set[str]:
        where = access_filter(Groups().asker(principals), LISTS)
        found = index.table(state).to_table(columns=["chunk_id"], filter=where)
        return set(found["chunk_id"].to_pylist())

    def all_are_right() -> None:
        for asking in ((), NAMES[1:2], NAMES[1:3], NAMES[3:], NAMES):
            names = {"everyone", *asking}
            may = {key for key, (allow, deny) in said.items() if names & allow and not names & deny}
            assert seen(*asking) == may, asking

    add(900)
    all_are_right()
    index.optimize(state)
    assert "access_keys_idx" in {one.name for one in index.open(state).list_indices()}
    all_are_right()
    add(300)
    all_are_right()
