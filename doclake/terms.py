"""The terms by which full text finds a passage, the same for passages and for questions.

Words stand as they are (the index takes their English stems). Runs of Hangul, Han and kana, which
carry endings or have no blanks, give each pair of neighbouring characters. A name with digits or
marks inside (`KX-2045`, `v1.2`, `report_2024.pdf`) stands whole and in its parts.
"""

from __future__ import annotations

import re
import unicodedata

_WIDE = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_RUN = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+(?:[.\-/:@#+&'’][^\W{_WIDE}]+)*")
_IS_WIDE = re.compile(f"[{_WIDE}]")
_PART = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[\d._@#:]")


def terms(text: str) -> list[str]:
    """In the order of the text, repeated as there."""
    found: list[str] = []
    for run, is_name in _runs(text):
        if _IS_WIDE.match(run):
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
            continue
        parts = _PART.findall(run)
        found += parts
        if is_name and len(parts) > 1:
            found.append(run)
    return found


def names(text: str) -> set[str]:
    """Those terms that look like part numbers, file names, versions or error codes."""
    return {run for run, is_name in _runs(text) if is_name and len(run) > 2}


def _runs(text: str) -> list[tuple[str, bool]]:
    """Runs of one kind of script, each with whether it is a name."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [(run, bool(_NAME.search(run)) and not run.isdecimal()) for run in _RUN.findall(folded)]
