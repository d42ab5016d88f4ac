"""Quoted tails of mail threads: what a mail repeats of the mails it answers.

A method of our own, over the marks that mail programs write: `>` before lines; an attribution
(`On ... wrote:`, `...님이 작성:`); a rule (`-----Original Message-----`, `원본 메일`); a block of
headers (`From: Sent: To: Subject:`, `보낸 사람: 보낸 날짜: 받는 사람: 제목:`). Gmail, Outlook,
Apple Mail, Thunderbird, Naver and Daum, in English and Korean.

A mail that was forwarded is no quotation: it may be the only copy. So nothing is flagged where the
quoted mail stands alone, at the beginning of a document or under a title such as `Fwd:` or `전달:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa

from doclake.curate import base
from doclake.curate.base import FINE, Signal, Step
from doclake.settings.curation import QuotedMailSettings

MAIL = frozenset({"message/rfc822", "application/vnd.ms-outlook"})
_REACH = 300  # characters from one header of a block to the next
_FORWARDED = re.compile(r"^\W*(?:(?:re|답장|회신)\W+)*(?:fwd?|전달)\s*[:\]]", re.IGNORECASE)
_ENDS = re.compile(
    r"(?:\b(?:wrote|writes)|님이 ?(?:작성|쓴 ?글|보낸 ?메일)|쓴 ?글|작성(?:함)?) ?:[ \t]*$",
    re.MULTILINE,
)
_BEGINS = re.compile(r"^[ \t>]*(?:On |\d{4}(?:년|[-./]))", re.MULTILINE)
_DATED = re.compile(r"\d{1,2}:\d\d|[\w.+-]+@[\w-]+|\b\d{4}\b.*,")
_RULE = re.compile(
    r"^[ \t>]*[-_=]{2,20} ?(?:original (?:message|mail)|원본\s*(?:메일|메시지)|원문|답장 원본)"
    r"[ \t]?[-_=]{2,20}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_KEY = re.compile(
    r"(?:^|(?<=[\s*>]))\*{0,2}(?P<from>from|보낸\s?사람|보낸\s?이|발신)\*{0,2}\s?:"
    r"|(?:^|(?<=[\s*>]))\*{0,2}(?P<date>sent|date|보낸\s?날짜|보낸\s?시간|날짜|일시|발송일)\*{0,2}\s?:"
    r"|(?:^|(?<=[\s*>]))\*{0,2}(?P<to>to|받는\s?사람|받는\s?이|수신)\*{0,2}\s?:"
    r"|(?:^|(?<=[\s*>]))\*{0,2}(?P<subject>subject|제목)\*{0,2}\s?:",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = re.compile(
    r"^[ \t]*>(?!>>? ?(?:[a-z_]+ ?[=(]|import|from|print|for|def)|=)"
    r"(?! ?[\d.,]+ ?(?:[%\w/]{0,6} ?)?$).*$",
    re.MULTILINE,
)
_SENDERS = ("F", "f", "보", "발", "*")
_SPACE = re.compile(r"\s+")


class _Tail(NamedTuple):
    """Where what is quoted begins, and by which mark."""

    start: int
    flag: str


class QuotedMail(Step):
    """Flags: `quoted_lines` (`>`), `quoted_reply` (under an attribution or a rule), `quoted_header`
    (under a block of headers), `quoted_before` (the quotation began in an earlier chunk of a mail).
    The score grows with the share of the chunk that is quoted."""

    name = "quoted_mail"
    version = 1
    needs = ("doc_id", "text", "media_type", "title")
    settings = QuotedMailSettings

    def __init__(self, settings: QuotedMailSettings) -> None:
        self._settings = settings

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.table(self._signals(base.rows(chunks, self.needs)))

    def _signals(self, rows: Iterable[tuple[str, str, str | None, str | None]]) -> Iterable[Signal]:
        document, first, inside = "", True, False
        for doc_id, text, media_type, title in rows:
            if doc_id != document:
                document, first, inside = doc_id, True, False
            if _FORWARDED.match(title or ""):
                yield FINE
                continue
            mail = media_type in MAIL
            if inside:
                yield Signal(1.0, ("quoted_before",))
            else:
                signal, inside = self._signal(text, first, mail)
                yield signal
            first = False

    def _signal(self, text: str, first: bool, mail: bool) -> tuple[Signal, bool]:
        """And whether all that follows in the document is quoted."""
        tail = _tail(text, first)
        lines = [match.span() for match in _QUOTED.finditer(text)]
        marked = [span for span in lines if tail is None or span[0] >= tail.start]
        if marked and (tail or mail or len(marked) > 2):
            if tail is not None:
                marked = [(tail.start, marked[0][0]), *marked]
            score = base.over(_share(text, marked), self._settings.share)
            return Signal(score, ("quoted_lines",) if score else ()), False
        if tail is None:
            return FINE, False
        score = base.over(_share(text, [(tail.start, len(text))]), self._settings.share)
        return Signal(score, (tail.flag,) if score else ()), mail


def _tail(text: str, first: bool) -> _Tail | None:
    """Where a quotation begins that something stands above, in this chunk or an earlier one."""
    found = [_Tail(start, "quoted_reply") for start in _replies(text)]
    found += [_Tail(start, "quoted_header") for start in _headers(text)]
    own = 0
    if first and found and not text[: min(found).start].strip():
        own = 1  # the mail itself begins with its headers
    found = sorted(found)[own:]
    return found[0] if found else None


def _replies(text: str) -> Iterable[int]:
    """Where rules stand, and attributions: `On`, a date or an address, `wrote:`, on three lines or
    fewer."""
    yield from (match.start() for match in _RULE.finditer(text))
    for end in _ENDS.finditer(text):
        reach = max(end.start() - _REACH, 0)
        before = text[reach : end.start()]
        begin = next(reversed([*_BEGINS.finditer(before)]), None)
        if begin and _DATED.search(said := before[begin.start() :]) and said.count("\n") < 4:
            yield reach + begin.start()


def _headers(text: str) -> list[int]:
    """Where blocks of headers begin: a sender, and near to it a date and a receiver or subject. A
    memo names its receivers first."""
    starts, kinds, at, before = [], set[str](), 0, -_REACH
    for match in _KEY.finditer(text):
        kind = str(match.lastgroup)
        far = match.start() - before > _REACH
        if far or kind in kinds:
            kinds, at = set(), match.start()
        kinds.add(kind)
        before = match.end()
        if text.startswith(_SENDERS, at) and kinds >= {"from", "date"} and len(kinds) == 3:
            starts.append(at)
    return starts


def _share(text: str, spans: list[tuple[int, int]]) -> float:
    """Of the letters of a text, those within spans that do not overlap."""
    inside = sum(_letters(text[start:end]) for start, end in spans)
    return inside / max(_letters(text), 1)


def _letters(text: str) -> int:
    return len(_SPACE.sub("", text))
