"""Damaged files of the index: those of rows, of indices over them, of its state."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import IndexStateError
from doclake.index import files
from doclake.project import Project
from tests.damaged import KINDS

FOUND_BY_A_LOOK = [kind for kind in KINDS if kind != "flipped"]


def _file(flow, pattern: str) -> Path:
    folder = Path(flow.lake.url, "index")
    return next(iter(sorted(folder.glob(pattern))))


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("kind", FOUND_BY_A_LOOK)
@pytest.mark.parametrize(
    "pattern", ["chunks_*/data/*", "chunks_*/_indices/*/*", "state.lance/data/*"]
)
def test_a_damaged_file_is_found(flow, pattern, kind, thorough):
    index = Project.open(flow.folder).index
    assert files.damaged(index, thorough=thorough) == []
    file = _file(flow, pattern)
    KINDS[kind](file)
    (found,) = files.damaged(index, thorough=thorough)
    assert str(file.relative_to(flow.lake.url)).startswith(found[0])
    with pytest.raises(IndexStateError, match="`doclake repair` makes it anew"):
        files.require_whole(index)


def test_an_index_that_is_set_aside_is_as_if_never_made(flow):
    assert flow.project.index.state() is not None
    assert flow.project.without((), index=True).index.state() is None
