"""The PDFs: an annual report in two columns, work rules in Korean, a scan, a broken file."""

from __future__ import annotations

import io

import numpy
import pymupdf
from PIL import Image

from making.flow import Flow

REPORT = [
    (
        "Letter from the chair",
        [
            "When forty-two families founded the Noeul Island Cooperative on 14 March 2011, the "
            "harbour had one working crane and no buyer for kelp on the mainland. Fifteen years "
            "later the same families land more kelp than the island eats in a decade, and the "
            "tide that carries their boats also lights their houses.",
            "The year 2025 was our best and our hardest. The harvest reached 1,284 tonnes, nine "
            "per cent above the 1,178 tonnes of 2024. In August typhoon Miru tore away eleven of "
            "our ninety-six growing lines in a single night. That no one was hurt is the work of "
            "Yun Seo-jin and her shore crew, who had every boat inside the breakwater four hours "
            "before the wind came.",
            "I thank all members who gave their Sundays to splicing rope in September. The lines "
            "were back in the water on the third of October.",
        ],
    ),
    (
        "The harvest",
        [
            "Kelp is cut from January to June, when the water is below fourteen degrees. The "
            "second quarter alone brought 538 tonnes. The small third quarter is the summer pause "
            "made smaller by the typhoon; the fourth counts the early lines of the sheltered "
            "eastern field.",
            "Sixty-one per cent of the harvest was dried in our own kiln and sold as first grade. "
            "The rest went fresh to the abalone farms of the southern coast. The kiln ran at its "
            "limit from February to May: on twenty-three days boats waited for a place on the "
            "racks, and the board will decide in February 2026 whether to build a second one.",
            "Divers counted 14 urchins per square metre on the northern reef, twice the number of "
            "2023. A cull paid for by the county begins in spring.",
        ],
    ),
    (
        "Power from the tide",
        [
            "The two turbines in the Narrows, T1 and T2, delivered 3.42 gigawatt hours, enough for "
            "every household on the island and for the kiln. Surplus power was sold to the "
            "mainland grid for 214 million won.",
            "T2 stood still for nineteen days in January, when the temperature of its main bearing "
            "rose to 91 degrees. The cause was the wrong oil. Since the change to the heavier "
            "grade the bearing has stayed below 62 degrees. From April the maintenance of both "
            "turbines is in the hands of Brannock Marine Engineering, under a contract of three "
            "years.",
            "A third turbine would pay for itself in nine years at today's prices. The board has "
            "asked for a study of its effect on the porpoises that pass the Narrows in May.",
        ],
    ),
    (
        "People and safety",
        [
            "At the end of the year the cooperative employed 57 people, of whom 23 are under "
            "thirty-five. Four apprentices finished their training as boat mechanics, the first on "
            "the island since 1998.",
            "There were two accidents with lost time, after five in 2024. Both happened on the "
            "slipway in frost. The slipway is now heated with water from the kiln.",
            "Every member of a boat's crew wears a personal beacon. In a drill in November the "
            "rescue boat Plover reached a dummy two miles off the light within eleven minutes.",
        ],
    ),
    (
        "Money",
        [
            "Revenue rose to 5,860 million won. Personnel took 2,310 million, boats and gear 1,145 "
            "million, the kiln 602 million and the turbines 488 million. After depreciation, "
            "interest and tax a surplus of 731 million won remains.",
            "The general meeting decided to pay half of the surplus to the members in equal parts "
            "and to put the other half into the reserve for storm damage, which now stands at "
            "1,920 million won. The reserve may be touched only by a vote of two thirds.",
        ],
    ),
    (
        "The year in dates",
        [
            "9 January: T2 is stopped for nineteen days. 22 March: the school class counts 212 "
            "porpoises from the breakwater, the most since the count began.",
            "1 April: the maintenance contract with Brannock Marine Engineering begins. 30 June: "
            "the last kelp of the season is hung in the kiln.",
            "17 August: typhoon Miru. The gauge at the breakwater shows waves of 6.4 metres at "
            "three in the morning, the highest ever measured here. 3 October: all ninety-six lines "
            "are in the water again.",
            "11 November: rescue drill with the boat Plover. 12 December: the general meeting "
            "elects Han Ji-woo chair for a second term of three years.",
        ],
    ),
    (
        "What comes next",
        [
            "In 2026 we mean to plant twelve new lines in the eastern field, to open the visitor "
            "path along the breakwater, and to teach the first class of the island school in our "
            "own drying hall. We plan for a harvest of 1,350 tonnes.",
            "We shall also publish the readings of our tide gauges every hour, free for anyone to "
            "use. The sea is not ours; what it tells us should not be either.",
        ],
    ),
]
USES = [
    ["Use", "Million KRW"],
    ["Personnel", "2,310"],
    ["Boats and gear", "1,145"],
    ["Kiln", "602"],
    ["Turbines", "488"],
    ["Depreciation, interest, tax", "584"],
    ["Surplus", "731"],
    ["Revenue", "5,860"],
]
QUARTERS = [
    ["Quarter", "Harvest (tonnes)", "Power (GWh)", "Revenue (million KRW)"],
    ["First", "412", "0.91", "1,720"],
    ["Second", "538", "0.84", "2,040"],
    ["Third", "121", "0.79", "860"],
    ["Fourth", "213", "0.88", "1,240"],
    ["Whole year", "1,284", "3.42", "5,860"],
]
RULES = [
    (
        "제1장 총칙",
        [
            "제1조(목적) 이 규칙은 노을섬 협동조합(이하 '조합')에서 일하는 직원의 근로 조건과 "
            "복무에 관한 사항을 정하는 것을 목적으로 한다.",
            "제2조(적용 범위) 이 규칙은 조합의 모든 직원에게 적용한다. 다만 견습 기관사는 "
            "별도의 교육 협약을 따른다.",
        ],
    ),
    (
        "제2장 근로시간과 휴가",
        [
            "제7조(근로시간) 근로시간은 1주 40시간으로 하되, 수확기인 1월부터 6월까지는 물때에 "
            "따라 출근 시각을 달리 정할 수 있다. 하루의 휴게 시간은 1시간 20분이다.",
            "제8조(연차휴가) 1년을 근무한 직원에게는 18일의 유급 연차휴가를 준다. 3년을 넘게 "
            "근무하면 2년마다 하루를 더하며, 모두 25일을 넘지 못한다. 쓰지 못한 휴가는 이듬해 "
            "3월 말까지 옮겨 쓸 수 있다.",
            "제9조(풍랑 휴무) 풍랑 경보로 배가 뜨지 못한 날은 유급 휴무로 하며, 연차휴가에서 "
            "빼지 않는다.",
        ],
    ),
    (
        "제3장 안전",
        [
            "제14조(출항 금지) 유의 파고가 2.5미터를 넘거나 시정이 500미터에 미치지 못하면 "
            "출항할 수 없다. 이미 바다에 나간 배는 한 시간 안에 방파제 안으로 돌아와야 한다.",
            "제15조(구명 장비) 배에 오르는 사람은 누구나 팽창식 구명조끼와 개인 위치 발신기를 "
            "몸에 지녀야 한다. 발신기의 전지는 매년 10월에 바꾼다.",
            "제16조(사고 보고) 다친 사람이 있으면 정도와 관계없이 당직실(내선 7310)에 즉시 "
            "알리고, 24시간 안에 사고 보고서를 낸다.",
        ],
    ),
    (
        "제4장 임금",
        [
            "제21조(임금의 지급) 임금은 매월 25일에 지급한다. 지급일이 휴일이면 그 전날 지급한다.",
            "제22조(수당) 야간과 휴일의 근로에는 통상임금의 50퍼센트를 더하여 지급하고, 수확기 "
            "새벽 작업에는 아래 표의 수당을 따로 지급한다.",
        ],
    ),
]
ALLOWANCES = [
    ["구분", "대상", "금액(원)"],
    ["새벽 승선 수당", "선원", "35,000"],
    ["건조장 고온 수당", "건조장 직원", "22,000"],
    ["잠수 수당", "잠수사", "68,000"],
    ["당직 수당", "당직실 직원", "30,000"],
]
LAST_RULE = (
    "제30조(시행일) 이 규칙은 2026년 1월 1일부터 시행한다. 규칙을 바꿀 때에는 직원 과반수의 "
    "동의를 받아야 한다."
)
INSPECTION = [
    "점검일: 2026년 2월 20일. 점검자: 브래녹 해양 엔지니어링 이안 로스, 조합 기관팀 배도현.",
    "주 베어링과 증속기를 열어 검사하였다. 윤활유는 ISO VG 320 등급이며 물은 섞이지 않았다. "
    "날개 세 장 가운데 2번 날개의 앞전에서 길이 40밀리미터의 긁힘을 발견하였으나 운전에는 "
    "영향이 없다.",
    "결론: 운전을 계속할 수 있다. 2번 날개는 2026년 8월의 다음 점검에서 다시 잰다.",
]
MEASURED = [
    ["항목", "측정값", "허용값"],
    ["주 베어링 온도(℃)", "58", "75"],
    ["진동(mm/s)", "2.1", "4.5"],
    ["절연 저항(MΩ)", "410", "100"],
]
SCAN = [
    ("heading", "노을항 항만 공고 제2026-4호"),
    ("heading", "Noeul Harbour Notice No. 2026-4"),
    ("text", "동쪽 방파제 보수 공사로 다음과 같이 항로를 제한합니다."),
    ("text", "공사 기간: 2026년 5월 11일부터 6월 5일까지"),
    ("text", "제한 속력: 방파제에서 200미터 안은 5노트"),
    ("text", "야간에는 붉은 등부표 두 기를 설치합니다."),
    ("text", "The east breakwater is under repair from 11 May to 5 June 2026."),
    ("text", "Vessels keep 5 knots or less within 200 metres of the breakwater."),
    ("text", "Two red light buoys mark the works at night."),
    ("text", "Questions: harbour office, channel 12, extension 7310."),
    ("text", "노을항 관리소장 문태오 / Moon Tae-o, Harbour Master"),
]


def annual_report() -> bytes:
    flow = Flow("tiro", "tibo", size=12, leading=17.8)
    flow.heading("Annual Report 2025", 1)
    flow.paragraph("Noeul Island Cooperative: kelp, boats and power from the tide")
    flow.columns(2)
    tables = {
        "Power from the tide": ("Table 1. The year 2025 by quarter", QUARTERS, (2, 2, 2, 3)),
        "Money": ("Table 2. What became of the revenue of 2025", USES, (3, 2)),
    }
    for title, paragraphs in REPORT:
        flow.heading(title)
        for text in paragraphs:
            flow.paragraph(text)
        if title in tables:
            flow.columns(1)
            flow.table(*tables[title])
            flow.columns(2)

    def furniture(page: int, pages: int) -> tuple[str, str]:
        return "Noeul Island Cooperative · Annual Report 2025", f"Page {page} of {pages}"

    return flow.finish("Annual Report 2025", furniture)


def work_rules() -> bytes:
    title = "노을섬 협동조합 취업규칙"
    flow = Flow("korea", "korea", size=11.5, leading=20)
    flow.heading(title, 1)
    for chapter, articles in RULES:
        flow.heading(chapter)
        for text in articles:
            flow.paragraph(text)
    flow.table("별표 1. 수확기 새벽 작업 수당(1회)", ALLOWANCES, (3, 3, 2))
    flow.heading("부칙")
    flow.paragraph(LAST_RULE)
    return flow.finish(title, lambda page, _pages: (title, f"- {page} -"))


def scanned_notice() -> bytes:
    """An image and no text: rendered at 200 dpi, turned a little, with the grain of a scanner."""
    flow = Flow("korea", "korea", size=13, leading=24)
    for kind, text in SCAN:
        flow.heading(text) if kind == "heading" else flow.paragraph(text)
    printed = pymupdf.open(stream=flow.finish("", lambda _page, _pages: (" ", " ")))
    pixels = printed[0].get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
    image = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
    image = image.rotate(0.4, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grain = numpy.random.default_rng(2026).normal(0, 5, (image.height, image.width))
    seen = numpy.clip(numpy.asarray(image) * 0.9 + 16 + grain, 0, 255).astype("uint8")
    packed = io.BytesIO()
    Image.fromarray(seen).save(packed, "JPEG", quality=32)
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_image(page.rect, stream=packed.getvalue())
    return bytes(document.tobytes(no_new_id=True))


def broken(whole: bytes) -> bytes:
    """What an upload that broke off leaves behind."""
    return whole[:900]


def inspection() -> bytes:
    """The one-page report that the mail carries."""
    title = "T2 터빈 정기 점검 보고서"
    flow = Flow("korea", "korea", size=11.5, leading=20)
    flow.heading(title, 1)
    for text in INSPECTION:
        flow.paragraph(text)
    flow.table("측정값", MEASURED, (3, 2, 2))
    return flow.finish(title, lambda page, _pages: ("브래녹 해양 엔지니어링", f"- {page} -"))
