"""The Python face of Doclake: a project with its verbs, and one file without a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import project
from doclake.errors import LakeError
from doclake.extract import extractor
from doclake.extract.document import ExtractedDocument
from doclake.lake import runs
from doclake.lake.scope import Scope
from doclake.observe import prometheus
from doclake.progress import Progress, silent
from doclake.search.hits import Hit
from doclake.settings import ExtractRecipe, Limits
from doclake.stages.report import StageReport
from doclake.tables.audit import AUDIT
from doclake.tables.registry import TABLES
from doclake.tables.rows import strings

if TYPE_CHECKING:
    from doclake.memory.memories import Memories
    from doclake.memory.store import MemoryStore
    from doclake.search.passages import Passage
    from doclake.search.prompt_context import Context
    from doclake.search.searcher import Searcher


class Project(project.Project):
    """A doclake.yaml and what it names.

    `Project.open(path)` reads the settings file, or the one that DOCLAKE_CONFIG or the working
    directory name. Every method may raise a `doclake.errors.DoclakeError`, which says what to do.
    """

    def search(
        self,
        question: str,
        *,
        k: int = 5,
        principals: Iterable[str] = (),
        **filters: Any,
    ) -> list[Hit]:
        """The `k` best passages, best first, of what `everyone` and the `principals` may see.

        `filters` are those of `Filters`: source, language, type, path, page, since, until,
        metadata. Raises `FilterError` for any other.
        """
        from doclake.search.door import ask

        found = ask(
            self,
            question,
            k=k,
            principals=principals,
            filters=filters,
            searcher=self._searcher,
        )
        return found.hits

    @cached_property
    def _searcher(self) -> Searcher:
        """Kept: loading the model takes longer than a search."""
        from doclake.search.searcher import Searcher

        return Searcher(self)

    def passage(
        self,
        citation_id: str,
        *,
        principals: Iterable[str] = (),
        neighbours: int = 0,
        section: bool = False,
    ) -> Passage:
        """The passage that a hit's `citation_id` means now, with so many neighbours on each side
        and, if asked for, its whole section. Raises `PassageGone`."""
        from doclake.search.passages import passage

        return passage(
            self, citation_id, principals=principals, neighbours=neighbours, section=section
        )

    def context(
        self,
        question: str,
        *,
        tokens: int = 2_000,
        principals: Iterable[str] = (),
        suspicious: bool = False,
        **filters: Any,
    ) -> Context:
        """Cited passages for a prompt, at most so many tokens: no doubles, no stale ones,
        neighbours joined under their headings. Those that give orders to a model are left out
        unless `suspicious` ones are wanted, or `recipe.injection.in_prompts` includes them."""
        from doclake.search.prompt_context import context

        return context(
            self,
            question,
            tokens=tokens,
            principals=principals,
            filters=filters,
            searcher=self._searcher,
            suspicious=suspicious,
        )

    def memories(
        self, agent: str, *, principals: Iterable[str] = (), is_operator: bool = False
    ) -> Memories:
        """What an agent remembers, with the verbs of docs/memory.md. `principals` are whom it
        speaks for beside itself; an operator may see and change the memories of every agent."""
        from doclake.memory.memories import Memories

        return Memories(self, agent, principals, is_operator=is_operator, store=self._memory_store)

    @cached_property
    def _memory_store(self) -> MemoryStore:
        """Kept, as the searcher is."""
        from doclake.memory.store import MemoryStore

        return MemoryStore(self)

    def ingest(
        self,
        *sources: str,
        allow_deletions: bool = False,
        progress: Progress = silent,
    ) -> dict[str, list[StageReport]]:
        """Bring the named sources (all of them, if none is named) and the index up to date.

        Runs the same stages as the Dagster job, in this process and without Dagster, so its
        history knows of no run and no incident is opened. Each source ends with the index up to
        date. Returns what each stage did, by source.
        """
        from doclake.stages.ingest import ingest

        reports = {}
        try:
            for name in sources or tuple(self.settings.sources):
                reports[name] = ingest(
                    self, name, allow_deletions=allow_deletions, progress=progress
                )
                runs.note(self.lake, name)
        finally:
            prometheus.write(self)
        return reports

    def table(
        self,
        name: str,
        *,
        source: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Rows of a table of the lake (documents, elements, chunks ...), in no particular order.

        This is the operator's view: access lists are a column here, and not a filter.
        """
        if name not in TABLES:
            known = ", ".join(TABLES)
            raise LakeError(f"There is no table {name}.", mend=f"One of {known}.", table=name)
        if name == AUDIT.name:
            from doclake.search import audit

            audit.write()  # what this process was given a moment ago
        return self.lake.read(name, Scope(source), columns)

    def vectors(self, *, source: str | None = None) -> pa.Table:
        """`chunk_id`, `text_hash` and `vector` of each chunk that has a vector of the model that
        searches use. The table `embeddings` may hold those of several models. Raises
        `IndexStateError` if there is no index yet."""
        state, _ = self.index.require()
        scope = Scope(source)
        chunks = self.lake.read("chunks", scope, ["chunk_id", "text_hash"])
        of_model = Scope(source, where={"model": [state.model]})
        stored = self.lake.read("embeddings", of_model, ["text_hash", "vector"])
        place = {key: i for i, key in enumerate(strings(stored["text_hash"]))}
        places = [place.get(key) for key in strings(chunks["text_hash"])]
        joined = chunks.append_column("vector", stored["vector"].take(pa.array(places, pa.int64())))
        return joined.filter(pc.is_valid(joined["vector"]))


def extract_file(
    path: str | Path,
    *,
    password: str | None = None,
    recipe: ExtractRecipe | None = None,
    limits: Limits | None = None,
) -> list[ExtractedDocument]:
    """What extraction finds in one file: the document first, then those found inside it.

    Needs no project. A bad document raises nothing: its `error` says what is wrong.
    """
    found = extractor.extract_file(
        Path(path), recipe or ExtractRecipe(), limits or Limits(), password=password
    )
    return list(found)
