"""What every door to search does alike: Python, the command line, HTTP and MCP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from doclake import access
from doclake.errors import FilterError
from doclake.project import Project, no_such_source
from doclake.search import audit
from doclake.search.filters import Filters
from doclake.search.searcher import Answer, Searcher
from doclake.tables.audit import SEARCH

MOST = 1_000


def checked(project: Project, filters: Mapping[str, Any]) -> Filters:
    """The filters of a request; raises `FilterError`, and `SettingsError` for a source that is not
    configured."""
    known = Filters.of(filters)
    now = project.today()
    for name in known.source:
        now.source(name)
    return known


def require_visible(
    project: Project, filters: Mapping[str, Any], principals: Iterable[str]
) -> None:
    """For a caller who may not know which sources there are. Raises `SettingsError` for a source
    that the principals may not search, as for one that is not configured, and `FilterError`."""
    visible = sources(project, principals)
    for name in Filters.of(filters).source:
        if name not in visible:
            raise no_such_source(name, list(visible))


def ask(
    project: Project,
    question: str,
    *,
    k: int = 5,
    principals: Iterable[str] = (),
    filters: Mapping[str, Any] | None = None,
    searcher: Searcher | None = None,
    action: str = SEARCH,
) -> Answer:
    """The answer to one question, noted as `action` in the audit."""
    asked = partial(ask_many, project, [question], k=k, principals=principals, filters=filters)
    return next(asked(searcher=searcher, action=action))


def ask_many(
    project: Project,
    questions: Sequence[str],
    *,
    k: int = 5,
    principals: Iterable[str] = (),
    filters: Mapping[str, Any] | None = None,
    searcher: Searcher | None = None,
    action: str = SEARCH,
) -> Iterator[Answer]:
    """The answer to each question, in order. A `searcher` that lives on saves loading the model.
    Raises as `Searcher.search_many`, and `FilterError` for a `k` that is none."""
    if not 1 <= k <= MOST:
        raise FilterError(
            f"k is {k}; a search gives 1 to {MOST} passages.",
            mend="Correct it.",
            problems=[("k", str(k), f"1 to {MOST}")],
        )
    project, asking = project.today(), access.principals(principals)
    narrowed = checked(project, filters or {})
    searcher = searcher or Searcher(project)
    answers = searcher.search_many(questions, k=k, filters=narrowed, principals=asking)
    for question, answer in zip(questions, answers, strict=True):
        sources = [hit.source for hit in answer.hits]
        audit.given(project, action, sources, asking, question=question)
        yield answer


def sources(project: Project, principals: Iterable[str] = ()) -> dict[str, str]:
    """Names and descriptions of the sources that `everyone` or the principals may search now."""
    project = project.today()
    named = project.asker(principals).names
    configured = project.settings.sources.items()
    return {name: its.description for name, its in configured if named & set(its.access)}
