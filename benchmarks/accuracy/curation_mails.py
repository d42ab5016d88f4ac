"""Chunks of mails that quote other mails, and what only looks like it."""

# fmt: off
# Wordings, one a line.
from __future__ import annotations

import random
from typing import Any

from benchmarks.accuracy.curation_good import NAMES, THINGS, facts, one, prose

Made = dict[str, Any]
_MAIL = "message/rfc822"
_REPLY = {"en": ["Thanks, that works for me.", "See my answer above.", "OK!"], "ko": ["네, 확인했습니다.", "위에 답변 드렸습니다.", "좋습니다!"]}


def _mail(text: str, language: str, rng: random.Random, **more: Any) -> Made:
    title = {"en": "RE: ", "ko": "RE: "}[language] + one(rng, THINGS, language)
    return {"text": text, "media_type": _MAIL, "title": title, **more}


def _said(rng: random.Random, language: str) -> str:
    return "\n".join(rng.sample(facts(language), 3))


def _reply(rng: random.Random, language: str) -> str:
    return rng.choice(_REPLY[language])


def _clock(rng: random.Random) -> str:
    return f"{rng.randint(1, 12)}:{rng.randint(10, 59)}"


def gmail(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(1, 28)
    head = {
        "en": f"On Mon, Jan {day}, 2026 at {_clock(rng)} PM {name} <a.lee@example.com> wrote:",
        "ko": f"2026년 1월 {day}일 (월) 오후 {_clock(rng)}, {name} <minji@example.com>님이 작성:",
    }[language]
    return _mail(f"{_reply(rng, language)}\n\n{head}\n\n{_said(rng, language)}", language, rng)


def apple(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(1, 28)
    head = {
        "en": f"On {day} Jan 2026, at {_clock(rng)}, {name} <a.lee@example.com> wrote:",
        "ko": f"2026. 1. {day}. 오후 {_clock(rng)}, {name} <minji@example.com> 작성:",
    }[language]
    return _mail(f"{_reply(rng, language)}\n{head}\n{_said(rng, language)}", language, rng)


def gmail_folded(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(1, 28)
    head = {
        "en": f"On Tuesday, February {day}, 2026 at {_clock(rng)} AM, {name}\n<anna.lee@sub.example.com>\nwrote:",
        "ko": f"2026년 2월 {day}일 (화) 오전 {_clock(rng)}, {name}\n<minji.kim@sub.example.com>님이 작성:",
    }[language]
    return _mail(f"{_reply(rng, language)}\n\n{head}\n{_said(rng, language)}", language, rng)


def thunderbird(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(10, 28)
    head = {
        "en": f"On 03/{day}/2026 {_clock(rng)}, {name} wrote:",
        "ko": f"2026-03-{day} 오후 {_clock(rng)}에 {name} 이(가) 쓴 글:",
    }[language]
    quoted = "\n".join(f"> {line}" for line in _said(rng, language).splitlines())
    return _mail(f"{head}\n{quoted}\n\n{_reply(rng, language)}", language, rng)


def marked_lines(rng: random.Random, language: str) -> Made:
    quoted = "\n".join(f"> {line}" for line in _said(rng, language).splitlines())
    return _mail(f"{_reply(rng, language)}\n\n{quoted}", language, rng)


def twice_marked_lines(rng: random.Random, language: str) -> Made:
    quoted = "\n".join(f">{'>' * (n % 2)} {line}" for n, line in enumerate(_said(rng, language).splitlines() * 2))
    return {"text": f"{quoted}\n{_reply(rng, language)}", "title": None}


def outlook_rule(rng: random.Random, language: str) -> Made:
    name = one(rng, NAMES, language)
    head = {
        "en": f"-----Original Message-----\nFrom: {name}\nSent: Monday, January 5, 2026 3:04 PM\nTo: Tom Baker\nSubject: pump",
        "ko": f"-----Original Message-----\nFrom: {name}\nSent: Monday, January 5, 2026 3:04 PM\nTo: 이서준\nSubject: 펌프",
    }[language]
    return _mail(f"{_reply(rng, language)}\n\n{head}\n\n{_said(rng, language)}", language, rng)


def naver_rule(rng: random.Random, language: str) -> Made:
    name = one(rng, NAMES, language)
    head = {
        "en": f"---------- Original Message ----------\nFrom: {name} <a@example.com>\nTo: tom@example.com\nDate: Mon, 5 Jan 2026 15:04:00 +0900",
        "ko": f"---------- 원본 메일 ----------\n보낸사람: {name} <a@example.com>\n받는사람 : 이서준 <b@example.com>\n날짜: 26.01.05 15:04 GMT +0900\n제목: 펌프",
    }[language]
    return _mail(f"{_reply(rng, language)}\n{head}\n{_said(rng, language)}", language, rng)


def outlook_headers(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(1, 28)
    head = {
        "en": f"From: {name} <a.lee@example.com>\nSent: {day} January 2026 15:04\nTo: Tom Baker <tom@example.com>\nCc: Board\nSubject: Re: pump",
        "ko": f"보낸 사람: {name} <a@example.com>\n보낸 날짜: 2026년 1월 {day}일 월요일 오후 3:04\n받는 사람: 이서준\n참조: 이사회\n제목: RE: 펌프",
    }[language]
    return _mail(f"{_reply(rng, language)}\n\n{head}\n\n{_said(rng, language)}", language, rng)


def headers_in_a_row(rng: random.Random, language: str) -> Made:
    name, day = one(rng, NAMES, language), rng.randint(1, 28)
    head = {
        "en": f"From: {name} Date: Monday, {day} January 2026 at 15:04 To: Tom Baker Subject: Re: pump",
        "ko": f"보낸사람 : {name} 보낸날짜 : 2026-01-{day} 15:04 받는사람 : 이서준 제목 : RE: 펌프",
    }[language]
    return _mail(f"{_reply(rng, language)}\n{head}\n{_said(rng, language)}", language, rng)


def bold_headers(rng: random.Random, language: str) -> Made:
    made = outlook_headers(rng, language)
    lines = made["text"].splitlines()
    starred = [f"**{key}:**{rest}" if (key := line.partition(":")[0]) in _KEYS and (rest := line.partition(":")[2]) else line for line in lines]
    return {**made, "text": "\n".join(starred)}


_KEYS = ("From", "Sent", "To", "Cc", "Subject", "보낸 사람", "보낸 날짜", "받는 사람", "참조", "제목")


def printed_thread(rng: random.Random, language: str) -> Made:
    """Not a mail but what somebody made of one."""
    return {**outlook_headers(rng, language), "media_type": "application/pdf"}


def later_chunk(rng: random.Random, language: str) -> Made:
    first = gmail(rng, language)
    return {**first, "text": _said(rng, language), "before": (first["text"],)}


def much_later_chunk(rng: random.Random, language: str) -> Made:
    first = outlook_headers(rng, language)
    return {**first, "text": _said(rng, language), "before": (first["text"], _said(rng, language))}


# What is no quotation.


def own_headers(rng: random.Random, language: str) -> Made:
    name = one(rng, NAMES, language)
    return _mail(f"From: {name} <a@example.com>\nTo: tom@example.com\nDate: Mon, 5 Jan 2026 15:04:00 +0900\nSubject: pump\n{_said(rng, language)}", language, rng)


def printed_mail(rng: random.Random, language: str) -> Made:
    head = {"en": "From: Anna Lee\nSent: 5 January 2026 15:04\nTo: Board\nSubject: pump", "ko": "보낸 사람: 김민지\n보낸 날짜: 2026년 1월 5일 오후 3:04\n받는 사람: 이사회\n제목: 펌프"}
    return {"text": f"{head[language]}\n{_said(rng, language)}", "media_type": "application/pdf"}


def forwarded(rng: random.Random, language: str) -> Made:
    return {**outlook_headers(rng, language), "title": {"en": "Fwd: pump", "ko": "전달: 펌프"}[language]}


def forwarded_in_brackets(rng: random.Random, language: str) -> Made:
    return {**naver_rule(rng, language), "title": {"en": "FW: pump", "ko": "Fwd: 펌프"}[language]}


def answer_below_few(rng: random.Random, language: str) -> Made:
    return _mail(f"> {rng.choice(facts(language))[:40]}\n\n{prose(rng, language, 4)}", language, rng)


def answer_above_few(rng: random.Random, language: str) -> Made:
    return _mail(f"{prose(rng, language, 5)}\n> {rng.choice(facts(language))[:40]}", language, rng)


def somebody_wrote(rng: random.Random, language: str) -> Made:
    said = {"en": f"On Tuesday the minister wrote:\n“{prose(rng, 'en', 2)}”", "ko": f"장관은 화요일에 다음과 같이 썼다:\n“{prose(rng, 'ko', 2)}”"}
    return {"text": said[language]}


def diary(rng: random.Random, language: str) -> Made:
    said = {"en": f"On the eve of the battle he wrote: {prose(rng, 'en', 2)}", "ko": f"전투 전날 밤 그는 일기에 이렇게 적었다. {prose(rng, 'ko', 2)}"}
    return {"text": said[language]}


def thresholds(rng: random.Random, language: str) -> Made:
    unit = {"en": "high", "ko": "높음"}[language]
    return {"text": "\n".join(f"> {rng.randint(2, 90)} mg/l {unit}" for _ in range(6)) + "\n" + prose(rng, language, 2)}


def prompts(rng: random.Random, language: str) -> Made:
    said = {"en": "rows", "ko": "행"}[language]
    return {"text": f">>> from doclake import Project\n>>> len(rows)  # {said}\n{rng.randint(10, 99)}\n>>> print(rows[0])\n{{'path': 'a.pdf'}}"}


def travel_table(rng: random.Random, language: str) -> Made:
    said = {"en": "From: Plymouth\nTo: Roscoff\nDeparts: {}\nFare: 45", "ko": "출발: 부산\n도착: 제주\n시각: {}\n요금: 45,000원"}
    return {"text": "\n".join(said[language].format(_clock(rng)) for _ in range(4))}


def form_of_sender(rng: random.Random, language: str) -> Made:
    said = {"en": "Subject: {}\nTo: All staff\n{}", "ko": "제목: {}\n수신: 전 직원\n{}"}
    return {"text": said[language].format(one(rng, THINGS, language), _said(rng, language))}


PATTERNS = [
    gmail, apple, gmail_folded, thunderbird, marked_lines, twice_marked_lines, outlook_rule, naver_rule, outlook_headers,
    headers_in_a_row, bold_headers, printed_thread, later_chunk, much_later_chunk,
]
GOOD = [
    own_headers, printed_mail, forwarded, forwarded_in_brackets, answer_below_few, answer_above_few, somebody_wrote, diary,
    thresholds, prompts, travel_table, form_of_sender,
]
