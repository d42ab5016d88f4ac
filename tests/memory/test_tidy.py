"""What writes leave behind is merged as they go, so that recalls stay short."""

from __future__ import annotations

from doclake.memory.store import MERGE_EVERY, MemoryStore
from tests.memory.conftest import Agent


def test_files_of_the_last_writes_are_merged_and_nothing_is_lost(
    agent: Agent, store: MemoryStore
) -> None:
    ada, texts = agent("ada"), [f"The code of door {n} is {n}17." for n in range(MERGE_EVERY + 4)]
    for text in texts:
        ada.remember(text)
    state, rows = store.rows() or (None, None)
    assert state is not None and rows is not None
    (_, table), *_ = store.index.tables()
    assert len(table.get_fragments()) < MERGE_EVERY
    assert rows.count() == len(texts)
    assert all(ada.recall(text, k=1)[0].memory.text == text for text in texts)
