"""Pictures in SVG: no library draws them, no file and no network is needed to show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from doclake.display import shown

COLOURS = ("#2f5d8a", "#c0562f", "#3c8d5a", "#8a5aa8", "#b8912b", "#4aa3a8", "#9c3d54", "#6b6b6b")
"""Told apart by who does not see all colours."""
_FONT = "font-family='system-ui, \"Noto Sans KR\", \"NanumGothic\", sans-serif' font-size='12'"
_LINE, _LABEL, _PALE = "#d9dee3", "#5b6670", "#eef1f4"
_LEFT, _TOP, _BOTTOM, _RIGHT = 52, 48, 26, 12
_DAY_LABELS = 7


def lines(
    series: Mapping[str, Sequence[float | None]],
    labels: Sequence[str],
    *,
    title: str,
    bound: float | None = None,
    share: bool = True,
    width: int = 640,
    height: int = 220,
) -> str:
    """A line for each name over `labels`, one value for each; None leaves a gap. Shares run from 0
    to 1, other values from 0 to the greatest. The bound is dashed."""
    known = [value for values in series.values() for value in values if value is not None]
    top = 1.0 if share else max([*known, bound or 0.0], default=0.0) or 1.0
    across, up = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def x(place: int) -> float:
        return _LEFT + (across * (place + 0.5) / max(len(labels), 1))

    def y(value: float) -> float:
        return _TOP + up * (1 - min(value / top, 1.05))

    parts = []
    for tick in (0.0, 0.5, 1.0):
        height_of = y(tick * top)
        told = f"{tick:.0%}" if share else number(tick * top)
        parts.append(_straight(_LEFT, height_of, width - _RIGHT, height_of, _LINE))
        parts.append(_text(_LEFT - 6, height_of + 4, told, "end", _LABEL))
    step = max(1, -(-len(labels) // _DAY_LABELS))
    for place in range(0, len(labels), step):
        parts.append(_text(x(place), height - 8, labels[place], "middle", _LABEL))
    if bound is not None:
        parts.append(_straight(_LEFT, y(bound), width - _RIGHT, y(bound), "#c0562f", dashed=True))
    for colour, (name, values) in zip(_colours(len(series)), series.items(), strict=True):
        for run in _runs(values):
            points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run)
            parts.append(
                f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>"
            )
            parts += [
                f"<circle cx='{x(place):.1f}' cy='{y(value):.1f}' r='3' fill='{colour}'>"
                f"<title>{_safe(name)} {_safe(labels[place])}: "
                f"{f'{value:.1%}' if share else number(value)}</title></circle>"
                for place, value in run
            ]
    return _picture(width, height, title, [*parts, *_legend(list(series), width)])


def bars(values: Mapping[str, float], *, title: str, share: bool = False, width: int = 640) -> str:
    """A bar for each name, with its value, in the order given."""
    height = 36 + 24 * max(len(values), 1)
    most = 1.0 if share else max(values.values(), default=0.0) or 1.0
    left, room = 180, width - 180 - 90
    parts = []
    for place, (name, value) in enumerate(values.items()):
        y = 32 + 24 * place
        told = f"{value:.1%}" if share else number(value)
        parts.append(_text(left - 8, y + 13, _cut(name), "end", "#222"))
        parts.append(f"<rect x='{left}' y='{y}' width='{room}' height='17' rx='3' fill='{_PALE}'/>")
        long = max(room * min(value / most, 1.0), 1.0 if value else 0.0)
        parts.append(
            f"<rect x='{left}' y='{y}' width='{long:.1f}' height='17' rx='3' fill='{COLOURS[0]}'/>"
        )
        parts.append(_text(left + room + 8, y + 13, told, "start", "#222"))
    if not values:
        parts.append(_text(left, 45, "none", "start", _LABEL))
    return _picture(width, height, title, parts)


def number(value: float) -> str:
    """Short, for people: 950, 12.3k, 4.56M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if unit == 'k' else size):.3g}{unit}"
    return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Places and values between gaps."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            runs[-1].append((place, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _colours(count: int) -> list[str]:
    return [COLOURS[place % len(COLOURS)] for place in range(count)]


def _legend(names: Sequence[str], width: int) -> list[str]:
    parts, x = [], _LEFT
    for colour, name in zip(_colours(len(names)), names, strict=True):
        told = _cut(name)
        parts.append(f"<rect x='{x}' y='24' width='10' height='10' rx='2' fill='{colour}'/>")
        parts.append(_text(x + 14, 33, told, "start", "#222"))
        x += 28 + 7 * len(told)
        if x > width - 80:
            break
    return parts


def _picture(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' "
        f"height='{height}' role='img' aria-label='{_safe(title)}' {_FONT}>"
        f"<rect width='100%' height='100%' fill='white'/>"
        f"<text x='8' y='16' font-weight='600' fill='#222'>{_safe(title)}</text>"
        f"{''.join(parts)}</svg>"
    )


def _straight(x0: float, y0: float, x1: float, y1: float, colour: str, dashed: bool = False) -> str:
    dash = " stroke-dasharray='5 4'" if dashed else ""
    place = f"x1='{x0:.1f}' y1='{y0:.1f}' x2='{x1:.1f}' y2='{y1:.1f}'"
    return f"<line {place} stroke='{colour}'{dash}/>"


def _text(x: float, y: float, text: str, anchor: str, colour: str) -> str:
    place = f"x='{x:.1f}' y='{y:.1f}'"
    return f"<text {place} text-anchor='{anchor}' fill='{colour}'>{_safe(text)}</text>"


def _cut(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:23]}…"


def _safe(text: str) -> str:
    return escape(shown(text), quote=True)
