"""A row as a document: its text with what is known of it, as Markdown or HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from doclake.access import principal
from doclake.display import shown

_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"\r\n?|\n")
_NAME = re.compile(r"\W+")

Format = Literal["text", "markdown", "html"]
SUFFIXES: Mapping[Format, str] = {"text": ".md", "markdown": ".md", "html": ".html"}


def rendered(
    parts: Sequence[Any], form: Format, title: Any = None, metadata: Mapping[str, Any] | None = None
) -> bytes:
    """The parts as one document, in UTF-8. Plain text becomes Markdown of which each letter stands
    for itself. Of HTML the metadata are those that a page can have: author, date, keywords ..."""
    texts = [_text(part) for part in parts if part is not None]
    known = {name: _text(value) for name, value in (metadata or {}).items() if value is not None}
    if form == "html":
        return _page(texts, title, known).encode()
    if form == "text":
        texts = [_plain(text) for text in texts]
    heading = [f"# {_plain(' '.join(_text(title).split()))}"] if title is not None else []
    return (_front_matter(known) + "\n\n".join([*heading, *texts]) + "\n").encode()


def readers_of(path: str, column: str, said: Any, is_unclear: Callable[[str], None]) -> list[str]:
    """Whom a column names; nobody where it names nobody, or what is no name, which is told."""
    names = said if isinstance(said, list) else str(said or "").split()
    try:
        return [principal(str(name)) for name in names]
    except ValueError as error:
        is_unclear(
            f"{shown(path)}: {column} holds no name of a reader; expected: {error}. Until it is "
            "mended nobody may read it."
        )
        return []


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _plain(text: str) -> str:
    """CommonMark takes any ASCII punctuation after a backslash as itself, and two blanks at the end
    of a line as its end."""
    lines = (_MARKUP.sub(r"\\\1", line.strip()) for line in _BREAK.split(text))
    return "\n".join(f"{line}  " if line else "" for line in lines).strip()


def _front_matter(metadata: Mapping[str, str]) -> str:
    lines = [f"{_NAME.sub('_', name)}: {' '.join(text.split())}" for name, text in metadata.items()]
    return "\n".join(["---", *lines, "---", "", ""]) if lines else ""


def _page(texts: Sequence[str], title: Any, metadata: Mapping[str, str]) -> str:
    head = "".join(
        f'<meta name="{html.escape(name)}" content="{html.escape(text)}">'
        for name, text in metadata.items()
    )
    heading = ""
    if title is not None:
        said = html.escape(_text(title))
        head, heading = f"<title>{said}</title>{head}", f"<h1>{said}</h1>"
    head = f'<head><meta charset="utf-8">{head}</head>'
    return f"<!doctype html><html>{head}<body>{heading}{' '.join(texts)}</body></html>"
