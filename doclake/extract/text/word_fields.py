"""What fields of Word draw that store no result: symbols, and formulas and readings (EQ)."""

from __future__ import annotations

import re

from doclake.extract.text import symbol_fonts

_SYMBOL = re.compile(r"\bSYMBOL\s+(0x[0-9A-Fa-f]{1,4}|\d{1,5})\b(.*)", re.IGNORECASE | re.DOTALL)
_FONT = re.compile(r"\\f\s*(?:\"([^\"]+)\"|(\S+))")
_EQ = re.compile(r"^\s*EQ\b(.*)", re.IGNORECASE | re.DOTALL)
_LOOK = re.compile(r"\\\*\s*(?:\"[^\"]*\"|jc\d|hps\d+|\S+)")
_READING = re.compile(
    r"\\o\s*(?:\\a[dlcr])?\s*\(\s*\\s\s*\\up\s*\d+\s*\(([^()]*)\)\s*[,;]\s*([^()]*)\)"
)
_FRACTION = re.compile(r"\\f\s*\(([^(),;]*)[,;]([^(),;]*)\)")
_ROOT = re.compile(r"\\r\s*\((?:([^(),;]*)[,;])?([^(),;]*)\)")
_RAISED = re.compile(r"\\s\s*\\(up|do)\s*\d*\s*\(([^()]*)\)")
_SWITCH = re.compile(r"\\[a-z]{1,2}\d*\s*", re.IGNORECASE)
_ROUNDS = 20  # parts inside one another


def drawn(instruction: str) -> str:
    """The text that a field draws from its instruction; empty for fields that store theirs."""
    symbol = _SYMBOL.search(instruction)
    if symbol is not None:
        font = _FONT.search(symbol[2])
        return symbol_fonts.symbol(int(symbol[1], 0), (font[1] or font[2]) if font else None)
    formula = _EQ.match(instruction)
    return _formula(formula[1]) if formula is not None else ""


def _formula(text: str) -> str:
    """`\\f(1,2)` as 1/2, a reading above its base as base(reading); other switches are dropped."""
    text = _LOOK.sub("", text)
    for _ in range(_ROUNDS):
        before = text
        text = _READING.sub(r"\2(\1)".replace("(", "\x01").replace(")", "\x02"), text)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _ROOT.sub(lambda match: f"{match[1] or ''}√{match[2]}", text)
        text = _RAISED.sub(lambda match: f"{'^' if match[1] == 'up' else '_'}{match[2]}", text)
        if text == before:
            break
    text = _SWITCH.sub("", text)
    return text.replace("\x01", "(").replace("\x02", ")").strip()
