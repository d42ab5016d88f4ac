"""Slides on the page, and hits that are judged there, in headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Tab
from tests.flow import Flow
from tests.serve.in_browser import CITED, DRAWN, FIRST_OF, ask, click, use_token
from tests.serve.showing import HOSTILE, QUESTION, SLIDE_ANSWER, SLIDE_QUESTION
from tests.served import Served, serving


@pytest.fixture(scope="module")
def server(tab: Tab, shown: Flow) -> Iterator[Served]:
    with serving(shown.project) as served:
        yield served


SKETCHED = "document.querySelector('.slide .block') && document.querySelector('.sheet .box')"
PLACES = """(() => {
  const paper = document.querySelector('.slide').getBoundingClientRect();
  return [...document.querySelectorAll('.block, .box')].map(one => {
    const place = one.getBoundingClientRect();
    return [place.left - paper.left, place.top - paper.top].map(edge => edge * 960 / paper.width);
  });
})()"""


def test_a_slide_is_sketched_with_its_texts_in_their_boxes(page):
    ask(page, SLIDE_QUESTION)
    click(page, "lessons.pptx")
    page.wait(SKETCHED)
    assert "slide 2 of 3" in page.value("document.querySelector('.picture').innerText")
    assert "A sketch made of" in page.value("document.querySelector('.picture').innerText")
    assert SLIDE_ANSWER in page.value("document.querySelector('.slide').innerText")
    assert page.value("document.querySelectorAll('.slide td').length") == 2
    places = page.value(PLACES)
    assert places[:2] == [pytest.approx([60, 30], abs=1), pytest.approx([60, 140], abs=1)]
    assert any(place == pytest.approx([60, 140], abs=8) for place in places[3:])
    for width in (1400, 700):
        page.look(width, 900)
        assert page.value(
            "[...document.querySelectorAll('.block')].every(one => "
            "one.scrollHeight <= one.clientHeight + 2 && one.scrollWidth <= one.clientWidth + 2)"
        )
    page.value("document.querySelector('.picture button:last-of-type').click()")
    page.wait("document.querySelector('.picture [role=status]').innerText === 'slide 3 of 3'")
    assert page.value("document.querySelector('.slide').innerText.trim()") == HOSTILE
    assert page.value("document.querySelectorAll('.slide img').length") == 0


PRESSED = "document.querySelectorAll('.judge[aria-pressed=true]').length"


def test_a_hit_is_judged_by_mouse_and_keyboard_and_taken_back(page, shown: Flow):
    file = shown.folder / "questions.yaml"
    ask(page, QUESTION)
    assert page.value("document.querySelectorAll('.judge').length") == 0
    use_token(page)
    page.wait("document.querySelector('.judge')")
    assert "sources.closed.questions" in page.value("document.querySelector('#results').innerText")
    try:
        page.value(f"{FIRST_OF.format('pump.pdf')}.focus()")
        page.press("a")
        page.wait(f"{PRESSED} === 2")  # two passages stand on the page
        assert '"documents": ["pump.pdf"], "pages": [2]}' in file.read_text()
        assert page.value("document.activeElement.className") == "hit"
        click(page, "pump.pdf")
        page.wait(DRAWN)
        page.wait(f"{PRESSED} === 3")
        page.value("document.querySelector('#document .judge').click()")
        page.wait(f"{PRESSED} === 0")
        assert file.read_text() == ""
        page.press("Escape")
        page.wait("document.querySelector('#document').hidden")
        page.value("document.querySelector('#language').click()")
        page.wait("document.querySelector('.judge')?.innerText.includes('질문의 답입니다')")
        file.write_text("[]")
        page.value(f"{FIRST_OF.format('pump.pdf')}.closest('li').querySelector('.judge').click()")
        page.wait("document.querySelector('.judging .failure')?.innerText.includes('저장할 수 없')")
        page.faults.clear()  # the status of the refusal
    finally:
        file.write_text("")


def test_the_words_that_are_selected_are_kept_with_the_judgement(page, shown: Flow):
    file = shown.folder / "questions.yaml"
    ask(page, "On which hook does the hoe hang?")
    use_token(page)
    click(page, "tools.md")
    page.wait(CITED)
    page.wait("document.querySelector('#document .judge')")
    chosen = page.value("""(() => {
      const cited = document.querySelector('.passage.cited .text');
      const whole = document.createRange();
      whole.selectNodeContents(cited);
      getSelection().removeAllRanges();
      getSelection().addRange(whole);
      return getSelection().toString().trim();
    })()""")
    try:
        page.press("a")
        page.wait(f"{PRESSED} > 0")
        assert chosen.split()[0] in file.read_text()
        assert '"text": ' in file.read_text()
    finally:
        file.write_text("")
