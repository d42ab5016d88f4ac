"""How well memories answer a question, in whatever language each was said.

Memories are short, and a small model finds two sentences in one language, or with one name in them,
alike before it finds them alike in meaning. Left so, whatever was said in the language of a
question stands before its answer in another. Four things make up for it:

* The best in other languages than that of the nearest ones are looked up for themselves.
* Nobody is near to all. From each similarity goes half of that to the nearest of its own language:
  cross-domain similarity local scaling (Conneau et al., Word Translation Without Parallel Data,
  2018). So small talk, which is like everything about a person, does not come before facts.
* Whom a question names is told by the terms that most memories of one subject hold, and few others:
  memories of this subject in other languages, where the name is spelt otherwise, gain as well.
* From each score goes the mean of those in its language about the same subject.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.index.rows import ROW_ID, IndexRows
from doclake.memory import sounds
from doclake.memory.remembering import plain
from doclake.search import filters
from doclake.search.hybrid import Candidates, coverage, of_best, rare, scaled
from doclake.settings import MemorySettings, SearchSettings
from doclake.tables.rows import integers, strings
from doclake.terms import is_wide, names, terms

_COLUMNS = ("memory_id", "text", "language", "subject", "terms", "vector")
_NEIGHBOURS = 10  # that tell how crowded it is around a memory
_MEANT = 0.9  # of the best: subjects that a question may mean
_RARE, _FEW = 0.25, 4  # subjects with a term that names one, of all; and so many in any case
_OF_ITS_MEMORIES = 0.5  # hold its name, counting one more that does not
_MOST_TERMS = 256
_LONGEST_QUESTION = 10_000  # letters: a question is taken apart before its first terms are taken


@dataclass(frozen=True)
class Found:
    """Candidates, how near each is to the question (cosine [n]), its language, how far it is about
    whom the question names (float [n], 0 to 1), and the terms of the question that do so."""

    candidates: Candidates
    cosines: np.ndarray
    languages: np.ndarray
    about: np.ndarray
    naming: frozenset[str]
    settings: MemorySettings

    @property
    def rest(self) -> float:
        """The part of a score that the subject leaves to what tells memories about it apart."""
        return 1 - _weight(self.about, self.settings)

    def with_subjects(self, scores: np.ndarray, places: Sequence[int] | None = None) -> np.ndarray:
        """Scores of these places, of any scale, made comparable between languages, with what their
        subjects add: 0 to 1."""
        chosen = list(range(len(self.about))) if places is None else list(places)
        return _ranked(scores, self.languages[chosen], self.about[chosen], self.settings)


def find(
    rows: IndexRows,
    vector: np.ndarray,
    question: str,
    where: str,
    settings: SearchSettings,
    memory: MemorySettings,
    count: int,
) -> Found | None:
    """At least `count` candidates, if so many pass the filter `where`; None if none does."""
    count = max(memory.candidates, count)
    question = question[:_LONGEST_QUESTION]
    asked = list(dict.fromkeys(terms(question)))[:_MOST_TERMS]
    sounded = [*asked, *sounds.of_question(question)[:_MOST_TERMS]]
    has_text = bool(asked) and settings.text_weight > 0
    with ThreadPoolExecutor(1) as beside:  # Lance searches on one core
        words = beside.submit(rows.by_text, sounded, count, where, _COLUMNS) if has_text else None
        near = rows.by_vector(vector, count, where, _COLUMNS)
        worded = words.result() if words else None
    if not near.num_rows:
        return None
    matching = _scores(worded) if worded else {}
    found = _together(near, worded)
    named = _named(sounded, found) if memory.subject_weight else _Named({}, frozenset())
    elsewhere = _elsewhere(near, named.meant)
    if rows.count(elsewhere):  # a lake of one language is spared the search
        others = rows.by_vector(vector, count, f"{where} AND {elsewhere}", _COLUMNS)
        found = _together(found, others)
    ids, texts = integers(found[ROW_ID]), [set(held.split()) for held in strings(found["terms"])]
    languages = _languages(found, texts)
    vectors = pc.list_flatten(found["vector"]).to_numpy().reshape(found.num_rows, -1)
    cosines = vectors @ vector
    similar = cosines - _crowded(vectors, languages, strings(found["text"])) / 2
    subjects = [one or "" for one in found["subject"].to_pylist()]
    weight = settings.text_weight * coverage(asked, texts, languages.tolist())
    about = np.array([named.fits.get(one, 0.0) for one in subjects], np.float32)
    mix = (1 - weight) * scaled(dict(zip(ids, similar.tolist(), strict=True)), ids)
    memory_ids = strings(found["memory_id"])
    meant = rare(names(question) if has_text else set(), texts, memory_ids)
    candidates = Candidates(
        row_ids=ids,
        doc_ids=memory_ids,
        dates=[None] * len(ids),
        text=of_best(matching, ids),
        mix=_ranked(mix + weight * scaled(matching, ids), languages, about, memory),
        held=np.array([len(meant & text) for text in texts], np.float32),
        names=meant,
    )
    return Found(candidates, cosines, languages, about, named.terms, memory)


def _ranked(
    scores: np.ndarray, languages: np.ndarray, about: np.ndarray, settings: MemorySettings
) -> np.ndarray:
    """From 0 to 1: without what tells only the language, and with the subject."""
    balanced = scores.astype(np.float32)
    meant = about >= _MEANT
    for language in set(languages.tolist()):
        own = languages == language
        alike = own & meant if (own & meant).any() else own
        # One or two tell little of their language: their mean is their own merit as well.
        sure = settings.language_balance * alike.sum() ** 2 / (alike.sum() ** 2 + 1)
        balanced[own] -= sure * (scores[alike].mean() - scores.mean())
    low, high = balanced.min(), balanced.max()
    balanced = (balanced - low) / (high - low) if high > low else np.ones_like(balanced)
    weight = _weight(about, settings)
    ranked: np.ndarray = (1 - weight) * balanced + weight * about
    return ranked


def _weight(about: np.ndarray, settings: MemorySettings) -> float:
    return settings.subject_weight if about.any() else 0.0


def _scores(found: pa.Table) -> dict[int, float]:
    return dict(zip(integers(found[ROW_ID]), map(float, found["_score"].to_numpy()), strict=True))


def _together(*tables: pa.Table | None) -> pa.Table:
    """Each row once, in an order that does not depend on how the index was written."""
    wanted = [ROW_ID, *_COLUMNS]
    rows = pa.concat_tables([table.select(wanted) for table in tables if table is not None])
    first: dict[int, int] = {}
    for place, row_id in enumerate(integers(rows[ROW_ID])):
        first.setdefault(row_id, place)
    return rows.take(pa.array(list(first.values()), pa.int64())).sort_by("memory_id")


def _elsewhere(near: pa.Table, meant: Sequence[str]) -> str:
    """A filter for memories in other languages than most of the nearest, about the subjects that a
    question may mean."""
    ((language, _),) = Counter(near["language"].to_pylist()).most_common(1)
    terms = ["language IS NOT NULL"]
    if language:
        terms.append(f"language <> {filters.text_literal(language)}")
    if meant:
        terms.append(filters.is_in("subject", meant))
    return " AND ".join(terms)


@dataclass(frozen=True)
class _Named:
    """How well each subject fits what a question names, 1 for the best, and the terms that name
    those that it may mean."""

    fits: Mapping[str, float]
    terms: frozenset[str]

    @property
    def meant(self) -> list[str]:
        return [subject for subject, fit in self.fits.items() if fit >= _MEANT]


def _named(asked: Sequence[str], found: pa.Table) -> _Named:
    """A term names a subject if most of its memories in one language hold it, and few others do.
    It counts by its rarity among subjects, the inverse document frequency of BM25."""
    sizes, holding = Counter[tuple[str, str]](), defaultdict[tuple[str, str], Counter[str]](Counter)
    texts = [set(held.split()) for held in strings(found["terms"])]
    for subject, language, held in zip(
        found["subject"].to_pylist(), _languages(found, texts).tolist(), texts, strict=True
    ):
        if subject:
            sizes[subject, language] += 1
            holding[subject, language].update(held.intersection(asked))
    held_by = Counter(term for subject in _of_subjects(holding) for term in subject)
    subjects = len({subject for subject, _ in sizes})
    most = max(_FEW, _RARE * subjects)
    naming = {
        (subject, language): {
            term: share * math.log(1 + (subjects - held_by[term] + 0.5) / (held_by[term] + 0.5))
            for term, count in counts.items()
            if (share := count / (sizes[subject, language] + 1)) >= _OF_ITS_MEMORIES
            and held_by[term] <= most
        }
        for (subject, language), counts in holding.items()
    }
    fits = dict[str, float]()
    for (subject, _), weights in naming.items():
        fits[subject] = max(sum(weights.values()), fits.get(subject, 0.0))
    best = max(fits.values(), default=0.0)
    named = {subject: fit / best for subject, fit in fits.items() if fit > 0}
    terms_of = (set(own) for (one, _), own in naming.items() if named.get(one, 0.0) >= _MEANT)
    return _Named(named, frozenset[str]().union(*terms_of))


def _of_subjects(holding: Mapping[tuple[str, str], Counter[str]]) -> list[set[str]]:
    """The terms of each subject, in whatever language."""
    held = defaultdict[str, set[str]](set)
    for (subject, _), counts in holding.items():
        held[subject].update(counts)
    return list(held.values())


def _languages(found: pa.Table, texts: Sequence[set[str]]) -> np.ndarray:
    """That of each; where nobody knows it, the commonest of those in the same script."""
    known = found["language"].to_pylist()
    scripts = [any(map(is_wide, text)) for text in texts]
    common = {
        script: Counter(
            one for one, other in zip(known, scripts, strict=True) if one and other == script
        ).most_common(1)
        for script in (True, False)
    }
    fallback = {script: most[0][0] if most else "" for script, most in common.items()}
    return np.array(
        [one or fallback[script] for one, script in zip(known, scripts, strict=True)], object
    )


def _crowded(vectors: np.ndarray, languages: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """Mean similarity of each to its nearest in the same language, equal texts aside: float [n]."""
    numbers: dict[str, int] = {}
    same = np.array([numbers.setdefault(plain(text), len(numbers)) for text in texts])
    crowded = np.zeros(len(vectors), np.float32)
    for language in set(languages.tolist()):
        (own,) = np.nonzero(languages == language)
        alike = vectors[own] @ vectors[own].T
        alike[same[own][:, None] == same[own][None, :]] = 0.0
        first = max(len(own) - _NEIGHBOURS, 0)
        nearest = np.partition(alike, first, axis=1)[:, first:]
        crowded[own] = np.sort(nearest, axis=1).mean(axis=1)  # copies get one sum
    return crowded
