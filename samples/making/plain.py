"""HTML, Markdown, CSV and text in the encodings that Korean offices still send, and a mail."""

from __future__ import annotations

from email.message import EmailMessage

VISITORS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Visiting the turbines · Noeul Island Cooperative</title>
<style>nav a { margin-right: 1em } footer { color: #777 }</style>
<script>window.counter = (window.counter || 0) + 1;</script>
</head>
<body>
<header><a href="/">Noeul Island Cooperative</a></header>
<nav><a href="/">Home</a><a href="/kelp">Kelp</a><a href="/tide">Tide</a>
<a href="/jobs">Jobs</a></nav>
<aside>Cookies help us remember your language. <a href="/cookies">Read more</a></aside>
<main>
<h1>Visiting the turbines</h1>
<p>From the end of the breakwater you can watch the Narrows, where the tide runs at up to
4.1 metres a second between the island and the mainland.</p>
<h2>Guided tours</h2>
<p>Tours start at the harbour office at 10:30 and 14:00 every day except Monday. They last ninety
minutes. No tour leaves when the waves at the breakwater are higher than 1.2 metres.</p>
<table>
<thead><tr><th rowspan="2">Visitor</th><th colspan="2">Price (KRW)</th></tr>
<tr><th>April to October</th><th>November to March</th></tr></thead>
<tbody>
<tr><td>Adults</td><td>8,000</td><td>5,000</td></tr>
<tr><td>Children under 13</td><td>3,000</td><td>free</td></tr>
<tr><td>Islanders</td><td colspan="2">free</td></tr>
</tbody>
</table>
<h2>How to get here</h2>
<ol><li>Ferry from Daldam pier at 8:20, 12:10 and 16:40; the crossing takes 35 minutes.</li>
<li>From the landing follow the blue line on the ground to the harbour office.</li></ol>
<p>Dogs are welcome on a lead. The last ferry back leaves at 18:05.</p>
</main>
<footer>Noeul Island Cooperative · Harbour Road 1 · <a href="/imprint">Imprint</a></footer>
</body>
</html>
"""
RUNBOOK = """---
title: Tide gauge offline
owner: engine crew
---

# Tide gauge offline

What to do when the dashboard shows **no reading for more than ten minutes** from one of the
three gauges (`north`, `breakwater`, `narrows`).

## First look

1. Ask the gauge for its state:

   ```bash
   ssh gauge@breakwater 'tide --status --last 5'
   ```

2. `BATTERY LOW`: the solar panel is dirty or iced over. Send the shore crew with a brush.
3. No answer at all: the radio mast may be down. Look at the webcam before you send anyone.

## Replacing the sensor

- The spare sensor lies in locker 14 of the drying hall.
- Never open the well while the waves at the breakwater are higher than 1.2 metres.
- Set the zero again: the staff gauge beside the well is the reference, and the difference must be
  below 2 centimetres at slack water.

## Whom to call

| When | Who | Extension |
|------|-----|-----------|
| Day | Engine crew | 7322 |
| Night | Watch room | 7310 |
| Typhoon warning | Harbour master Moon Tae-o | 7301 |

> If two gauges are silent at once, treat it as a power failure of the mast, not as two faults.
"""
STORM = """태풍 대비 수칙 (노을항 당직실)

1. 태풍 주의보가 내리면 모든 배는 강풍이 닿기 네 시간 전까지 방파제 안으로 들어온다.
2. 갈매기호와 해랑호는 안쪽 부두에 두 줄씩 여섯 줄로 묶고, 물떼새호는 구조선으로 남겨 시동을
   걸어 둔다.
3. 양식장의 부표는 수심 5미터까지 가라앉힌다. 걷어 올리지 않는다.
4. 건조장의 문은 북쪽부터 닫고 마지막에 전원을 내린다. 전원 차단기는 2층 계단 옆에 있다.
5. 대피소는 섬 초등학교 체육관이며, 담요와 사흘 치의 물 900리터를 갖추고 있다.

해제는 당직실의 방송으로만 알린다. 전화로 해제를 묻지 않는다.
"""
HARVEST = [
    ("날짜", "어선", "구역", "품목", "수확량(kg)", "등급", "비고"),
    ("2025-01-06", "갈매기호", "동1", "다시마", "8420", "1", ""),
    ("2025-01-14", "해랑호", "동2", "다시마", "11260", "1", ""),
    ("2025-02-03", "해랑호", "북1", "다시마", "9870", "2", "성게 피해"),
    ("2025-03-11", "물떼새호", "동1", "미역", "4310", "1", ""),
    ("2025-04-08", "해랑호", "동2", "다시마", "14950", "1", "한 번에 가장 많이 수확"),
    ("2025-05-20", "갈매기호", "동3", "다시마", "12040", "1", "건조대 부족, 5시간 대기"),
    ("2025-06-30", "갈매기호", "동3", "다시마", "6180", "2", "철 마감"),
    ("2025-08-18", "물떼새호", "북1", "다시마", "730", "3", '태풍 "미루" 뒤 수거'),
    ("2025-10-03", "해랑호", "동1", "", "0", "", "밧줄 96개 다시 설치"),
]
LETTER = """이사님들께,

2월 20일에 있었던 T2 터빈 정기 점검 결과를 보내 드립니다. 주 베어링 온도는 58도로 허용값 75도보다
낮고, 2번 날개의 긁힘은 운전에 영향이 없다고 합니다.

다음 점검은 8월 19일입니다. 보고서는 첨부한 PDF에 있습니다.

배도현 드림
기관팀, 내선 7322
"""


def harvest() -> bytes:
    rows = (",".join(_quoted(cell) for cell in row) for row in HARVEST)
    return "".join(f"{row}\r\n" for row in rows).encode("cp949")


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if {",", '"'} & set(cell) else cell


def storm_rules() -> bytes:
    return STORM.replace("\n", "\r\n").encode("euc-kr")


def mail(attachment: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = "배도현 <bae.dohyun@noeul.example>"
    message["To"] = "이사회 <board@noeul.example>"
    message["Date"] = "Mon, 23 Feb 2026 09:12:00 +0900"
    message["Subject"] = "T2 터빈 정기 점검 결과 보고"
    message["Message-ID"] = "<20260223.t2@noeul.example>"
    message.set_content(LETTER, cte="base64")
    name = "T2 점검 보고서.pdf"
    message.add_attachment(attachment, maintype="application", subtype="pdf", filename=name)
    message.set_boundary("==noeul-2026-02-23==")
    return message.as_bytes()
