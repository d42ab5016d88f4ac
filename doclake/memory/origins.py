"""Who may read a passage today may recall what was learned from it, and nobody else.

A memory keeps the words of its passage. So a document that was closed to an agent, deleted or
erased closes its memories too, before any run and for whomever they were shared with.
"""

from __future__ import annotations

from collections.abc import Iterable

from doclake.errors import IndexStateError
from doclake.lake.scope import Scope
from doclake.memory.caller import Caller
from doclake.project import Project
from doclake.search.filters import access_filter
from doclake.tables.memories import MemoryRow
from doclake.tables.rows import strings


def doc_id_of(origin: str | None, origin_root: str | None) -> str | None:
    """The document of a memory that was learned from one."""
    return origin.partition(".")[0] if origin and origin_root else None


def readable(project: Project, caller: Caller, doc_ids: Iterable[str]) -> set[str]:
    """Those of these documents that the caller may read now. Raises `SettingsError`."""
    asked = sorted(set(doc_ids))
    if not asked or caller.is_operator:
        return set(asked)
    lists = {name: its.access for name, its in project.today().settings.sources.items()}
    where = f"{access_filter(caller.asker, lists)} AND {Scope(where={'doc_id': asked}).sql()}"
    try:
        _, rows = project.index.require()
    except IndexStateError:
        return set()  # nobody can say
    return set(strings(rows.to_table(columns=["doc_id"], filter=where)["doc_id"]))


def is_readable(project: Project, caller: Caller, row: MemoryRow) -> bool:
    """Whether the caller may read the document of a memory now, or it has none."""
    doc_id = doc_id_of(row["origin"], row["origin_root"])
    return doc_id is None or doc_id in readable(project, caller, [doc_id])
