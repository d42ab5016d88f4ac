"""Recalling: the search of documents over memories, with what else tells that one matters now.

Relevance is that of `relevance`. To it come recency, importance and uses, as in Park et al.,
Generative Agents (2023), each with a weight of the settings; and facts come before episodes that
are as near. Recency halves with a half-life, as strength does in Ebbinghaus's curve; what is pinned
is always recent. What was superseded is not recalled at all, so nothing can outrank its correction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

import numpy as np
from pydantic import AfterValidator, Field

from doclake import clock
from doclake.errors import FilterError
from doclake.index.rows import IndexRows
from doclake.memory import relevance
from doclake.memory.caller import Caller, agent_name
from doclake.memory.memory import Memory, Recalled
from doclake.memory.origins import doc_id_of, readable
from doclake.memory.relevance import Found
from doclake.memory.remembering import plain
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.search import audit, filters
from doclake.search.filters import Moment, Narrowing, Text
from doclake.search.order import order
from doclake.search.rerank.scored import scored
from doclake.search.searcher import require_question
from doclake.settings import MemorySettings
from doclake.settings.fields import Listed
from doclake.tables.audit import NO_SOURCE, RECALL
from doclake.tables.memories import KINDS, TIERS, MemoryRow
from doclake.tables.memory_index import ALWAYS, BY_MOMENT, COPIED

MOST = 1_000
_MANY_USES = 20
"""So many count as much as can be."""
_AHEAD = 3  # times k: what recency and importance may bring forward
_READ = (*COPIED, "signs")  # at once: a query takes longer than what it reads more


def _one_of(known: Sequence[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return value

    return AfterValidator(check)


class MemoryFilters(Narrowing):
    """What a recall is narrowed to. What is not given narrows nothing, but that the archive is
    left alone; of a list, one is enough."""

    agent: Listed[Text] = Field((), description="Names of agents that remember it")
    session: Listed[Text] = Field((), description="Conversations")
    subject: Listed[Text] = Field((), description="Whom or what it is about")
    kind: Listed[Annotated[str, _one_of(KINDS)]] = Field((), description=", ".join(KINDS))
    tier: Listed[Annotated[str, _one_of(TIERS)]] = Field((), description=", ".join(TIERS))
    as_of: Moment | None = Field(None, description="What was remembered, and true, at a moment")


def recall(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    question: str,
    *,
    k: int = 5,
    narrowed: MemoryFilters,
) -> list[Recalled]:
    """The `k` memories that answer a question best, of those that the caller may see, best first.
    Equal texts are given once. Raises `QuestionEmpty`, `FilterError`."""
    require_question(question)
    if not 1 <= k <= MOST:
        raise FilterError(
            f"k is {k}; a recall gives 1 to {MOST} memories.",
            mend="Correct it.",
            problems=[("k", str(k), f"1 to {MOST}")],
        )
    project = project.today()
    current = store.rows()
    if current is None:
        return []
    state, rows = current
    (embedded,) = store.embedder(state).encode_queries([question])
    where = _where(rows, caller, narrowed)
    settings = project.settings
    found = relevance.find(
        rows, embedded.vector, question, where, settings.search, settings.memory, k * _AHEAD
    )
    if found is None:
        return []
    given = _Ranking(project, caller, rows, found, narrowed).best(question, embedded, k)
    for one in given:
        names = sorted(caller.asker.names)
        audit.given(project, RECALL, [NO_SOURCE], names, subject_id=one.memory.memory_id)
    return given


def _where(rows: IndexRows, caller: Caller, narrowed: MemoryFilters) -> str:
    """The filter over the rows of the view, built as that of a search is.

    Of most memories the moment decides nothing. Where it decides nothing about any that the caller
    may recall, its columns are not asked: indices hold the others, and a search takes two thirds.
    """
    terms = [] if caller.is_operator else [filters.has_any(caller.asker.keys)]
    if narrowed.as_of is None:
        if rows.count(" AND ".join([*terms, filters.is_in("recalled", [BY_MOMENT])])):
            terms += [filters.is_in("recalled", [ALWAYS, BY_MOMENT]), *_in_time(clock.now())]
        else:
            terms.append(filters.is_in("recalled", [ALWAYS]))
    else:
        as_of = filters.moment_literal(narrowed.as_of)
        terms.append(f"recorded_at <= {as_of} AND (retired_at IS NULL OR retired_at > {as_of})")
        terms += _in_time(narrowed.as_of)
    return " AND ".join([*terms, *_named(narrowed)])


def _in_time(moment: datetime) -> list[str]:
    at = filters.moment_literal(moment)
    ends = [f"({name} IS NULL OR {name} > {at})" for name in ("valid_to", "expires_at")]
    return [f"(valid_from IS NULL OR valid_from <= {at})", *ends]


def _named(narrowed: MemoryFilters) -> list[str]:
    tiers = narrowed.tier or [tier for tier in TIERS if tier != "archive"]
    named = {
        "agent": [agent_name(name) for name in narrowed.agent],
        "session": narrowed.session,
        "subject": narrowed.subject,
        "kind": narrowed.kind,
        "tier": tiers,
    }
    return [filters.is_in(name, values) for name, values in named.items() if values]


@dataclass(frozen=True)
class _Ranking:
    project: Project
    caller: Caller
    rows: IndexRows
    found: Found
    narrowed: MemoryFilters

    def best(self, question: str, embedded: Any, k: int) -> list[Recalled]:
        settings, found = self.project.settings, self.found.candidates
        search = settings.search
        read: dict[int, dict[str, Any]] = {}

        def rerank(places: list[int]) -> np.ndarray | None:
            read.update(self._read(places))

            def column(name: str) -> list[Any]:
                return [read[place][name] for place in places]

            # Like names of documents, that of a subject decides by itself.
            names = self.found.naming | (found.names if search.names_first else set[str]())
            values = scored(column, question, embedded, names, search)
            return None if values is None else self.found.with_subjects(values, places)

        ordered = order(found, search.model_copy(update={"recency_weight": 0.0}), rerank)
        places = ordered.places[: max(search.rerank_candidates, k * _AHEAD)]
        read.update(self._read([place for place in places if place not in read]))
        seen = self._readable([(read[place], place) for place in places])
        rows, places = [row for row, _ in seen], [place for _, place in seen]
        now = self.narrowed.as_of or clock.now()
        scores = [
            _scores(row, float(ordered.scores[place]), now, settings.memory)
            | {"vector": float(self.found.cosines[place]), "text": found.text[place]}
            for row, place in zip(rows, places, strict=True)
        ]
        totals = [_total(one, settings.memory, self.found.rest) for one in scores]
        best = sorted(range(len(rows)), key=lambda i: (-totals[i], rows[i]["memory_id"]))
        once = {plain(rows[i]["text"]): i for i in reversed(best)}
        kept = [i for i in best if once[plain(rows[i]["text"])] == i][:k]
        return [Recalled(Memory.of(cast("MemoryRow", rows[i])), totals[i], scores[i]) for i in kept]

    def _read(self, places: Sequence[int]) -> dict[int, dict[str, Any]]:
        row_ids = self.found.candidates.row_ids
        rows = self.rows.at([row_ids[place] for place in places], _READ)
        return dict(zip(places, rows, strict=True))

    def _readable(self, found: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
        """Without what was learned from documents that the caller may not read now."""
        origin = {i: doc_id_of(row["origin"], row["origin_root"]) for row, i in found}
        learned = [doc_id for doc_id in origin.values() if doc_id]
        if not learned:
            return found
        seen = readable(self.project, self.caller, learned)
        return [one for one in found if origin[one[1]] is None or origin[one[1]] in seen]


def _scores(
    row: Mapping[str, Any], relevance: float, now: datetime, settings: MemorySettings
) -> dict[str, float]:
    last = max(row["used_at"] or row["recorded_at"], row["recorded_at"])
    age = max((now - last) / settings.recency_half_life, 0.0)
    return {
        "relevance": relevance,
        "recency": 1.0 if row["tier"] == "pinned" else 0.5**age,
        "importance": row["importance"],
        "fact": float(row["kind"] != "episodic"),
        "uses": min(math.log1p(row["uses"]) / math.log1p(_MANY_USES), 1.0),
    }


def _total(scores: Mapping[str, float], settings: MemorySettings, rest: float) -> float:
    """`rest` is the part of the relevance that is not its subject's: beside it the others count."""
    weights = {
        "relevance": 1.0,
        "recency": rest * settings.recency_weight,
        "importance": rest * settings.importance_weight,
        "fact": rest * settings.facts_weight,
        "uses": rest * settings.uses_weight,
    }
    return sum(weight * scores[name] for name, weight in weights.items()) / sum(weights.values())
