"""The terms by which full text finds a passage, the same for passages and for questions.

Words stand as they are (the index takes their English stems). Runs of Hangul, Han and kana, which
carry endings or have no blanks, give each pair of neighbouring characters. A name with digits or
marks inside (`KX-2045`, `v1.2`, `report_2024.pdf`) stands whole and in its parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

_WIDE = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_RUN = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+(?:[.\-/:@#+&'’][^\W{_WIDE}]+)*")
_IS_WIDE = re.compile(f"[{_WIDE}]")
_PART = re.compile(r"[^\W_]+")
_MARKED = re.compile(r"[\d._@#:]")
_PLAIN = re.compile(r"\d{1,4}(st|nd|rd|th|s|[ap]m|[kmc]?m|[km]?g)?|\d+[.:,/-]\d+")
_NAME = re.compile(
    r"""(?x)
    (?=.*[^\W\d_])(?=.*\d).{3,}        # letters and digits: KX-2045, v1.2, 0x80070057
    | .*[^\W_][_@][^\W_].*            # max_tokens, a@b
    | [^\W_][\w-]{2,}\.[a-z]{2,5}      # server.conf
    | \d{5,} | \d+([.:/-]\d+){2,}      # 20240117, 10.0.0.12
    """
)


def terms(text: str) -> list[str]:
    """In the order of the text, repeated as there."""
    found: list[str] = []
    for run in _runs(text):
        if _IS_WIDE.match(run):
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
            continue
        parts = _PART.findall(run)
        found += parts
        if len(parts) > 1 and _MARKED.search(run):
            found.append(run)
    return found


def is_wide(term: str) -> bool:
    """Whether it is of Hangul, Han or kana."""
    return _IS_WIDE.match(term) is not None


def names(text: str) -> set[str]:
    """Those terms that look like part numbers, files, versions, addresses or error codes."""
    return {
        run
        for run in _runs(text)
        if _NAME.fullmatch(run) and not _PLAIN.fullmatch(run) and not _IS_WIDE.match(run)
    }


def spans(text: str, wanted: Collection[str]) -> list[tuple[int, int]]:
    """Where these terms stand in a text: start and end in characters."""
    return [span for match in _RUN.finditer(text) for span in _spans(match, wanted)]


def _spans(match: re.Match[str], wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    run, start = _plain(match[0]), match.start()
    if run in wanted:
        yield match.span()
    elif is_wide(run) and len(run) == len(match[0]):
        for i in range(len(run) - 1):
            if run[i : i + 2] in wanted:
                yield start + i, start + i + 2


def _plain(text: str) -> str:
    """Letter case and width aside."""
    return unicodedata.normalize("NFKC", text).casefold()


def _runs(text: str) -> list[str]:
    """Runs of one kind of script, letter case and width aside."""
    return _RUN.findall(_plain(text))
