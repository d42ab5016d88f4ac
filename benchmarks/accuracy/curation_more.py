"""More patterns for tuning: pages, scans and mails of other makes."""

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


def stuttering(rng: random.Random, language: str) -> str:
    """As a model that fell into a loop writes."""
    words = rng.choice(facts(language)).split()[:6]
    return prose(rng, language, 1) + " " + " ".join(words * 12)


def error_page(rng: random.Random, language: str) -> str:
    said = {"en": "Error: the requested value is missing.", "ko": "오류: 요청한 값이 없습니다."}[language]
    return "\n".join([said] * rng.randint(6, 14))


def newspaper_scan(rng: random.Random, language: str) -> str:
    noise = {"en": ["rn", "lI", "¦", "«", "c|", "}", "ii1", "~"], "ko": ["ㅣ", "ㅡ", "뙤", "¦", "«", "ㅇㅣ", "뀨", "~"]}[language]
    words = prose(rng, language, 2).split()
    return " ".join(word[:1] + rng.choice(noise) + word[2:] + rng.choice(["", *noise]) if rng.random() < 0.75 else word for word in words)


def torn_scan(rng: random.Random, language: str) -> str:
    words = prose(rng, language, 2).split()
    marks = ["|", "~", "¬", "\\", "«", "°", "_", "^"]
    return " ".join(rng.choice(marks) if rng.random() < 0.45 else word for word in words)


def korean_mojibake_of_pages(rng: random.Random, language: str) -> str:
    text = prose(rng, language, 3).replace("'", "’").replace(" ", " ", 2)
    if language == "ko":
        return text.encode("euc-kr", "ignore").decode("latin-1")
    return text.replace("the ", "the “").replace("of ", "of — ").encode("utf-8").decode("cp1252", "replace")


def contents_of_report(rng: random.Random, language: str) -> str:
    names = {"en": ["Summary", "Letter to members", "Harvest", "Energy", "Risks", "Accounts", "Auditor's note"], "ko": ["요약", "조합원께 드리는 글", "수확", "에너지", "위험", "재무제표", "감사의견"]}[language]
    pages = sorted(rng.sample(range(2, 90), len(names)))
    return "\n".join(f"{chr(0x2160 + n)}. {name} ……………… {page}" for n, (name, page) in enumerate(zip(names, pages, strict=True)))


def list_of_tables(rng: random.Random, language: str) -> str:
    head = {"en": "List of tables", "ko": "표 목차"}[language]
    word = {"en": "Table", "ko": "표"}[language]
    pages = sorted(rng.sample(range(2, 300), 7))
    return "\n".join([head, *(f"{word} {n}-{n + 1} {one(rng, THINGS, language)} {page}" for n, page in enumerate(pages, 1))])


def readings(rng: random.Random, _: str) -> str:
    return "\n".join("; ".join(f"{rng.uniform(-90, 90):.6f}, {rng.uniform(-180, 180):.6f}" for _ in range(3)) for _ in range(9))


def tag_cloud(rng: random.Random, language: str) -> str:
    return " ".join(f"#{one(rng, THINGS, language)} #{one(rng, PLACES, language).replace(' ', '')}" for _ in range(16))


def word_salad(rng: random.Random, language: str) -> str:
    words = {"en": ["cheap", "best", "buy", "online", "discount", "price", "deal", "shop"], "ko": ["최저가", "할인", "특가", "무료배송", "당일발송", "정품", "쿠폰", "사은품"]}[language]
    return " ".join(rng.choice(words) + " " + one(rng, THINGS, language) for _ in range(30))


# Good chunks.


def news(rng: random.Random, language: str) -> str:
    place, name = one(rng, PLACES, language), one(rng, NAMES, language)
    if language == "ko":
        return f"(부산=연합) {rng.randint(1, 28)}일 오전 {place} 앞바다에서 어선 두 척이 부딪쳤다. 해경은 선장 {name} 씨 등 {rng.randint(3, 9)}명을 모두 구조했으며 다친 사람은 없다고 밝혔다. {prose(rng, 'ko', 1)}"
    return f"PLYMOUTH, {rng.randint(1, 28)} March (Reuters) - Two boats collided off {place} on Sunday. The coastguard rescued {name} and {rng.randint(3, 9)} others; nobody was hurt, it said. {prose(rng, 'en', 1)}"


def abstract(rng: random.Random, language: str) -> str:
    n = rng.randint(40, 300)
    if language == "ko":
        return f"목적: {one(rng, THINGS, 'ko')} 노출과 피부염의 관계를 조사하였다. 방법: 작업자 {n}명을 3년간 추적하였다. 결과: 교차비는 2.4(95% CI 1.3–4.1, p<0.01)였다. 결론: 보호장갑 착용을 권고한다."
    return f"Objective. To study exposure to {one(rng, THINGS, 'en')} dust and dermatitis. Methods. {n} workers were followed for 3 years. Results. OR = 2.4 (95% CI 1.3–4.1, p<0.01). Conclusions. Gloves should be worn (ClinicalTrials NCT0{n}1234)."


def wide_table(rng: random.Random, language: str) -> str:
    head = {"en": "Site\t2021\t2022\t2023\tΔ %", "ko": "사업장\t2021\t2022\t2023\t증감률"}[language]
    return "\n".join([head, *(f"{place}\t{rng.randint(10, 99)}.{rng.randint(0, 9)}\t{rng.randint(10, 99)}.1\t{rng.randint(10, 99)}.2\t−{rng.randint(1, 9)}" for place in PLACES[language])])


def checklist(rng: random.Random, language: str) -> str:
    return "\n".join(f"□ {thing}  {rng.choice({'en': ['yes / no', 'ok'], 'ko': ['예 / 아니요', '양호']}[language])}" for thing in rng.sample(THINGS[language], 9))


def sql(rng: random.Random, language: str) -> str:
    said = {"en": "-- catch by month", "ko": "-- 월별 어획량"}[language]
    return f"{said}\nSELECT month, SUM(kg) AS total\nFROM landings\nWHERE year = {rng.randint(2000, 2025)} AND port IN ('A', 'B')\nGROUP BY month\nORDER BY total DESC\nLIMIT 10;"


def json_record(rng: random.Random, language: str) -> str:
    return f'{{"id": {rng.randint(100, 999)}, "name": "{one(rng, NAMES, language)}", "parts": ["{one(rng, THINGS, language)}", "{one(rng, THINGS, language)}"], "ok": true, "note": "{rng.choice(facts(language))[:60]}"}}'


def dialogue(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f'"누구세요?" {one(rng, NAMES, "ko")}가 물었다.\n"접니다... 문 좀 열어 주세요."\n"이 시간에 {one(rng, THINGS, "ko")}를 들고요?"\n그는 대답하지 않았다. 바람만 불었다.'
    return f'"Who is it?" asked {one(rng, NAMES, "en")}.\n"It\'s me... open the door."\n"At this hour, with a {one(rng, THINGS, "en")}?"\nHe did not answer. The wind rose.'


def resume(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"{one(rng, NAMES, 'ko')}\n학력: 2008.3~2012.2 부산대학교 기계공학과 (학사)\n경력: 2012~현재 노을기계 {one(rng, THINGS, 'ko')} 설계팀\n자격: 기계기사(2013), 품질경영기사(2016)\n연락처: 010-1234-{rng.randint(1000, 9999)}"
    return f"{one(rng, NAMES, 'en')}\n2008–2012 BEng Mechanical Engineering, University of Plymouth\n2012– Noeul Engineering, {one(rng, THINGS, 'en')} design\nSkills: CAD, FEM, welding (EN ISO 9606-1)\nMobile: 07700 90{rng.randint(1000, 9999)}"


def statute(rng: random.Random, language: str) -> str:
    n = rng.randint(2, 60)
    if language == "ko":
        return f"제{n}조(정의) 이 법에서 사용하는 용어의 뜻은 다음과 같다. 1. “어선”이란 어업에 쓰는 선박을 말한다. 2. “어항”이란 어선이 드나드는 항구를 말한다. 3. “어업인”이란 어업을 경영하는 사람을 말한다."
    return f"§ {n}. In this Act (a) “boat” means a vessel used for fishing; (b) “port” means a place where boats land their catch; (c) “fisher” means a person who works on a boat for pay or for a share of the catch."


def acronyms(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"PLC와 HMI는 RS-485로 연결하고, SCADA 서버는 OPC UA로 {rng.randint(2, 9)}초마다 값을 읽는다. UPS는 3kVA 이상, NTP는 GPS 수신기를 기준으로 한다. VPN은 IKEv2만 허용한다."
    return f"Wire the PLC to the HMI by RS-485; the SCADA host reads it by OPC UA every {rng.randint(2, 9)} s. The UPS is 3 kVA or more, NTP follows the GPS receiver, and the VPN allows IKEv2 only (no PPTP, no L2TP)."


# Boilerplate.

_PAGES = {
    "en": [
        "This website stores cookies on your computer to provide you with a better experience. By using our site you accept our cookie policy.",
        "Copyright 2021 Harbour Trust Ltd, all rights reserved.",
        "Subscribe to our mailing list\nFollow us on Instagram\nShare on Facebook",
        "You received this message because you are subscribed to the group. To unsubscribe, click here.",
        "IMPORTANT: this message contains confidential information. If you are not the named addressee you should not disseminate, distribute or copy it. If you have received it by mistake, please inform the sender and delete it from your system.",
        "JavaScript must be enabled to use this application.",
        "Skip to main content\nHome\nServices\nBlog\nCareers\nContact us",
        "Kind regards\n\nTom Baker\nHead of Purchasing\nT: +44 20 7946 0991\nE: tom@noeul.example\nNoeul Ltd, 4 Mill Lane, Plymouth",
        "Sent from my iPad",
        "Privacy notice | Cookies | Accessibility | Contact | Sitemap\n© Noeul Council",
    ],
    "ko": [
        "본 웹사이트는 이용자에게 더 나은 경험을 제공하고자 쿠키를 사용하고 있습니다. 모두 허용",
        "Copyrights ⓒ 노을방송. 무단전재 및 재배포 금지. All rights reserved.",
        "페이스북\n트위터\n네이버 밴드\nURL 복사\n기사 공유",
        "본 메일은 정보통신망법에 따라 수신에 동의하신 회원님께 발송됩니다. 수신 거부를 원하시면 여기를 클릭하세요.",
        "본 이메일과 첨부 파일은 수신인만을 위한 비밀 정보를 담고 있습니다. 잘못 수신하신 경우 즉시 삭제하시고 발신인에게 알려 주십시오.",
        "원활한 이용을 위해 자바스크립트 사용을 허용해 주세요.",
        "메뉴\n홈\n공지사항\n자료실\n커뮤니티\n고객센터\n마이페이지",
        "고맙습니다.\n이서준 올림\n노을기계 구매팀 과장\n전화: 02-555-0199\n팩스: 02-555-0198\nseojun@noeul.example",
        "내 iPad에서 보냄",
        "개인정보처리방침 | 이용약관 | 찾아오시는 길 | 고객센터\n© 노을군청",
    ],
}


def _page(at: int):  # type: ignore[no-untyped-def]
    def made(rng: random.Random, language: str) -> str:
        return _PAGES[language][at] + rng.choice(["", "\n", "\n\n"]) + rng.choice(["", "\n" + _PAGES[language][(at + 3) % 10]])

    made.__name__ = f"page_{at}"
    return made


def press_release(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"노을수협은 {rng.randint(1, 28)}일 이용약관을 개정하고 개인정보처리방침을 새로 공개했다고 밝혔다. 개정 약관은 예금 만기 안내를 문자로 보내도록 했다. 문의는 고객센터(051-555-{rng.randint(1000, 9999)})로 하면 된다. {prose(rng, 'ko', 1)}"
    return f"The cooperative has rewritten its terms of use and its privacy policy, it said on the {rng.randint(1, 28)}th. Members will be told by text message when a deposit matures. Questions are answered by the help desk on 01752 {rng.randint(100000, 999999)}. {prose(rng, 'en', 1)}"


def secrecy_report(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"감사 결과 기밀 문서 {rng.randint(2, 90)}건이 개인 메일로 전송된 사실이 드러났다. 회사는 잘못 보낸 메일을 회수하고 담당자를 교육하였으며, 외부 저장 장치의 사용을 제한하였다."
    return f"The audit found that {rng.randint(2, 90)} confidential files had been sent to private addresses. The firm recalled the mails, trained the clerks and barred storage devices from the office."


def shop_hours(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"매장 안내\n월~금 10:00–19:00, 토 10:00–{rng.randint(14, 18)}:00, 일요일 휴무\n주차 {rng.randint(5, 40)}대, 반려견 동반 가능\n오시는 길: 2호선 남포역 1번 출구에서 300미터"
    return f"Opening hours\nMon–Fri 10–7, Sat 10–{rng.randint(2, 6)}, closed on Sundays\nParking for {rng.randint(5, 40)} cars; dogs are welcome\nHow to find us: 300 m from the ferry, opposite the customs house"


# Mails that quote.


def outlook_web(rng: random.Random, language: str) -> Made:
    day = rng.randint(1, 28)
    head = {"en": f"________________________________\nFrom: Ines Duarte <ines@example.com>\nSent: Friday, March {day}, 2026 9:12 AM\nTo: Carl Weber <carl@example.com>\nSubject: Re: quay", "ko": f"________________________________\n보낸 사람: 강지호 <jiho@example.com>\n보낸 날짜: 2026년 3월 {day}일 금요일 오전 9:12\n받는 사람: 정수아 <sua@example.com>\n제목: Re: 부두"}[language]
    return {"text": f"{rng.choice(facts(language))[:40]}\n{head}\n{_said(rng, language)}", "media_type": "application/vnd.ms-outlook", "title": "Re: 2026"}


def yahoo(rng: random.Random, language: str) -> Made:
    day = rng.randint(1, 28)
    head = {"en": f"On Thursday, 5 March {day % 9 + 2018} at 08:{rng.randint(10, 59)}:14 GMT, Ines Duarte <ines@example.com> wrote:", "ko": f"2026년 3월 {day}일 목요일 오전 8:{rng.randint(10, 59)}:14 GMT+9, 강지호<jiho@example.com>님이 작성:"}[language]
    return {"text": f"OK\n\n{head}\n\n{_said(rng, language)}", "media_type": _MAIL, "title": "Re: 2026"}


def list_digest(rng: random.Random, language: str) -> Made:
    quoted = "\n".join(f"> {line[:70]}" for line in _said(rng, language, 5).splitlines())
    head = {"en": "Carl Weber wrote:", "ko": "정수아 님이 쓴 글:"}[language]
    return {"text": f"{head}\n{quoted}\n+1", "media_type": _MAIL, "title": None}


def daum(rng: random.Random, language: str) -> Made:
    head = {"en": "--------- Original Message ---------\nSender : Ines Duarte <ines@example.com>\nDate : 2026-03-05 09:12 (GMT+9)", "ko": "--------- 원본 메일 ---------\n보낸사람 : 강지호 <jiho@example.com>\n받는사람 : 정수아 <sua@example.com>\n날짜 : 2026년 3월 05일(목) 09:12:45\n제목 : 부두"}[language]
    return {"text": f"{rng.choice(facts(language))[:30]}\n\n{head}\n{_said(rng, language)}", "media_type": _MAIL, "title": "RE: 2026"}


def third_of_thread(rng: random.Random, language: str) -> Made:
    first = yahoo(rng, language)
    return {**first, "before": (first["text"], _said(rng, language)), "text": _said(rng, language)}


def answer_then_question(rng: random.Random, language: str) -> Made:
    return {"text": f"{prose(rng, language, 4)}\n\n> {rng.choice(facts(language))}", "media_type": _MAIL, "title": "Re: 2026"}


def memo(rng: random.Random, language: str) -> Made:
    head = {"en": "MEMO\nTo: All staff\nFrom: Harbour master\nDate: 5 March 2026\nSubject: storm", "ko": "업무 연락\n수신: 전 직원\n발신: 항만장\n일시: 2026. 3. 5.\n제목: 태풍"}[language]
    return {"text": f"{head}\n{_said(rng, language)}", "media_type": "application/pdf"}


def essay(rng: random.Random, language: str) -> Made:
    said = {"en": f"In a letter of 12 May 1841, at 7:30 in the morning, she wrote: “{prose(rng, 'en', 1)}” Her brother answered at once.", "ko": f"그는 1841년 5월 12일 편지에 이렇게 썼다. “{prose(rng, 'ko', 1)}” 동생은 곧 답장을 보냈다."}
    return {"text": said[language]}


def quoted_code(rng: random.Random, _: str) -> Made:
    return {"text": f"$ diff a.txt b.txt\n< {rng.randint(1, 99)} crowns\n> {rng.randint(1, 99)} crowns\n$ sort < a.txt > b.txt\n$ wc -l b.txt\n{rng.randint(10, 99)} b.txt", "media_type": "text/markdown"}


BAD = {
    "heuristics": [stuttering, error_page, newspaper_scan, torn_scan, korean_mojibake_of_pages, contents_of_report, list_of_tables, readings, tag_cloud, word_salad],
    "boilerplate": [_page(at) for at in range(10)],
    "quoted_mail": [outlook_web, yahoo, list_digest, daum, third_of_thread],
}
_PLAIN = [news, abstract, wide_table, checklist, sql, json_record, dialogue, resume, statute, acronyms]
GOOD = {
    "heuristics": _PLAIN,
    "boilerplate": [*_PLAIN, press_release, secrecy_report, shop_hours],
    "quoted_mail": [*_PLAIN, answer_then_question, memo, essay, quoted_code],
}
