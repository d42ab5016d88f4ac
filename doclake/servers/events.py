"""Server-sent events, in which a server of models streams its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

_FIELD = re.compile(rb"(data|event|id|retry)?:")
_DATA = b"data:"
_DONE = b"[DONE]"


def json_events(blocks: Iterable[bytes]) -> Iterator[Any]:
    """The JSON of each event, up to `[DONE]`; the one JSON of an answer that is not streamed. Gives
    one at least, and raises `ValueError` for what is no JSON."""
    lines = _lines(blocks)
    first = next((line for line in lines if line.strip()), b"")
    if not _FIELD.match(first):
        yield json.loads(b"\n".join([first, *lines]))
        return
    data: list[bytes] = []
    events = 0
    for line in chain([first], lines, [b""]):
        if line.startswith(_DATA):
            data.append(line.removeprefix(_DATA).strip())
        elif not line and data:
            text, data = b"\n".join(data), []
            if text == _DONE:
                break
            yield json.loads(text)
            events += 1
    if not events:
        raise ValueError("no event")


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in whole)
    yield rest.removesuffix(b"\r")
