"""Tables of a page, ruled and borderless, on the engine-neutral page.

`possible` is the cheap question asked of every page; only where it says yes are words fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from doclake.extract.pdf import order
from doclake.extract.pdf.page import Box, Line, Page, Word
from doclake.extract.pdf.tables import aligned, ruled
from doclake.extract.pdf.tables.cells import Table

_SHORT = 0.22  # of the page's width: a line this short beside another may be a cell
_WIDE = 0.55  # of the page's width: a rule this wide may bound a table over several columns
_MOST = 20_000  # words of a page beyond which it is no page


def possible(page: Page) -> bool:
    """Are there crossing rules, or rows of three pieces, or of two of which one is short?"""
    levels: Counter[int] = Counter()
    short: Counter[int] = Counter()
    limit = page.width * _SHORT
    for line in page.lines:
        level = round(line.y1 / 2)
        levels[level] += 1
        short[level] += line.x1 - line.x0 < limit
    rows = [level for level, count in levels.items() if count > 2 or (count == 2 and short[level])]
    return len(rows) >= 3 or (len(rows) >= 1 and len(page.rules) + len(page.fills) >= 4)


def find(page: Page, fetch: Callable[[], Sequence[Word]]) -> list[Table]:
    """Tables of a page from the top; `fetch` gives its words, on the page as displayed."""
    if not possible(page):
        return []
    words = _upright(page, fetch())
    if len(words) > _MOST:
        return []
    across, edges, down = ruled.strokes(page)
    found = ruled.find(edges, down, words) if down else []
    rest = _outside(words, found)
    for zone in _zones(across, page):
        enclosed = [word for word in rest if _inside(word, zone)]
        found += aligned.find(enclosed, across)
    rest = _outside(rest, found)
    for region in _regions(rest, page, found):
        found += aligned.find(region, across)
    return sorted(found, key=lambda table: table.box[1])


def _outside(words: Sequence[Word], found: Sequence[Table]) -> list[Word]:
    return [word for word in words if not any(_inside(word, table.box) for table in found)]


def _zones(across: Sequence[ruled.Stroke], page: Page) -> list[Box]:
    """What lies between wide rules of one extent: a table that may span the text columns."""
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


def taken(lines: Sequence[Line], tables: Sequence[Table]) -> set[int]:
    """Ids of the lines whose text is in a table, not to be repeated as paragraphs."""
    return {
        id(line)
        for line in lines
        if any(_inside((line.x0, line.y0, line.x1, line.y1), table.box) for table in tables)
    }


def _inside(one: Word | Box, box: Box) -> bool:
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _upright(page: Page, words: Sequence[Word]) -> list[Word]:
    turned = [line.box for line in page.lines if line.turn or line.hidden]
    if not turned:
        return list(words)
    return [word for word in words if not any(_inside(word, box) for box in turned)]


def _regions(words: Sequence[Word], page: Page, found: Sequence[Table]) -> list[list[Word]]:
    """Words by the text column they stand in."""
    held = taken(page.lines, found) if found else set()
    straight = [
        line for line in page.lines if not line.turn and line.text.strip() and id(line) not in held
    ]
    runs = order.columns(straight, 6.0)
    if len(runs) < 2:
        return [list(words)]
    boxes = [
        (
            min([line.x0 for line in run]),
            min([line.y0 for line in run]),
            max([line.x1 for line in run]),
            max([line.y1 for line in run]),
        )
        for run in runs
    ]
    regions: list[list[Word]] = [[] for _ in boxes]
    for word in words:
        for index, box in enumerate(boxes):
            if _inside(word, box):
                regions[index].append(word)
                break
    return regions
