"""A counter of a list as its numbering format writes it (named as in OOXML)."""

from __future__ import annotations

_KOREAN = {
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "koreanCounting": "일이삼사오육칠팔구십",
    "koreanDigital": "일이삼사오육칠팔구십",
    "ideographDigital": "一二三四五六七八九十",
    "chineseCounting": "一二三四五六七八九十",
}


def spell(value: int, form: str) -> str:
    """A counter as its numbering format writes it."""
    if form in ("lowerLetter", "upperLetter") and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 10)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < value < 4000:
        text = _roman(value)
        return text if form == "upperRoman" else text.lower()
    signs = _KOREAN.get(form, "")
    if 0 < value <= len(signs):
        return signs[value - 1]
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    parts = (
        *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
        *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    )
    text = ""
    for size, sign in parts:
        text += sign * (value // size)
        value %= size
    return text
