"""Line numbers in the margin of court papers, manuscripts and bills."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

from doclake.extract.layout.page import Line, Page
from doclake.extract.layout.paragraphs import runs_on

_NUMBER = re.compile(r"\s*(\d{1,4})\s*")
_FEWEST = 5
_ALIGNED = 3.0  # points between edges that are one
_STEPS = (1, 2, 5, 10)
_IN_ORDER = 0.9  # share of the numbers that follow the one above by the same step
_BESIDE = 0.8  # share of them that stand beside a line of text
_PROSE = 20  # letters of the usual line beside them
_RUNS_ON = 0.2  # share of those lines that go on with the sentence of the line above


def find(page: Page) -> Iterator[Line]:
    """The lines of a page that are numbers of lines: in order, at one edge, each beside a line of
    prose. The numbers of a list or of the rows of a table stand beside what begins there."""
    lines = [line for line in page.lines if line.hidden is None and not line.turn]
    numbers = [line for line in lines if _NUMBER.fullmatch(line.text)]
    if len(numbers) < _FEWEST:
        return
    others = sorted(set(lines).difference(numbers), key=lambda line: line.y0 + line.y1)
    for column in _columns(numbers):
        if _in_order(column) and _stand_beside_prose(column, others):
            yield from column


def _columns(numbers: Sequence[Line]) -> Iterator[list[Line]]:
    """Numbers one above the other that have an edge in common, from the top."""
    groups: list[list[Line]] = []
    right = float("-inf")
    for line in sorted(numbers, key=lambda line: line.x0):
        if line.x0 > right:
            groups.append([])
        groups[-1].append(line)
        right = max(right, line.x1)
    for group in groups:
        lefts, rights = [line.x0 for line in group], [line.x1 for line in group]
        aligned = min(max(lefts) - min(lefts), max(rights) - min(rights)) < _ALIGNED
        if len(group) >= _FEWEST and aligned:
            yield sorted(group, key=lambda line: line.y0)


def _in_order(column: Sequence[Line]) -> bool:
    steps = [int(after.text) - int(line.text) for line, after in pairwise(column)]
    step = statistics.mode(steps)
    return step in _STEPS and steps.count(step) >= _IN_ORDER * len(steps)


def _stand_beside_prose(numbers: Sequence[Line], lines: Sequence[Line]) -> bool:
    left, right = min(line.x0 for line in numbers), max(line.x1 for line in numbers)
    to_right = [line for line in lines if line.x0 > right]
    to_left = [line for line in lines if line.x1 < left]
    return any(_number(numbers, side) for side in (to_right, to_left) if len(side) >= _FEWEST)


def _number(numbers: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Do the numbers count these lines? They stand in order from the top."""
    beside = []
    rows_on = 0
    for number in numbers:
        middle = (number.y0 + number.y1) / 2
        at = next((i for i, line in enumerate(lines) if line.y0 < middle < line.y1), None)
        if at is not None:
            beside.append(lines[at])
            rows_on += at > 0 and runs_on(lines[at - 1].text, lines[at].text)
    if len(beside) < _BESIDE * len(numbers):
        return False
    usual = statistics.median([len(line.text) for line in beside])
    return usual >= _PROSE and rows_on >= _RUNS_ON * len(beside)
