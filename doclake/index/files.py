"""Files of the search index that are not as they were written.

A look opens each file and each index over its rows; a thorough one reads them through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from doclake.errors import IndexStateError
from doclake.index.index import SearchIndex
from doclake.index.rows import readable
from doclake.index.state import IndexState

if TYPE_CHECKING:
    import lance
    from lance.indices import IndexDescription

_BATCH_ROWS = 4_096


def require_whole(index: SearchIndex) -> None:
    """Raises `IndexStateError` if a look finds damage."""
    for path, what in damaged(index):
        raise IndexStateError(
            f"The search index is damaged: {path} {what}.",
            mend="`doclake repair` makes it anew from chunks and embeddings.",
        )


def damaged(index: SearchIndex, *, thorough: bool = False) -> list[tuple[str, str]]:
    """(place in the lake, what is wrong) of the table that searches use, and of the state."""
    try:
        state = index.state()
    except IndexStateError as error:
        return [("index", _told(error.__cause__ or error))]
    return [] if state is None else _damaged(index, state, thorough=thorough)


def is_whole(index: SearchIndex, state: IndexState) -> bool:
    """Whether the table of a state has every column, and a look finds no damage."""
    try:
        held = index.table(state).columns
    except IndexStateError:
        return False
    wanted = index.schema(state.dimension).names
    return set(held).issuperset(wanted) and not _damaged(index, state, thorough=False)


def _damaged(index: SearchIndex, state: IndexState, *, thorough: bool) -> list[tuple[str, str]]:
    place = f"index/{state.table}.lance"
    try:
        table = index.unread(state)
        found = [] if table is None else list(_of_table(table, thorough))
    except IndexStateError as error:
        return [(place, _told(error.__cause__ or error))]
    return [(f"{place}/{path}", what) for path, what in found]


def _of_table(table: lance.LanceDataset, thorough: bool) -> Iterator[tuple[str, str]]:
    with readable(str(table.uri)):
        listed = table.all_files().read_all().to_pylist()
    sizes = {row["path"]: row["size_bytes"] for row in listed}
    for fragment in table.get_fragments():
        for file in fragment.data_files():
            path = f"data/{file.path}"
            read = partial(_read, table, fragment, path, thorough)
            if what := _wrong(sizes.get(path), file.file_size_bytes) or _unreadable(read):
                yield path, what
    for built in table.describe_indices():
        yield from _of_index(table, built, sizes, thorough)


def _of_index(
    table: lance.LanceDataset, built: IndexDescription, sizes: Mapping[str, int], thorough: bool
) -> Iterator[tuple[str, str]]:
    """An index of vectors, words or values over the rows of a table."""
    read = table.prewarm_index if thorough else table.stats.index_stats
    unreadable = _unreadable(partial(read, built.name))
    for part in built.segments:
        folder = f"_indices/{part.uuid}"
        held = sum(size for path, size in sizes.items() if path.startswith(f"{folder}/"))
        if what := _wrong(held or None, part.size_bytes) or unreadable:
            yield folder, what


def _wrong(size: int | None, written: int | None) -> str | None:
    if size is None:
        return "is missing"
    return None if size == (written or size) else f"holds {size:,} of {written:,} bytes"


def _read(table: lance.LanceDataset, fragment: Any, path: str, thorough: bool) -> None:
    if thorough:
        for _ in fragment.to_batches(batch_size=_BATCH_ROWS):
            pass
    else:
        from lance.file import LanceFileReader

        LanceFileReader(f"{table.uri}/{path}").metadata()


def _unreadable(read: Callable[[], Any]) -> str | None:
    try:
        read()
    except Exception as error:  # of many types, none of which is that of damage
        return _told(error)
    return None


def _told(error: BaseException) -> str:
    """Without the place in the source of Lance, which ends its messages."""
    return f"cannot be read: {str(error).partition(', /')[0]}"
