"""What every door to search does alike: Python, the command line, HTTP and MCP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from doclake.errors import FilterError
from doclake.project import Project
from doclake.search.filters import Filters
from doclake.search.searcher import Answer, Searcher

MOST = 1_000


def checked(project: Project, filters: Mapping[str, Any]) -> Filters:
    """The filters of a request; raises `FilterError`, and `SettingsError` for a source that is not
    configured."""
    known = Filters.of(filters)
    now = project.today()
    for name in known.source:
        now.source(name)
    return known


def ask(
    project: Project,
    question: str,
    *,
    k: int = 5,
    principals: Iterable[str] = (),
    filters: Mapping[str, Any] | None = None,
    searcher: Searcher | None = None,
) -> Answer:
    """The answer to one question. A `searcher` that lives on saves loading the model."""
    if not 1 <= k <= MOST:
        raise FilterError(
            f"k is {k}; a search gives 1 to {MOST} passages.",
            mend="Correct it.",
            problems=[("k", str(k), f"1 to {MOST}")],
        )
    narrowed = checked(project, filters or {})
    searcher = searcher or Searcher(project)
    answers = searcher.search_many([question], k=k, filters=narrowed, principals=principals)
    return next(answers)


def sources(project: Project, principals: Iterable[str] = ()) -> dict[str, str]:
    """Names and descriptions of the sources that `everyone` or the principals may search now."""
    project = project.today()
    named = project.asker(principals).names
    configured = project.settings.sources.items()
    return {name: its.description for name, its in configured if named & set(its.access)}
