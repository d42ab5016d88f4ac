"""Lines that stand at the ends of many documents of a source: letterheads, footers, signatures.

As CCNet does, which drops paragraphs that stand in another document (Wenzek et al. 2020,
arXiv:1911.00359), but only where furniture stands, and only if so many documents have the line.

A line is furniture if it is one of the first or last lines of `documents` documents or more, no two
of which have the same ends: a copy of a document counts once. So it depends on what stands in the
source and not on what came first; and when a line becomes furniture, or ends to be, fewer than
`documents` documents that stood before have it and are judged again. A longer line is a clause,
which somebody may ask for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from doclake import ids
from doclake.curate import base
from doclake.curate.base import FINE, Signal
from doclake.curate.duplicates.signatures import mixed

NAME = "furniture"
VERSION = 1
NEEDS = ("doc_id", "text")
EDGE = 15  # lines at each end
_LONGEST = 200  # characters
_SHORTEST = 8  # letters without digits and marks; half of it in Hangul
_DIGITS, _MARKS = re.compile(r"\d+"), re.compile(r"[\W_]+")
_HANGUL = re.compile("[가-힣]")
_BINS = 22  # bits
_NONE = np.zeros(0, np.uint64)


class Lines(NamedTuple):
    """The lines at the ends of documents: those of document i are `keys[starts[i]:starts[i + 1]]`,
    digests in int64, each once, smallest first. No document is without any."""

    starts: np.ndarray
    keys: np.ndarray


def edges(chunks: pa.Table) -> dict[str, list[int]]:
    """Of chunks in order, the digests of the lines by which each document is compared, smallest
    first; of a document with none nothing."""
    keys = {
        doc_id: sorted({key for key in map(_key, _at_the_ends(lines)) if key})
        for doc_id, lines in _by_document(chunks)
    }
    return {doc_id: of for doc_id, of in keys.items() if of}


def repeated(parts: Callable[[], Iterable[Lines]], least: int) -> np.ndarray:
    """Digests of the lines that are furniture, smallest first: int64 [n]. `parts()` gives the lines
    of all documents of a source, in parts. It is called twice, so that memory holds one part, what
    may be furniture, and a number for each document."""
    bins, ends = np.zeros(1 << _BINS, np.uint32), [_NONE]
    for part in parts():
        bins += np.bincount(_short(part.keys), minlength=len(bins)).astype(np.uint32)
        ends.append(np.add.reduceat(mixed(part.keys.view(np.uint64)), part.starts[:-1]))
    joined = np.concatenate(ends)
    differs = np.zeros(len(joined), bool)
    differs[np.unique(joined, return_index=True)[1]] = True  # of copies one
    kept, at = [_NONE.view(np.int64)], 0
    for part in parts():
        counts = np.diff(part.starts)
        taken = np.repeat(differs[at : at + len(counts)], counts)
        kept.append(part.keys[taken & (bins[_short(part.keys)] >= least)])
        at += len(counts)
    keys, times = np.unique(np.concatenate(kept), return_counts=True)
    return keys[times >= least]


def furniture_of(lines: Lines, known: np.ndarray) -> np.ndarray:
    """Digest of those lines of each document that are `known` as furniture, 0 for none: int64."""
    if not len(known):
        return np.zeros(len(lines.starts) - 1, np.int64)
    places = np.minimum(np.searchsorted(known, lines.keys), len(known) - 1)
    own = np.where(known[places] == lines.keys, lines.keys, 0)
    return np.bitwise_xor.reduceat(own, lines.starts[:-1])


def signals(chunks: pa.Table, known: np.ndarray, share: float) -> pa.Table:
    """What the step says of chunks in order, of schema `base.SIGNAL`; flagged is one of which that
    share of the letters stands in furniture."""
    furniture = frozenset(known.tolist())
    of_documents = (_signals(lines, furniture, share) for _, lines in _by_document(chunks))
    return base.table(signal for made in of_documents for signal in made)


def _by_document(chunks: pa.Table) -> Iterator[tuple[str, list[list[str]]]]:
    """The lines of each chunk, document by document."""
    lines: list[list[str]] = []
    before = None
    for doc_id, text in base.rows(chunks, NEEDS):
        if before is not None and doc_id != before:
            yield before, lines
            lines = []
        before = doc_id
        lines.append([line for line in map(str.strip, text.splitlines()) if line])
    if before is not None:
        yield before, lines


def _at_the_ends(lines: list[list[str]]) -> list[str]:
    whole = [line for of_chunk in lines for line in of_chunk]
    return whole if len(whole) <= 2 * EDGE else [*whole[:EDGE], *whole[-EDGE:]]


def _signals(lines: list[list[str]], known: frozenset[int], share: float) -> Iterator[Signal]:
    end, at = sum(map(len, lines)) - EDGE, 0
    for of_chunk in lines:
        letters = marked = 0
        for line in of_chunk:
            letters += len(line)
            is_at_an_end = at < EDGE or at >= end
            if known and is_at_an_end and _key(line) in known:
                marked += len(line)
            at += 1
        score = base.over(marked / max(letters, 1), share)
        yield Signal(score, (NAME,)) if score else FINE


def _key(line: str) -> int:
    """Of a line without its numbers, marks and letter case; 0 if it is too long or too short."""
    if len(line) > _LONGEST:
        return 0
    plain = _MARKS.sub("", _DIGITS.sub("", unicodedata.normalize("NFKC", line).casefold()))
    if len(plain) < (_SHORTEST // 2 if _HANGUL.search(plain) else _SHORTEST):
        return 0
    return int(np.uint64(int(ids.digest("line", plain, size=8), 16)).astype(np.int64))


def _short(keys: np.ndarray) -> np.ndarray:
    return keys.view(np.uint64) >> np.uint64(64 - _BINS)
