"""Numbers as a spreadsheet shows them: decimals, thousands, fractions, exponents."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from doclake.extract.spreadsheet.format_codes import Token

_MAX_DECIMALS = 30
_GENERAL_DIGITS = 10


def general(value: float) -> str:
    """The format General as a cell of Excel shows it: at most ten digits, the zero before the point
    among them; six and an exponent for what is very small or large. Unlike in Excel, a whole number
    keeps all its digits: people search for the number of an account as it is."""
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    if not 1e-4 <= abs(value) < 1e16:
        mantissa, exponent = f"{value:.5e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"
    amount = Decimal(f"{value:.15g}")
    before = max(amount.adjusted() + 1, 1)  # digits before the point
    decimals = max(_GENERAL_DIGITS - before, 0)
    shown = f"{amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"
    return shown.rstrip("0").rstrip(".") if decimals else shown


def number(value: float, tokens: tuple[Token, ...]) -> str:
    kinds = [token.kind for token in tokens]
    if "digit" not in kinds:
        sign = "-" if value < 0 and tokens else ""
        return sign + "".join("" if t.kind == "at" else t.text for t in tokens)
    amount = Decimal(repr(value)) * (Decimal(100) ** kinds.count("percent"))
    if "exponent" in kinds:
        return _scientific(amount, tokens)
    if "slash" in kinds and kinds.index("slash") > kinds.index("digit"):
        return _fraction(amount, tokens)
    tokens, scale = _without_scaling(tokens)
    return _decimal(amount / (Decimal(1000) ** scale), tokens)


def _without_scaling(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], int]:
    """The tokens without the commas right after the last digit, and the number of those commas:
    each divides by a thousand."""
    last = max(place for place, token in enumerate(tokens) if token.kind == "digit")
    end = last + 1
    while end < len(tokens) and tokens[end].kind == "comma":
        end += 1
    return tokens[: last + 1] + tokens[end:], end - last - 1


def _decimal(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole_places = [i for i in range(point) if tokens[i].kind == "digit"]
    part_places = [i for i in range(point, len(tokens)) if tokens[i].kind == "digit"]
    grouped = (
        any(tokens[i].kind == "comma" for i in range(whole_places[0], point))
        if (whole_places)
        else False
    )
    decimals = min(len(part_places), _MAX_DECIMALS)
    rounded = abs(amount).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    digits, _, part = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0")
    shown = _whole(digits, tokens, whole_places, grouped)
    shown |= _part(part, tokens, part_places)
    sign = "-" if amount < 0 and rounded else ""
    pieces = []
    for place, token in enumerate(tokens):
        if place == point and not whole_places:
            pieces.append(digits)  # `.00` has no place left of the point, but shows all digits
        if token.kind == "digit":
            pieces.append(shown.get(place, ""))
        elif token.kind not in ("comma", "at"):
            pieces.append(token.text)
    text = "".join(pieces)
    return sign + (text.lstrip() if sign else text)


def _whole(
    digits: str, tokens: tuple[Token, ...], places: list[int], grouped: bool
) -> dict[int, str]:
    """Digits left of the point, put into their places from the right; the first place takes all
    that remain."""
    shown: dict[int, str] = {}
    used = 0
    for count, place in enumerate(reversed(places)):
        first = count == len(places) - 1
        rest = digits[: len(digits) - used]
        here = rest if first else rest[-1:]
        used += len(here)
        filler = {"0": "0", "?": " "}.get(tokens[place].text, "")
        shown[place] = here or filler
        if grouped:
            shown[place] = _with_commas(shown[place], count)
    return shown


def _with_commas(text: str, offset: int) -> str:
    """Digits with commas; the last digit stands `offset` places left of the point."""
    out = ""
    for position, digit in enumerate(reversed(text)):
        place = offset + position
        comma = "," if place and place % 3 == 0 and digit.isdigit() else ""
        out = digit + comma + out
    return out


def _part(part: str, tokens: tuple[Token, ...], places: list[int]) -> dict[int, str]:
    """Digits right of the point, without the trailing zeros in optional places."""
    shown = {}
    significant = len(part.rstrip("0"))
    for count, place in enumerate(places):
        digit = part[count : count + 1] or "0"
        if count >= significant and tokens[place].text != "0":
            digit = " " if tokens[place].text == "?" else ""
        shown[place] = digit
    return shown


def _scientific(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    place = next(i for i, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, exponent_tokens = tokens[:place], tokens[place + 1 :]
    step = max(sum(1 for t in _before_point(mantissa) if t.kind == "digit"), 1)
    power = amount.adjusted() if amount else 0
    power = (power // step) * step if step > 1 else power
    decimals = sum(1 for t in mantissa if t.kind == "digit") - step
    scaled = amount.scaleb(-power)
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-max(decimals, 0)), rounding=ROUND_HALF_UP)
    if rounded >= 10**step:
        power += step
        scaled = amount.scaleb(-power)
    width = sum(1 for t in exponent_tokens if t.kind == "digit")
    sign = "-" if power < 0 else "+" if tokens[place].text.endswith("+") else ""
    tail = "".join(t.text for t in exponent_tokens if t.kind == "text")
    return f"{_decimal(scaled, mantissa)}E{sign}{abs(power):0{max(width, 1)}d}{tail}"


def _before_point(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    point = next((i for i, t in enumerate(tokens) if t.kind == "point"), len(tokens))
    return tokens[:point]


def _fraction(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    """`# ?/?`: whole part, and the nearest fraction whose denominator has that many digits."""
    from fractions import Fraction

    slash = next(i for i, token in enumerate(tokens) if token.kind == "slash")
    below = tokens[slash + 1 :]
    fixed = "".join(t.text for t in below if t.text.isdigit() and t.text != "0")
    width = max(sum(1 for t in below if t.kind == "digit"), 1)
    has_whole = (
        any(t.kind == "text" and t.text == " " for t in tokens[:slash])
        and sum(1 for t in tokens[:slash] if t.kind == "digit") > 1
    )
    exact = abs(Fraction(amount))
    whole = int(exact) if has_whole else 0
    rest = exact - whole
    if fixed:
        nearest = Fraction(round(rest * int(fixed)), 1) / int(fixed)
        top, bottom = round(rest * int(fixed)), int(fixed)
    else:
        nearest = rest.limit_denominator(10**width - 1)
        top, bottom = nearest.numerator, nearest.denominator
    if nearest == 1 and has_whole:
        whole, top = whole + 1, 0
    sign = "-" if amount < 0 else ""
    if top == 0 and has_whole:
        return f"{sign}{whole}"
    return f"{sign}{whole} {top}/{bottom}" if whole else f"{sign}{top}/{bottom}"
