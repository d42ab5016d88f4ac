"""What the tests of the page do in a browser."""

from __future__ import annotations

from tests.browser import Tab
from tests.serve.showing import TOKEN

FOUND = "document.querySelectorAll('.hit').length > 0"
DRAWN = "document.querySelector('.sheet img') && document.querySelector('.sheet .box')"
CITED = "document.querySelector('.passage.cited')"
FIRST_OF = "[...document.querySelectorAll('.hit')].find(hit => hit.textContent.includes('{}'))"


def ask(page: Tab, question: str) -> None:
    page.wait("document.activeElement.id === 'question'")
    page.write(question)
    page.press("Enter")
    page.wait(FOUND)


def click(page: Tab, path: str) -> None:
    page.value(f"{FIRST_OF.format(path)}.click()")


def use_token(page: Tab) -> None:
    page.value("document.querySelector('#token').click()")
    page.value(f"document.querySelector('#token-value').value = '{TOKEN}'")
    page.value("document.querySelector('#token-form button.main').click()")
    page.wait(FIRST_OF.format("secret.pdf"))
