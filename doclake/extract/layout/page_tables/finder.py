"""The tables of a page, ruled and aligned.

Fetching the words of a page is slow, so `possible` first looks at its lines alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from doclake.extract.layout import order
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Line, Page
from doclake.extract.layout.page_table import Table, within, without, without_any
from doclake.extract.layout.page_tables import aligned, leaders, networks, ruled, strokes

_COLUMNS = re.compile(r"(?<=[^\s.!?:]) {2,}(?=\S)|(?<=[.!?:]) {3,}(?=\S)")
_SHORT = 0.22  # of the page's width: a line this short beside another may be a cell
_WIDE = 0.55  # of the page's width: a rule this wide may bound a table over several columns
_MOST = 20_000  # words; a page with more is not searched


def possible(page: Page, lines: Sequence[Line]) -> bool:
    """Do enough of these lines share a baseline: three of them, or two of which one is short?"""
    limit = page.width * _SHORT
    levels = [round(line.y1 / 2) for line in lines]
    shared = {level: count for level, count in Counter(levels).items() if count > 1}
    if len(shared) < 2:
        return False
    many = sum([count > 2 for count in shared.values()])
    if many >= 3:
        return True
    pairs = {level for level, count in shared.items() if count == 2}
    count = len(
        {
            level
            for level, line in zip(levels, lines, strict=True)
            if level in pairs and line.x1 - line.x0 < limit
        }
    )
    ruled_off = len(page.rules) + len(page.fills) >= 4
    return count >= 5 or (ruled_off and many + count >= 2)


def find(page: Page, fetch: Callable[[], Sequence[Word]]) -> list[Table]:
    """Tables of a page from the top; `fetch` gives its words, on the page as displayed."""
    straight = [piece for line in page.lines if not line.turn for piece in _pieces(line)]
    if not possible(page, straight) and not page.words:  # the lines of a scan are less level
        return []
    across, edges, down = strokes.strokes(page)
    grids = networks.networks(edges, down) if down else []
    zones = _zones(across, page)
    enclosed = bool(grids or zones)
    regions = [] if enclosed else _promising(page, straight)
    if not enclosed and not regions:
        return []
    words, dotted = leaders.without(_upright(page, fetch()))
    if len(words) > _MOST:
        return []
    tables = ruled.find(grids, words)
    walls = strokes.walls(page) if down else []
    rest = _outside(words, tables)
    for zone in zones:
        in_zone = aligned.find(within(rest, zone), across, walls, dotted)
        tables += in_zone
        rest = _outside(rest, in_zone)
    if enclosed:
        used = lines_in_tables(straight, tables)
        regions = _promising(page, [line for line in straight if id(line) not in used])
    for index, box in enumerate(regions, 1):
        tables += aligned.find(within(rest, box), across, walls, dotted)
        if index < len(regions):
            rest = without(rest, box)
    return sorted(tables, key=lambda table: table.box[1])


def _pieces(line: Line) -> Iterator[Line]:
    """A line; its pieces, where spaces of one width set them in columns."""
    if not line.mono or not _COLUMNS.search(line.text):
        yield line
        return
    pitch = (line.x1 - line.x0) / len(line.text)
    at = 0
    for gap in [*_COLUMNS.finditer(line.text), None]:
        end = gap.start() if gap else len(line.text)
        x0, x1 = line.x0 + at * pitch, line.x0 + end * pitch
        yield replace(line, text=line.text[at:end], x0=x0, x1=x1)
        at = gap.end() if gap else end


def _promising(page: Page, lines: Sequence[Line]) -> list[Box]:
    """Boxes of the text columns that may hold a table."""
    return [
        (
            min([line.x0 for line in column]),
            min([line.y0 for line in column]),
            max([line.x1 for line in column]),
            max([line.y1 for line in column]),
        )
        for column in order.columns(lines, 6.0)
        if possible(page, column)
    ]


def _outside(words: Sequence[Word], tables: Sequence[Table]) -> list[Word]:
    rest = list(words)
    for table in tables:
        rest = without(rest, table.box)
    return rest


def _zones(across: Sequence[strokes.Stroke], page: Page) -> list[Box]:
    """Boxes between wide rules that start and end at the same x: each may hold a table that spans
    the text columns."""
    zones: list[Box] = []
    for rule in across:
        if rule.end - rule.start < _WIDE * page.width:
            continue
        for index, zone in enumerate(zones):
            if abs(zone[0] - rule.start) < 4 and abs(zone[2] - rule.end) < 4:
                zones[index] = (zone[0], zone[1], zone[2], rule.at)
                break
        else:
            zones.append((rule.start, rule.at, rule.end, rule.at))
    return [zone for zone in zones if zone[3] - zone[1] > 20]


def lines_in_tables(lines: Sequence[Line], tables: Sequence[Table]) -> set[int]:
    """`id` of each line whose text is in a table and must not be repeated as a paragraph."""
    inside: set[int] = set()
    for table in tables:
        x0, y0, x1, y1 = table.box
        left, top, right, bottom = 2 * x0 - 2, 2 * y0 - 2, 2 * x1 + 2, 2 * y1 + 2
        inside.update(
            [
                id(line)
                for line in lines
                if top <= line.y0 + line.y1 <= bottom and left <= line.x0 + line.x1 <= right
            ]
        )
    return inside


def _upright(page: Page, words: Sequence[Word]) -> list[Word]:
    """Words without those of turned and hidden lines."""
    boxes = [line.box for line in page.lines if line.turn or line.hidden]
    return without_any(words, boxes) if boxes else list(words)
