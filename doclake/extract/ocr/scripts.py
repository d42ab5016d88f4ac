"""Lines of mixed scripts: each model reads the line alone, and the readings are put together.

Two models in one engine (`kor+eng`) hold each other back: Hangul comes out as Latin capitals, and
words in brackets as digits (clean Korean pages: 2.9 % character error, 0.6 % with the Korean model
alone; Korean with English words: 11 %). A model alone is sure of its own script and less sure of
the other. So every stretch of a line comes from the model that finds it likelier. Its price is the
sum of minus log probabilities and a surcharge for odd letters; each change of model has a price
too. The cheapest path wins (Viterbi, 1967).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.ocr.symbols import Symbol

Line = list[Symbol]

_EAST_ASIAN = ("kor", "jpn", "chi_sim", "chi_tra")
_IDEOGRAPHS = re.compile(r"[가-힣\u3005\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_USUAL = frozenset(".,()!?'\"-:;%·“”‘’、。「」")
_SWITCH = 5.0  # price of a change of model within a line
_MISSING = 15.0  # price of a letter that a model does not see
_LETTER = 0.4  # width of a letter, of the height of the tallest
_FEWER = 1.0  # price of each symbol that another model sees in addition in the same place
_SURE_DIGIT = 97.0
_ODD_WORD = 5.0  # mean price of a letter: a word above it may be of another script
_SHORT = 4  # letters: a line with no more is too short to show its script
_CORE = 0.2  # share of a symbol's width that may lie under its neighbour: boxes are not exact


def groups(languages: Sequence[str]) -> list[str]:
    """Models that read alone: each East Asian one, and all others together."""
    rest = "+".join(language for language in languages if not _is_east_asian(language))
    alone = [language for language in languages if _is_east_asian(language)]
    return [*alone, *([rest] if rest else [])]


def _is_east_asian(languages: str) -> bool:
    return languages.removesuffix("_vert") in _EAST_ASIAN


def price(line: Sequence[Symbol], languages: str) -> float:
    """How unlikely this model's reading of a line is: 0 is certain."""
    return sum(_prices(line, languages))


def _prices(line: Sequence[Symbol], languages: str) -> list[float]:
    oddity = _odd_in_east_asian if _is_east_asian(languages) else _odd_in_letters
    before = [None, *line]
    return [
        100 - symbol.confidence + oddity(symbol, previous)
        for symbol, previous in zip(line, before, strict=False)
    ]


def _odd_in_east_asian(symbol: Symbol, _: Symbol | None) -> float:
    text = symbol.text
    if _IDEOGRAPHS.match(text):
        return 0.0
    if text in _USUAL:
        return 0.5
    if text.isdigit():  # the model takes Latin letters for digits, but is not sure of them
        return 1.0 if symbol.confidence >= _SURE_DIGIT else 4.0
    return 4.0 if text.isascii() and text.isalpha() else 6.0


def _odd_in_letters(symbol: Symbol, before: Symbol | None) -> float:
    text = symbol.text
    last = before.text if before is not None and not symbol.spaced else ""
    if text.isalpha():
        capital_inside = text.isupper() and last.islower()
        return 6.0 if capital_inside else 4.0 if last.isdigit() else float(text.isupper())
    if text.isdigit():
        return 4.0 if last.isalpha() else 1.0
    return 0.5 if text in _USUAL else 6.0


def doubtful(line: Sequence[Symbol], languages: str) -> bool:
    """May part of the line be in a script that this model does not know?"""
    if _is_east_asian(languages):
        return any(_doubtful_symbol(symbol) for symbol in line)
    if len(line) <= _SHORT and any(symbol.text.isalpha() for symbol in line):
        return True  # two syllables pass for a Latin word, as in a cell or a label
    prices = _prices(line, languages)
    starts = [0, *(at for at, symbol in enumerate(line) if at and symbol.spaced), len(line)]
    return any(sum(prices[a:b]) > _ODD_WORD * (b - a) for a, b in pairwise(starts))


def _doubtful_symbol(symbol: Symbol) -> bool:
    if symbol.text.isdigit():
        return symbol.confidence < _SURE_DIGIT
    return not _IDEOGRAPHS.match(symbol.text) and symbol.text not in _USUAL


def merged(readings: Sequence[tuple[str, Line]]) -> Line:
    """One line from its readings by several models (languages, symbols in the same pixels)."""
    readings = [(languages, line) for languages, line in readings if line]
    if len(readings) < 2:
        return readings[0][1] if readings else []
    cells = _cells([line for _, line in readings])
    by_cell = [_by_cell(line, cells) for _, line in readings]
    costs = [
        _costs(languages, line, cells, numbers)
        for (languages, line), numbers in zip(readings, by_cell, strict=True)
    ]
    for cell in range(len(cells)):
        most = max(len(numbers[cell]) for numbers in by_cell)
        for cost, numbers in zip(costs, by_cell, strict=True):
            cost[cell] += _FEWER * (most - len(numbers[cell]))
    merged_line: Line = []
    last = -1
    for cell, chosen in enumerate(_cheapest(costs)):
        for number in by_cell[chosen][cell]:
            symbol = readings[chosen][1][number]
            if merged_line and chosen != last and _is_same_sign(merged_line[-1], symbol):
                last = chosen
                continue
            merged_line.append(symbol)
            if chosen != last:
                symbol.spaced = _spaced(symbol, readings)
            last = chosen
    return merged_line


def _spaced(symbol: Symbol, readings: Sequence[tuple[str, Line]]) -> bool:
    """Is there white before the first symbol from another model? The East Asian model decides: it
    knows that a bracket or an ending follows a word of the other script without a space."""
    near = (symbol.box[3] - symbol.box[1]) / 4
    for languages, line in readings:
        if _is_east_asian(languages):
            for other in line:
                if abs(other.box[0] - symbol.box[0]) <= near:
                    return other.spaced
    return symbol.spaced


def _is_same_sign(one: Symbol, other: Symbol) -> bool:
    """Are they the same sign, put on either side of a cell's border by two models?"""
    near = (one.box[3] - one.box[1]) / 3
    return one.text == other.text and other.box[0] < one.box[2] + near


def _cells(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Stretches of the line. No symbol of any reading crosses from one to the next."""
    spans = []
    for line in lines:
        for x0, _, x1, _ in (symbol.box for symbol in line):
            core = _CORE * (x1 - x0)
            spans.append((x0 + core, x1 - core))
    cells: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if cells and start <= cells[-1][1]:
            cells[-1] = cells[-1][0], max(end, cells[-1][1])
        else:
            cells.append((start, end))
    return cells


def _by_cell(line: Line, cells: Sequence[tuple[float, float]]) -> list[list[int]]:
    """Indices of the symbols whose middle lies in each cell."""
    starts = [start for start, _ in cells]
    by_cell: list[list[int]] = [[] for _ in cells]
    for number, symbol in enumerate(line):
        middle = (symbol.box[0] + symbol.box[2]) / 2
        by_cell[max(0, bisect_right(starts, middle) - 1)].append(number)
    return by_cell


def _costs(
    languages: str,
    line: Line,
    cells: Sequence[tuple[float, float]],
    by_cell: Sequence[Sequence[int]],
) -> list[float]:
    """Price of each cell under one model's reading."""
    prices = _prices(line, languages)
    letter = _LETTER * max(symbol.box[3] - symbol.box[1] for symbol in line)
    costs = []
    for (start, end), numbers in zip(cells, by_cell, strict=True):
        middle = (start + end) / 2
        seen = numbers or any(symbol.box[0] <= middle <= symbol.box[2] for symbol in line)
        unseen = _MISSING * min(1.0, (end - start) / letter) if not seen else 0.0
        costs.append(sum(prices[number] for number in numbers) + unseen)
    return costs


def _cheapest(costs: Sequence[Sequence[float]]) -> list[int]:
    """Index of the reading for each cell: the path of least cost, changes included."""
    readings = range(len(costs))
    best = [reading[0] for reading in costs]
    steps: list[list[int]] = []
    for cell in range(1, len(costs[0])):
        least = min(readings, key=best.__getitem__)
        previous = [one if best[one] <= best[least] + _SWITCH else least for one in readings]
        best = [min(best[one], best[least] + _SWITCH) + costs[one][cell] for one in readings]
        steps.append(previous)
    path = [min(readings, key=best.__getitem__)]
    for previous in reversed(steps):
        path.append(previous[path[-1]])
    return path[::-1]
