"""All stages of one source, one after the other, in this process."""

from __future__ import annotations

from dataclasses import replace

from doclake import tracing
from doclake.embed import Embedder
from doclake.progress import Progress, silent
from doclake.project import Project
from doclake.stages import chunks, documents, elements, embeddings, search_index, signals
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport


def ingest(
    project: Project,
    source: str,
    *,
    allow_deletions: bool = False,
    progress: Progress = silent,
    embedder: Embedder | None = None,
    retry_now: bool = True,
) -> list[StageReport]:
    """Bring every bucket of a source and the index up to date; returns the reports in order. Who
    asks often hands the `embedder` in, and does not ask that what failed be tried at once."""
    context = replace(
        StageContext.whole(project, source),
        progress=progress,
        allow_deletions=allow_deletions,
        retry_now=retry_now,
    )
    with tracing.span(tracing.RUN, {tracing.SOURCE: source}):
        reports = [stage.run(context) for stage in (documents, elements, chunks, signals)]
        reports.append(embeddings.run(context, embedder or Embedder(project.settings.embedding)))
        reports.append(search_index.run(project, progress=progress))
    return reports
