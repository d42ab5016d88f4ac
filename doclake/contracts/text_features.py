"""Figures of texts, counted in Arrow: no rule sees the text itself."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Column = Any
"""A column of Arrow, chunked or not: one value for each row."""

CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_LETTER = r"\p{L}"
_SCRIPTS = {
    **dict.fromkeys(("ko",), r"\p{Hangul}\p{Han}"),
    **dict.fromkeys(("ja",), r"\p{Hiragana}\p{Katakana}\p{Han}ー"),
    **dict.fromkeys(("zh", "yue", "wuu"), r"\p{Han}\p{Bopomofo}"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "mn", "tg"), r"\p{Cyrillic}"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug"), r"\p{Arabic}"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), r"\p{Devanagari}"),
    "el": r"\p{Greek}",
    "he": r"\p{Hebrew}",
    "yi": r"\p{Hebrew}",
    "th": r"\p{Thai}",
    "hy": r"\p{Armenian}",
    "ka": r"\p{Georgian}",
    "bn": r"\p{Bengali}",
    "ta": r"\p{Tamil}",
    "te": r"\p{Telugu}",
    "kn": r"\p{Kannada}",
    "ml": r"\p{Malayalam}",
    "gu": r"\p{Gujarati}",
    "pa": r"\p{Gurmukhi}",
    "si": r"\p{Sinhala}",
    "km": r"\p{Khmer}",
    "lo": r"\p{Lao}",
    "my": r"\p{Myanmar}",
    "am": r"\p{Ethiopic}",
    "sr": r"\p{Cyrillic}\p{Latin}",
}
"""The scripts that a language is written in; Latin letters where none is named."""
_LATIN = r"\p{Latin}"


def length(table: pa.Table) -> Column:
    """Characters, without blanks at the ends."""
    return pc.utf8_length(pc.utf8_trim_whitespace(_text(table)))


def controls(table: pa.Table) -> Column:
    return pc.count_substring_regex(_text(table), CONTROL)


def replaced_share(table: pa.Table) -> Column:
    text = _text(table)
    return share(pc.count_substring(text, "\ufffd"), pc.max_element_wise(pc.utf8_length(text), 1))


def letters_share(table: pa.Table) -> Column:
    """Null for a text of blanks alone."""
    text = _text(table)
    return share(_count(text, _LETTER), _count(text, r"[^\s]"))


def hangul_share(table: pa.Table) -> Column:
    return _of_letters(_text(table), r"\p{Hangul}")


def latin_share(table: pa.Table) -> Column:
    return _of_letters(_text(table), _LATIN)


def script_share(table: pa.Table) -> Column:
    """Null where the language is not known, and without a letter."""
    text, result = _text(table), pa.nulls(table.num_rows, pa.float64())
    for language in pc.unique(table["language"]).to_pylist():
        if language is not None:
            mask = pc.fill_null(pc.equal(table["language"], language), False)
            script = _SCRIPTS.get(language, _LATIN)
            its = _of_letters(text.filter(mask), f"[{script}]")
            mask, its = (_whole(column) for column in (mask, its))
            result = pc.replace_with_mask(result, mask, its)
    return result


TEXT_FEATURES = {
    "text_length": length,
    "controls": controls,
    "replaced_share": replaced_share,
    "letters_share": letters_share,
    "hangul_share": hangul_share,
    "latin_share": latin_share,
    "script_share": script_share,
}


def share(part: Column, whole: Column) -> Column:
    """The quotient; null where the whole is nothing or null."""
    whole = pc.cast(whole, pa.float64())
    known = pc.if_else(pc.greater(whole, 0), whole, None)
    return pc.divide(pc.cast(part, pa.float64()), known)


def _text(table: pa.Table) -> Column:
    return pc.fill_null(table["text"], "")


def _of_letters(text: Column, script: str) -> Column:
    return share(_count(text, script), _count(text, _LETTER))


def _count(text: Column, kind: str) -> Column:
    """Characters of a kind; whole runs of them are cut out, which is faster than to count each."""
    others = pc.replace_substring_regex(text, f"{kind}+", "")
    counted: Column = pc.subtract(pc.utf8_length(text), pc.utf8_length(others))
    return counted


def _whole(column: Column) -> Column:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
