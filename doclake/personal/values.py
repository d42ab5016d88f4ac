"""What a text is when the whole of it is personal data, however it is spelt."""

from __future__ import annotations

from doclake.personal.detector import find

_BESIDE = (
    "",
    "전화",
    "카드",
    "주민등록번호",
    "사업자등록번호",
    "운전면허",
    "계좌",
    "passport",
    "ssn",
    "ip",
)
"""Words beside which a number is one of each kind; the first stands for none."""


def values(text: str) -> frozenset[tuple[str, str]]:
    """(kind, what all its spellings have in common) of each kind that the text may be, blanks at
    its ends aside: 010-1234-5678 is a phone, and beside its word a bank account."""
    whole = text.strip()
    return frozenset(
        (finding.kind, finding.value)
        for word in _BESIDE
        for finding in find(whole, before=f"{word} ")
        if (finding.start, finding.end) == (0, len(whole))
    )
