"""Chunks that are good as they are: what no step of curation may flag."""

# fmt: off
# Wordings, one a line.
from __future__ import annotations

import functools
import random
from pathlib import Path

import yaml

_FACTS = Path(__file__).parent.parent / "bilingual_facts"
NAMES = {
    "en": ["Anna Lee", "Tom Baker", "Maria Okafor", "J. Smith", "Ines Duarte", "Carl Weber"],
    "ko": ["김민지", "이서준", "박하은", "최도윤", "정수아", "강지호"],
}
THINGS = {
    "en": ["pump", "valve", "filter", "sensor", "hose", "bearing", "gasket", "relay", "fan", "rudder"],
    "ko": ["펌프", "밸브", "필터", "센서", "호스", "베어링", "개스킷", "계전기", "송풍기", "방향타"],
}
PLACES = {
    "en": ["Harbour Road", "Mill Lane", "Station Street", "Kings Avenue", "Pier 4", "North Quay"],
    "ko": ["항구로", "방앗간길", "역전로", "왕릉로", "부두 4번", "북쪽 선창길"],
}


@functools.cache
def facts(language: str) -> list[str]:
    """60 short passages of prose."""
    return [
        " ".join(str(fact[language]).split())
        for file in sorted(_FACTS.glob("*.yaml"))
        for fact in yaml.safe_load(file.read_text("utf-8"))
    ]


def prose(rng: random.Random, language: str, number: int = 4) -> str:
    return " ".join(rng.sample(facts(language), number))


def one(rng: random.Random, table: dict[str, list[str]], language: str) -> str:
    return rng.choice(table[language])


def paragraph(rng: random.Random, language: str) -> str:
    return prose(rng, language)


def short_paragraph(rng: random.Random, language: str) -> str:
    return prose(rng, language, 1)


def bullets(rng: random.Random, language: str) -> str:
    said = {"en": "Check the {}", "ko": "{} 점검"}[language]
    return "\n".join(f"- {said.format(thing)}" for thing in rng.sample(THINGS[language], 8))


def steps(rng: random.Random, language: str) -> str:
    said = {"en": "Take off the {} and clean it with {} ml of oil.", "ko": "{}을(를) 떼고 기름 {}밀리로 닦는다."}
    return "\n".join(
        f"{number}. {said[language].format(thing, rng.randint(2, 90))}"
        for number, thing in enumerate(rng.sample(THINGS[language], 7), 1)
    )


def stock_table(rng: random.Random, language: str) -> str:
    head = {"en": "Part\tStock\tPrice\tReorder", "ko": "부품\t재고\t단가\t재주문"}[language]
    rows = [
        f"{thing}\t{rng.randint(1, 99)}\t{rng.randint(100, 9999):,}\t{rng.randint(1, 20)}"
        for thing in THINGS[language]
    ]
    return "\n".join([head, *rows])


def time_series(rng: random.Random, language: str) -> str:
    head = {"en": "Year\tLandings (t)\tValue (k)\tBoats", "ko": "연도\t어획량(톤)\t금액(천)\t어선"}[language]
    rows = [
        f"{year}\t{rng.randint(100, 999)}\t{rng.randint(1000, 9999):,}\t{rng.randint(10, 60)}"
        for year in range(2008, 2024)
    ]
    return "\n".join([head, *rows])


def python_code(rng: random.Random, language: str) -> str:
    said = {"en": "Counts the rows of a table.", "ko": "표의 행을 센다."}[language]
    name = rng.choice(["rows", "items", "lines"])
    return (
        f'def count_{name}(path: Path) -> int:\n    """{said}"""\n    total = 0\n    with path.open() as file:\n'
        f"        for line in file:\n            if line.strip():\n                total += 1  # {said}\n"
        f"    return total\n\n\nif __name__ == \"__main__\":\n    print(count_{name}(Path(sys.argv[1])))"
    )


def shell_and_yaml(rng: random.Random, language: str) -> str:
    port = rng.randint(8000, 9000)
    said = {"en": "# start the service", "ko": "# 서비스를 시작한다"}[language]
    return (
        f"{said}\n$ docker compose up -d\nservices:\n  web:\n    image: registry.example/web:1.2\n    ports:\n"
        f'      - "{port}:80"\n    environment:\n      LOG_LEVEL: info\n      WORKERS: 4\n$ curl -s localhost:{port}/health'
    )


def address(rng: random.Random, language: str) -> str:
    street, number = one(rng, PLACES, language), rng.randint(1, 120)
    if language == "ko":
        return f"노을 수협 본점\n부산광역시 영도구 {street} {number}\n우편번호 49012\n전화 051-{rng.randint(200, 999)}-{rng.randint(1000, 9999)}\n평일 09:00~18:00"
    return f"Noeul Cooperative, Head Office\n{number} {street}\nPlymouth PL1 {rng.randint(1, 9)}AB\nTelephone 01752 {rng.randint(100000, 999999)}\nMonday to Friday, 9 am to 5 pm"


def contact_list(rng: random.Random, language: str) -> str:
    return "\n".join(
        f"{name}\t{one(rng, THINGS, language)}\t{rng.choice('ABC')}{rng.randint(100, 400)}\tx{rng.randint(1000, 9999)}@example.org"
        for name in NAMES[language]
    )


def clause(rng: random.Random, language: str) -> str:
    thing = one(rng, THINGS, language)
    if language == "ko":
        return (
            f"제{rng.randint(2, 40)}조(손해배상) ① 을은 {thing}의 납품이 지연된 때에는 지연일수마다 계약금액의 1천분의 1을 갑에게 지급하여야 한다. "
            f"② 을은 {thing}의 하자로 갑에게 손해가 생긴 때에는 그 손해를 배상하여야 한다. 다만, 갑의 책임 있는 사유로 생긴 때에는 그러하지 아니하다. "
            "③ 제1항과 제2항의 금액은 계약금액을 넘지 못한다."
        )
    return (
        f"{rng.randint(2, 40)}.1 The Supplier shall deliver the {thing} on the date stated in Schedule 2. {rng.randint(2, 40)}.2 If the Supplier fails to deliver "
        f"the {thing} on that date, the Supplier shall pay the Buyer one thousandth of the price for each day of delay, unless the delay is caused by the "
        "Buyer. 14.3 The sums in 14.1 and 14.2 shall not exceed the price."
    )


def formula(rng: random.Random, language: str) -> str:
    a, b = rng.randint(2, 9), rng.randint(2, 9)
    if language == "ko":
        return f"이차방정식 {a}x² + {b}x − 3 = 0의 해는 x = (−b ± √(b² − 4ac)) / 2a 이다. 여기서 a = {a}, b = {b}, c = −3 이므로 판별식 D = b² − 4ac > 0 이고, 서로 다른 두 실근을 가진다."
    return f"Let f(x) = {a}x² + {b}x − 3. The roots are x = (−b ± √(b² − 4ac)) / 2a, where a = {a}, b = {b} and c = −3; since D = b² − 4ac > 0, there are two real roots, and f is convex for all x ∈ ℝ."


def references(rng: random.Random, language: str) -> str:
    if language == "ko":
        return "\n".join(
            f"{name}·{rng.choice(NAMES['ko'])}({rng.randint(1998, 2024)}), 「{thing}의 내구성에 관한 연구」, 『한국해양공학회지』 {rng.randint(10, 40)}권 {rng.randint(1, 6)}호, {rng.randint(20, 90)}~{rng.randint(91, 120)}쪽."
            for name, thing in zip(NAMES["ko"], THINGS["ko"], strict=False)
        )
    return "\n".join(
        f"[{number}] {name}, {rng.choice(NAMES['en'])}. On the endurance of a {thing}. J. Marine Eng. {rng.randint(10, 40)}({rng.randint(1, 6)}), {rng.randint(20, 90)}–{rng.randint(91, 120)} ({rng.randint(1998, 2024)})."
        for number, (name, thing) in enumerate(zip(NAMES["en"], THINGS["en"], strict=False), 1)
    )


def song(rng: random.Random, language: str) -> str:
    lines = facts(language)
    refrain = {"en": "Row, row, the tide is low,", "ko": "어야디야 노를 저어라,"}[language]
    return "\n".join(f"{refrain}\n{lines[rng.randrange(len(lines))][:50]}" for _ in range(3))


def prices(rng: random.Random, language: str) -> str:
    dishes = {"en": ["Fish soup", "Fried mackerel", "Rice cake", "Barley tea", "Crab stew", "Kelp salad"], "ko": ["해물탕", "고등어구이", "떡볶이", "보리차", "꽃게찜", "미역무침"]}
    return "\n".join(f"{dish} ........ {rng.randint(3, 30)}" for dish in rng.sample(dishes[language], 6))


def timetable(rng: random.Random, language: str) -> str:
    head = {"en": "Ferry\tMon–Fri\tSat\tSun", "ko": "여객선\t평일\t토\t일"}[language]
    return "\n".join([head] + [f"{place}\t{rng.randint(6, 11):02}:{rng.randint(10, 59)}\t{rng.randint(6, 11):02}:{rng.randint(10, 59)}\t—" for place in PLACES[language]])


def minutes(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"제{rng.randint(100, 190)}차 이사회 회의록\n일시: 2025. 3. {rng.randint(1, 28)}. 14:00\n참석: {', '.join(rng.sample(NAMES['ko'], 4))}\n1. {one(rng, THINGS, 'ko')} 교체 건: 원안 가결\n2. 예산 전용 건: 보류, 다음 회의에서 재논의"
    return f"Minutes of the board, {rng.randint(1, 28)} March 2025, 14:00\nPresent: {', '.join(rng.sample(NAMES['en'], 4))}\n1. Replacement of the {one(rng, THINGS, 'en')}: carried.\n2. Transfer of funds: adjourned to the next meeting."


def chat(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"민지: {one(rng, THINGS, 'ko')} 도착했어요? ㅎㅎ\n서준: 네 방금요 ㅋㅋㅋ 생각보다 크네요\n민지: 그럼 내일 10시에 설치할까요??\n서준: 좋아요~ 공구는 제가 챙길게요 ㅠㅠ 지난번에 잊어서..."
    return f"anna: did the {one(rng, THINGS, 'en')} arrive? :)\ntom: yes!! just now, bigger than I thought...\nanna: shall we fit it at 10 tomorrow?\ntom: ok, I'll bring the tools (forgot them last time, lol)"


def log_lines(rng: random.Random, language: str) -> str:
    said = {"en": "pressure below limit, pump restarted", "ko": "압력 하한 미달, 펌프 재기동"}[language]
    return "\n".join(f"2025-04-0{day} {rng.randint(10, 23)}:{rng.randint(10, 59)}:07 WARN plc[{rng.randint(100, 999)}]: {said} ({rng.randint(1, 9)}.{rng.randint(1, 9)} bar)" for day in range(1, 8))


def glossary(rng: random.Random, language: str) -> str:
    return "\n".join(f"{thing}: {fact[:70]}" for thing, fact in zip(THINGS[language], rng.sample(facts(language), 8), strict=False))


def specification(rng: random.Random, language: str) -> str:
    keys = {"en": ["Model", "Flow", "Head", "Power", "Voltage", "Weight", "Protection"], "ko": ["모델", "유량", "양정", "출력", "전압", "무게", "보호등급"]}[language]
    values = [f"NX-{rng.randint(100, 999)}K", f"{rng.randint(5, 90)} m³/h", f"{rng.randint(5, 60)} m", "5.5 kW", "380 V", f"{rng.randint(20, 90)} kg", "IP68"]
    return "\n".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))


def questions(rng: random.Random, language: str) -> str:
    asked = {"en": "How long does the {} last?", "ko": "{}은(는) 얼마나 오래 쓰나요?"}[language]
    return "\n".join(f"Q{n}. {asked.format(thing)}\nA. {rng.choice(facts(language))}" for n, thing in enumerate(rng.sample(THINGS[language], 3), 1))


def invoice(rng: random.Random, language: str) -> str:
    total = rng.randint(100, 999) * 1000
    if language == "ko":
        return f"세금계산서\n공급자: 노을기계 (120-81-47521)\n품목: {one(rng, THINGS, 'ko')}, 수량 {rng.randint(1, 9)}\n공급가액: {total:,}원\n세액: {total // 10:,}원\n합계: {total + total // 10:,}원"
    return f"Invoice no. {rng.randint(1000, 9999)}\nSold to: {one(rng, NAMES, 'en')}\n{rng.randint(1, 9)} x {one(rng, THINGS, 'en')} @ {total / 100:.2f}\nVAT 20 %: {total / 500:.2f}\nTotal due within 30 days: {total / 80:.2f} GBP"


def links(rng: random.Random, language: str) -> str:
    said = {"en": "Manual of the {}: https://docs.example.org/en/{}/{}", "ko": "{} 설명서: https://docs.example.org/ko/{}/{}"}[language]
    return "\n".join(said.format(thing, rng.randint(100, 999), rng.randint(1000, 9999)) for thing in rng.sample(THINGS[language], 5))


def bilingual(rng: random.Random, language: str) -> str:
    other = "en" if language == "ko" else "ko"
    return f"{prose(rng, language, 2)}\n{prose(rng, other, 1)}"


PATTERNS = [
    paragraph, short_paragraph, bullets, steps, stock_table, time_series, python_code, shell_and_yaml, address, contact_list,
    clause, formula, references, song, prices, timetable, minutes, chat, log_lines, glossary, specification, questions,
    invoice, links, bilingual,
]
