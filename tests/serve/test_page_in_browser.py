"""The page in headless Chromium: from a question to the cited boxes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.browser import Tab
from tests.flow import Flow
from tests.serve.in_browser import CITED, DRAWN, FIRST_OF, FOUND, ask, click, use_token
from tests.serve.showing import (
    ANSWER,
    BOX,
    HOSTILE,
    KOREAN_QUESTION,
    QUESTION,
    TOKEN,
)
from tests.served import Served, serving

IN_POINTS = """(() => {
  const paper = document.querySelector('.sheet img').getBoundingClientRect();
  return [...document.querySelectorAll('.box')].map(box => {
    const place = box.getBoundingClientRect();
    const points = edge => edge * 595 / paper.width;
    return [place.left - paper.left, place.top - paper.top, place.right - paper.left,
            place.bottom - paper.top].map(points);
  });
})()"""


@pytest.fixture(scope="module")
def server(tab: Tab, shown: Flow) -> Iterator[Served]:
    with serving(shown.project) as served:
        yield served


def test_a_question_leads_to_the_page_with_the_cited_boxes_in_their_places(page):
    ask(page, QUESTION)
    assert "oiled" in page.value(
        "[...document.querySelectorAll('.hit mark')].map(m => m.innerText)"
    )
    click(page, "pump.pdf")
    page.wait(DRAWN)
    assert page.value("document.querySelector('.sheet img').naturalWidth") == 1190
    boxes = page.value(IN_POINTS)
    assert any(box == pytest.approx(BOX, abs=5) for box in boxes), boxes
    page.value("document.querySelector('.picture button:last-of-type').click()")
    page.wait("document.querySelector('.picture [role=status]').innerText === 'page 3 of 3'")
    assert page.value(IN_POINTS) == []


def test_a_text_is_shown_in_place_with_why_ledger_versions_and_chunks(page):
    ask(page, "On which hook does the hoe hang?")
    click(page, "tools.md")
    page.wait(CITED)
    passages = page.value("[...document.querySelectorAll('.passage')].map(p => p.innerText)")
    assert len(passages) > 1
    assert any("The hoe hangs on hook 2" in text for text in passages)
    whole = page.value("document.querySelector('#document').textContent")
    for told in ("late interaction", "text/markdown", "search_index", "Chunks"):
        assert told in whole
    before = page.value("location.hash")
    page.value("document.querySelector('.chunks li:last-child button').click()")
    page.wait(f"location.hash !== {before!r} && {CITED}")


def test_it_is_used_without_a_mouse(page):
    ask(page, QUESTION)
    page.press("j")
    page.press("j")
    page.press("k")
    assert page.value("document.activeElement === document.querySelectorAll('.hit')[0]")
    page.press("Enter")
    page.wait(DRAWN)
    page.press("Escape")
    page.wait("document.querySelector('#document').hidden")
    assert page.value("document.activeElement === document.querySelectorAll('.hit')[0]")
    page.press("/")
    assert page.value("document.activeElement.id") == "question"
    page.press("j")
    assert page.value("document.querySelector('#question').value") == "j"


def test_a_document_that_means_harm_is_text(page):
    ask(page, "gate code of the orchard")
    click(page, "onerror")
    page.wait(CITED)
    text = page.value("document.body.innerText")
    assert HOSTILE in text
    assert "<svg onload=alert(2)>\\u202egpj.md" in text
    assert page.value("document.querySelectorAll('main img, main svg, main script').length") == 0
    marked = page.value("[...document.querySelectorAll('.cited mark')].map(m => m.innerText)")
    assert "orchard" in marked


def test_no_text_can_become_markup_even_where_the_code_would_let_it(page):
    for attempt in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.setAttribute('onclick', 'alert(1)')",
        "document.createElement('script').text = 'alert(1)'",
        "document.createElement('script').src = '/page/page.js'",
    ):
        refused = f"(() => {{ try {{ {attempt} }} catch (error) {{ return error.name }} }})()"
        assert page.value(refused) == "TypeError", attempt
    page.faults.clear()  # which name what was refused


def test_a_token_opens_more_and_stays_in_its_tab(page):
    ask(page, QUESTION)
    assert not page.value(f"Boolean({FIRST_OF.format('secret.pdf')})")
    use_token(page)
    click(page, "secret.pdf")
    page.wait(DRAWN)
    assert TOKEN not in page.value("location.href + JSON.stringify(localStorage)")
    page.value("document.querySelector('#token-forget').click()")
    page.wait("document.querySelector('#document .failure')")
    assert not page.value(f"Boolean({FIRST_OF.format('secret.pdf')})")
    assert any("404" in fault for fault in page.faults)
    page.faults.clear()


def test_it_speaks_the_language_of_its_reader_and_the_other_when_asked(page, server):
    page.speak("ko-KR,ko,en")
    page.go(f"{server.url}/#q={quote(KOREAN_QUESTION)}&language=ko")
    page.wait(FOUND)
    assert page.value("document.documentElement.lang") == "ko"
    assert "구절" in page.value("document.querySelector('#status').innerText")
    click(page, "펌프")
    page.wait(CITED)
    assert "이 결과가 나온 이유" in page.value("document.body.innerText")
    page.value("document.querySelector('#language').click()")
    page.wait("document.body.innerText.includes('Why this hit')")
    assert page.value("document.documentElement.lang") == "en"


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_is_wider_than_the_screen(dark, page, server):
    page.look(360, 740, dark=dark, phone=True)
    page.go(f"{server.url}/#q={quote(QUESTION)}")
    page.wait(FOUND)
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert not page.value(overflow)
    click(page, "pump.pdf")
    page.wait(DRAWN)
    page.value("document.querySelectorAll('#document details').forEach(one => one.open = true)")
    assert not page.value(overflow)
    ground = page.value("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 23, 28)") is dark


def test_what_is_wrong_is_told_in_words(page, server):
    page.go(f"{server.url}/#q=pump&type=nonsense")
    page.wait("document.querySelector('#status.failure')")
    assert "a media type such as" in page.value("document.querySelector('#status').innerText")
    page.go(f"{server.url}/#cite=0.0")
    page.wait("document.querySelector('#document .failure')")
    told = page.value("document.querySelector('#document .failure').innerText")
    assert "search again" in told
    page.faults.clear()  # the statuses of both


def test_the_passage_is_told_where_there_is_no_picture(page, shown: Flow, server):
    file = shown.documents / "pump.pdf"
    content = file.read_bytes()
    file.write_bytes(content + b"\n% changed")
    try:
        ask(page, QUESTION)
        click(page, "inner.pdf")  # inside a container
        page.wait(CITED)
        assert ANSWER in page.value("document.querySelector('.passage.cited').innerText")
        assert page.value("document.querySelector('.picture')") is None
        page.value("document.querySelector('.close').click()")
        click(page, "pump.pdf")
        page.wait(
            "document.querySelector('.sheet .failure') || document.querySelector('.sheet img')"
        )
    finally:
        file.write_bytes(content)
    page.faults.clear()
