"""MinHash signatures of texts, and how alike two of them are.

A. Broder, "On the resemblance and containment of documents" (1997): the share of equal values in
the signatures of two texts is an unbiased estimate of the Jaccard similarity of their shingles,
here all runs of five characters. They suit Korean, whose words change their ends, as well as
English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import cast

import numpy as np

from doclake import ids

VALUES = 128
BANDS = 32
"""Each of four values. Two texts meet in one of them with probability 1 - (1 - J^4)^32: .99 at a
Jaccard similarity J of .6, .04 at .18."""
SHINGLE = 5
SHORTEST = 40
"""Characters. Of a shorter text the shingles are too few to say that it is nearly another."""
BYTES = 2 * VALUES
_SEED = 42
_BATCH = 200  # texts whose shingles stay in the cache of a core: ten times faster than 5,000
_ODD = np.uint64(0x9E3779B97F4A7C15)
_BLANKS = re.compile(r"\s+")


def normalised(text: str) -> str:
    """What two copies of a text have in common: letters without case and width, single blanks."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def key(normalised_text: str) -> int:
    """Equal for equal texts: 64 bits."""
    return int(ids.digest("normalised", normalised_text, size=8), 16)


def signatures(normalised_texts: Sequence[str]) -> list[bytes | None]:
    """The signature of each text, `BYTES` long; None for one shorter than `SHORTEST`."""
    long = [text for text in normalised_texts if len(text) >= SHORTEST]
    batches = (long[start : start + _BATCH] for start in range(0, len(long), _BATCH))
    made = (signature for batch in batches for signature in _signatures(batch))
    return [next(made) if len(text) >= SHORTEST else None for text in normalised_texts]


def _signatures(texts: Sequence[str]) -> list[bytes]:
    from rensa import RMinHash

    hashes, ends = _shingles(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, ends, VALUES, _SEED)
    rows = np.array(matrix.to_rows(), np.uint32).astype("<u2")  # 16 bits tell two values apart
    return [row.tobytes() for row in rows]


def _shingles(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the shingles of all texts, uint64 [n], and where those of each text end."""
    lengths = np.array([len(text) for text in texts])
    joined = "\0".join(texts).encode("utf-32-le", "replace")
    letters = np.frombuffer(joined, np.uint32).astype(np.uint64)
    hashes = np.zeros(len(letters) - SHINGLE + 1, np.uint64)
    for offset in range(SHINGLE):
        hashes *= _ODD
        hashes += letters[offset : offset + len(hashes)]
    hashes = mixed(hashes)
    counts = lengths - SHINGLE + 1
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    edges = np.zeros(len(hashes) + 1, np.int64)
    edges[starts] += 1
    edges[starts + counts] -= 1
    inside = np.cumsum(edges[:-1]) > 0  # no shingle reaches over the end of its text
    return hashes[inside], np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)


def mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits, each bit of which depends on all bits of those given (SplitMix64)."""
    made = numbers ^ (numbers >> np.uint64(30))
    made *= np.uint64(0xBF58476D1CE4E5B9)
    made ^= made >> np.uint64(27)
    made *= np.uint64(0x94D049BB133111EB)
    made ^= made >> np.uint64(31)
    return cast("np.ndarray", made)


def bands(values: np.ndarray) -> np.ndarray:
    """What two alike texts have one of in common, of `values` uint16 [n, VALUES]:
    uint64 [n, BANDS], no two bands alike."""
    keys = np.ascontiguousarray(values).view("<u8")
    return mixed(keys + np.arange(1, BANDS + 1, dtype=np.uint64) * _ODD)
