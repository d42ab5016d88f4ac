"""Subtitles (SubRip, WebVTT): what is said, under headings that tell when.

WebVTT: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_TIME = r"(?:(\d{1,3}):)?(\d\d):(\d\d)[.,]\d{3}"
_CUE = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}.*$", re.MULTILINE)
_SPEAKER = re.compile(r"<v(?:\.[\w.-]*)?[ \t]+([^>]+)>")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}")
_NOTE = re.compile(r"^(?:NOTE|STYLE|REGION)\b.*?(?:\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)
_LONGEST, _PAUSE = 60, 4  # seconds: of what stands under one heading, and what ends it


class Cue(NamedTuple):
    """What is said from one second of the recording to another."""

    start: int
    end: int
    text: str


class Subtitles:
    """A heading with the time for each minute or so of speech, and the words in paragraphs."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("subtitles", options.limits)
        for group in _groups(cues(text)):
            blocks.add("Title", f"{_clock(group[0].start)}–{_clock(group[-1].end)}", level=1)
            blocks.add("NarrativeText", " ".join(cue.text for cue in group))
        if not blocks.elements:
            raise DocumentEmpty("There are no subtitles in it.")
        return Extraction(blocks.elements, metadata={"encoding": codec})


def cues(text: str) -> Iterator[Cue]:
    """The cues in their order. One that repeats the words before it, as those of live broadcasts
    do, adds only what is new."""
    text = _NOTE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    found = list(_CUE.finditer(text))
    said: list[str] = []
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        body = text[match.end() : end].strip("\n").split("\n\n")[0]
        spoken = [line for raw in body.splitlines() if (line := _plain(raw))]
        fresh = [line for line in spoken if line not in said[-2:]]
        said += fresh
        if fresh:
            yield Cue(_seconds(*match.groups()[:3]), _seconds(*match.groups()[3:]), " ".join(fresh))


def _plain(line: str) -> str:
    speaker = _SPEAKER.search(line)
    words = " ".join(html.unescape(_MARKUP.sub("", line)).split())
    return f"{speaker[1].strip()}: {words}" if speaker and words else words


def _seconds(hours: str | None, minutes: str, seconds: str) -> int:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)


def _groups(cues: Iterator[Cue]) -> Iterator[list[Cue]]:
    group: list[Cue] = []
    for cue in cues:
        if group and (cue.end - group[0].start > _LONGEST or cue.start - group[-1].end > _PAUSE):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
