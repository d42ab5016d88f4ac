"""Patterns on which the steps of curation are measured; rules were chosen on others."""

# fmt: off
# Wordings, one a line.
from __future__ import annotations

import random
from typing import Any

from benchmarks.accuracy.curation_good import NAMES, PLACES, THINGS, facts, one, prose

Made = dict[str, Any]
_MAIL = "message/rfc822"


def _said(rng: random.Random, language: str, number: int = 3) -> str:
    return "\n".join(rng.sample(facts(language), number))


# What is no text to read.


def machine_loop(rng: random.Random, language: str) -> str:
    said = {"en": "I am sorry, but I cannot answer that. ", "ko": "죄송하지만 답변해 드릴 수 없습니다. "}
    return said[language] * rng.randint(6, 15)


def form_twice(rng: random.Random, language: str) -> str:
    labels = {"en": ["Name of applicant", "Date of birth", "Signature of witness", "Place and date"], "ko": ["신청인 성명", "생년월일 및 주소", "증인의 서명", "장소와 날짜"]}
    return "\n".join(labels[language] * rng.randint(4, 6))


def faint_scan(rng: random.Random, language: str) -> str:
    """Letters lost and read as marks."""
    if language == "ko":
        marks = ["ㅡ", "ㅣ", "ㅁ", "¦", "뗽", "쿍", "쬃"]
    else:
        marks = ["|", "1", "0", "~", "¬", "5"]
    return "".join(rng.choice(marks) if char.isalpha() and rng.random() < 0.3 else char for char in prose(rng, language, 3))


def upside_down_scan(rng: random.Random, language: str) -> str:
    turned = str.maketrans("abdeghmnpquwy", "ɐqpǝƃɥɯudbnʍʎ") if language == "en" else str.maketrans("가나다이을는의", "뀐쀼둬ㅇㅢ뭴ㅡ")
    return prose(rng, language, 3)[::-1].translate(turned) if language == "en" else prose(rng, language, 3).translate(turned)


def twice_decoded(rng: random.Random, language: str) -> str:
    text = prose(rng, language, 2)
    if language == "en":
        text = text.replace(" a ", " à ").replace("er ", "èr ").replace("s ", "s – ", 5)
    return text.encode("utf-8").decode("latin-1").encode("utf-8").decode("latin-1")


def contents_with_roman(rng: random.Random, language: str) -> str:
    names = {"en": ["Preface", "Acknowledgements", "The sea", "The land", "The town", "Notes", "Sources"], "ko": ["서문", "감사의 말", "바다", "땅", "마을", "주석", "자료"]}[language]
    pages = ["v", "ix", *map(str, sorted(rng.sample(range(1, 400), 5)))]
    return "\n".join(f"{name} {'.' * rng.randint(5, 50)} {page}" for name, page in zip(names, pages, strict=True))


def contents_in_one_line(rng: random.Random, language: str) -> str:
    names = THINGS[language][:7]
    pages = sorted(rng.sample(range(1, 200), 7))
    return " ".join(f"{n}. {name} ........ {page}" for n, (name, page) in enumerate(zip(names, pages, strict=True), 1))


def sensor_dump(rng: random.Random, _: str) -> str:
    return "\n".join(f"{rng.randint(0, 255):02x} {rng.randint(0, 255)} {rng.randint(0, 255)} {rng.random():.3f} {rng.randint(0, 9999)}" for _ in range(12))


def zero_grid(rng: random.Random, _: str) -> str:
    return "\n".join("\t".join(rng.choice(["0", "1", "0.5"]) for _ in range(9)) for _ in range(rng.randint(6, 14)))


def search_bait(rng: random.Random, language: str) -> str:
    words = {"en": ["hotel", "flight", "Bali", "cheap", "villa", "resort", "tour", "luxury", "beach"], "ko": ["호텔", "항공권", "발리", "특가", "풀빌라", "리조트", "투어", "럭셔리", "해변"]}[language]
    return " | ".join(" ".join(rng.sample(words, 3)) for _ in range(22))


# Good chunks.


def lesson(rng: random.Random, language: str) -> str:
    a, b = rng.randint(2, 9), rng.randint(2, 9)
    if language == "ko":
        return f"예제 {a}. 자연수 n에 대하여 1 + 2 + ... + n = n(n + 1)/2 임을 보여라.\n풀이. n = 1이면 성립한다. n = k일 때 성립한다고 하면, 양변에 k + 1을 더하여 n = k + 1일 때도 성립한다. {prose(rng, 'ko', 1)}"
    return f"Example {a}.{b}. Show that 1 + 2 + ... + n = n(n + 1)/2 for every n.\nProof. It holds for n = 1. If it holds for n = k, add k + 1 to both sides and it holds for k + 1. {prose(rng, 'en', 1)}"


def recipe(rng: random.Random, language: str) -> str:
    n = rng.randint(2, 6)
    if language == "ko":
        return f"재료 ({n}인분)\n돼지고기 300g\n김치 1/4포기\n두부 1모\n대파 1대\n고춧가루 2큰술\n만드는 법\n1. 고기를 볶는다.\n2. 김치를 넣고 10분 끓인다.\n3. 두부와 파를 얹는다."
    return f"Serves {n}\n300 g pork\n1/4 head of kimchi\n1 block tofu\n1 leek\n2 tbsp chilli flakes\nMethod\n1. Fry the pork.\n2. Add the kimchi and boil for 10 min.\n3. Top with tofu and leek."


def ledger(rng: random.Random, language: str) -> str:
    head = {"en": "Date\tItem\tDebit\tCredit\tBalance", "ko": "일자\t적요\t차변\t대변\t잔액"}[language]
    rows = [f"2025-0{m}-1{m}\t{one(rng, THINGS, language)}\t{rng.randint(1, 99)},000\t\t{rng.randint(100, 999)},000" for m in range(1, 9)]
    return "\n".join([head, *rows])


def release_notes(rng: random.Random, language: str) -> str:
    v = rng.randint(1, 9)
    if language == "ko":
        return f"v2.{v}.0 (2025-03-1{v})\n- 추가: `--dry-run` 옵션 (#12{v})\n- 수정: UTF-8 BOM이 있는 CSV를 읽지 못하던 문제 (#98)\n- 제거: Python 3.8 지원\n- 보안: CVE-2024-12{v}45 대응"
    return f"v2.{v}.0 (2025-03-1{v})\n- Added: option `--dry-run` (#12{v})\n- Fixed: CSV with a UTF-8 BOM could not be read (#98)\n- Removed: Python 3.8\n- Security: CVE-2024-12{v}45"


def java(rng: random.Random, language: str) -> str:
    said = {"en": "// returns the sum", "ko": "// 합계를 돌려준다"}[language]
    return f"public static int sum(List<Integer> xs) {{\n    {said}\n    int total = {rng.randint(0, 3)};\n    for (int x : xs) {{\n        total += x;\n    }}\n    return total;\n}}"


def interview(rng: random.Random, language: str) -> str:
    ask = {"en": ["When did you start?", "What was hard?", "And now?"], "ko": ["언제 시작하셨나요?", "무엇이 어려웠나요?", "지금은 어떤가요?"]}[language]
    return "\n".join(f"— {question}\n— {rng.choice(facts(language))}" for question in ask)


def directory(rng: random.Random, language: str) -> str:
    head = {"en": "Office hours and extensions", "ko": "업무 시간과 내선 번호"}[language]
    return "\n".join([head, *(f"{name}, {place}, {rng.randint(100, 999)}" for name, place in zip(NAMES[language], PLACES[language], strict=True))])


def ingredients(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"원재료명: 밀가루(밀:미국산,호주산), 팜유(말레이시아산), 변성전분, 감자전분, 정제소금, 면류첨가알칼리제(산도조절제), 비타민B2, 구아검 {rng.randint(1, 9)}%"
    return f"Ingredients: wheat flour (gluten), palm oil, modified starch, salt, acidity regulators (E500, E501), guar gum, riboflavin (E101). May contain traces of milk, soy and egg. Net weight {rng.randint(100, 500)} g"


def gene_text(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"BRCA1 c.68_69delAG 변이 보유자 {rng.randint(10, 90)}명에서 PARP 억제제(olaparib 300 mg bid)의 반응률은 41%였다. TP53 p.R175H 변이는 관찰되지 않았고 Ki-67 지수는 20–35%였다."
    return f"In {rng.randint(10, 90)} carriers of BRCA1 c.68_69delAG, the response to a PARP inhibitor (olaparib 300 mg b.i.d.) was 41 %. TP53 p.R175H was not seen, and Ki-67 ranged from 20 to 35 %."


def poem(rng: random.Random, language: str) -> str:
    if language == "ko":
        return "나 보기가 역겨워\n가실 때에는\n말없이 고이 보내 드리우리다\n\n영변에 약산\n진달래꽃\n아름 따다 가실 길에 뿌리우리다" + f"\n\n{rng.randint(1, 99)}쪽"
    return "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thy fearful symmetry?\n\nIn what distant deeps or skies,\nBurnt the fire of thine eyes?" + f"\n\np. {rng.randint(1, 99)}"


# Boilerplate.

_PAGES = {
    "en": [
        "We value your privacy. We use cookies and other tracking technologies to analyse traffic. Accept all cookies",
        "(c) 2018 by the Harbour Society. No part of this page may be reproduced. All rights reserved.",
        "Like what you read? Sign up to get our weekly updates in your inbox.",
        "This email was sent to anna@example.com. If you no longer wish to receive these messages, you can unsubscribe here.",
        "CONFIDENTIALITY NOTICE: The contents of this transmission are privileged and intended solely for the use of the addressee.",
        "Sorry, your browser is out of date and not supported by this site.",
        "Terms and conditions\nPrivacy\nLegal notice\nCareers\nPress\nInvestors",
        "Sincerely,\nMaria Okafor, PhD\nSenior Engineer | Noeul Energy\nOffice +82 51 555 0142\nwww.noeul.example",
        "Sent from my Android phone using Proton Mail",
        "Previous | Next | Top | Archive | Search",
    ],
    "ko": [
        "이 사이트는 방문자 분석을 위해 쿠키를 사용합니다. 계속 탐색하면 쿠키 사용에 동의하게 됩니다.",
        "이 기사의 저작권은 노을일보에 있습니다. 무단 복제 및 배포를 금합니다. ⓒ 노을일보",
        "매주 금요일 소식지를 받아 보시려면 뉴스레터를 신청하세요.",
        "이 메일은 발신전용으로 회신하실 수 없습니다. 메일 수신을 원치 않으시면 수신거부를 눌러 주시기 바랍니다.",
        "본 전자우편은 법적으로 보호되는 기밀 정보를 포함하고 있으며, 지정된 수신인만 사용할 수 있습니다.",
        "이 브라우저는 더 이상 지원하지 않습니다. 크롬이나 엣지를 이용해 주세요.",
        "서비스\n채용정보\n제휴문의\n이용약관\n개인정보처리방침\n청소년보호정책",
        "감사합니다.\n정수아 드림\n연구개발본부 책임연구원\n직통: 051-555-0142\n휴대폰: 010-9876-5432\nsua@noeul.example",
        "iPhone에서 보냄",
        "이전 | 다음 | 목록 | 처음 | 검색",
    ],
}


def _page(at: int):  # type: ignore[no-untyped-def]
    def made(rng: random.Random, language: str) -> str:
        return "\n".join(_PAGES[language][(at + step) % 10] for step in range(rng.randint(1, 3)))

    made.__name__ = f"page_{at}"
    return made


def data_policy(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"쿠키와 접속 기록은 {rng.randint(3, 12)}개월 보관한다. 담당 부서는 해마다 보관 목록을 점검하고, 목적이 다한 기록은 파기한 뒤 대장에 적는다. 이용자가 요청하면 열흘 안에 결과를 알린다."
    return f"Access logs and cookie records are kept for {rng.randint(3, 12)} months. Each year the department checks its register, destroys what has served its purpose and notes the date. Requests are answered within ten days."


def thank_you_letter(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"{one(rng, NAMES, 'ko')} 님께\n{prose(rng, 'ko', 3)} 늘 건강하시길 빕니다.\n{one(rng, NAMES, 'ko')} 올림"
    return f"Dear {one(rng, NAMES, 'en')},\n{prose(rng, 'en', 3)} Keep well.\nSincerely yours,\n{one(rng, NAMES, 'en')}"


def how_to_reach(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"고장 신고\n본점: 051-555-{rng.randint(1000, 9999)} (24시간)\n영도 지점: 051-555-{rng.randint(1000, 9999)}\n이메일: help@noeul.example\n접수 뒤 두 시간 안에 기사가 방문합니다."
    return f"To report a fault\nHead office: 01752 55{rng.randint(1000, 9999)} (day and night)\nEmail: help@noeul.example\nA fitter comes within two hours of your call; please keep the meter free."


# Mails that quote.


def samsung(rng: random.Random, language: str) -> Made:
    head = {"en": "-------- Original message --------\nFrom: Carl Weber <carl@example.com>\nDate: 05/03/2026 09:12 (GMT+00:00)\nTo: Ines Duarte <ines@example.com>\nSubject: quay", "ko": "-------- 원본 메시지 --------\n보낸 사람: 정수아 <sua@example.com>\n날짜: 2026/3/5 오전 9:12 (GMT+09:00)\n받는 사람: 강지호 <jiho@example.com>\n제목: 부두"}[language]
    return {"text": f"{rng.choice(facts(language))[:35]}\n\n{head}\n\n{_said(rng, language)}", "media_type": _MAIL, "title": "Re: 2026"}


def second_answer(rng: random.Random, language: str) -> Made:
    """Quotations inside a quotation."""
    head = {"en": "On Thu, 5 Mar 2026 at 09:12, Carl Weber <carl@example.com> wrote:", "ko": "2026년 3월 5일 (목) 오전 9:12, 정수아 <sua@example.com>님이 작성:"}[language]
    lines = _said(rng, language, 4).splitlines()
    return {"text": f"+1\n{head}\n> {lines[0]}\n> {head}\n>> {lines[1]}\n>> {lines[2]}\n>> {lines[3]}", "media_type": _MAIL, "title": "Re: 2026"}


def exchange(rng: random.Random, language: str) -> Made:
    head = {"en": "From: Weber, Carl\nSent: Thursday, 5 March 2026 09:12\nTo: Duarte, Ines; Board\nImportance: High\nSubject: RE: quay", "ko": "From: 정수아\nSent: Thursday, March 5, 2026 9:12 AM\nTo: 강지호\nSubject: RE: 부두"}[language]
    return {"text": f"{rng.choice(facts(language))[:35]}\n\n{head}\n\n{_said(rng, language)}", "media_type": "application/vnd.ms-outlook", "title": "RE: 2026"}


def far_down(rng: random.Random, language: str) -> Made:
    first = samsung(rng, language)
    return {**first, "before": (first["text"], *(_said(rng, language) for _ in range(4))), "text": _said(rng, language)}


def naver_mail(rng: random.Random, language: str) -> Made:
    head = {"en": "-----Original Message-----\nFrom: \"Carl Weber\"<carl@example.com>\nTo: <ines@example.com>;\nCc:\nSent: 2026-03-05 (Thu) 09:12:33 (GMT+09:00)\nSubject: quay", "ko": "-----Original Message-----\nFrom: \"정수아\"<sua@example.com>\nTo: <jiho@example.com>;\nCc:\nSent: 2026-03-05 (목) 09:12:33 (GMT+09:00)\nSubject: 부두"}[language]
    return {"text": f"OK\n\n{head}\n\n{_said(rng, language)}", "media_type": _MAIL, "title": "RE: 2026"}


def inline_answers(rng: random.Random, language: str) -> Made:
    text = "\n".join(f"> {rng.choice(facts(language))[:30]}\n{prose(rng, language, 2)}" for _ in range(3))
    return {"text": text, "media_type": _MAIL, "title": "Re: 2026"}


def forwarded_news(rng: random.Random, language: str) -> Made:
    return {**exchange(rng, language), "title": {"en": "FW: RE: quay", "ko": "FW: RE: 부두"}[language]}


def shipping_note(rng: random.Random, language: str) -> Made:
    said = {"en": "Date: 5 March 2026\nFrom: Plymouth depot\nTo: Roscoff depot\nContents: {}", "ko": "날짜: 2026. 3. 5.\n보내는 곳: 부산 창고\n받는 곳: 제주 창고\n내용: {}"}
    return {"text": said[language].format(one(rng, THINGS, language)) + f"\n{_said(rng, language, 2)}", "media_type": "application/pdf"}


BAD = {
    "heuristics": [machine_loop, form_twice, faint_scan, upside_down_scan, twice_decoded, contents_with_roman, contents_in_one_line, sensor_dump, zero_grid, search_bait],
    "boilerplate": [_page(at) for at in range(10)],
    "quoted_mail": [samsung, second_answer, exchange, far_down, naver_mail],
}
_PLAIN = [lesson, recipe, ledger, release_notes, java, interview, directory, ingredients, gene_text, poem]
GOOD = {
    "heuristics": _PLAIN,
    "boilerplate": [*_PLAIN, data_policy, thank_you_letter, how_to_reach],
    "quoted_mail": [*_PLAIN, inline_answers, forwarded_news, shipping_note],
}
