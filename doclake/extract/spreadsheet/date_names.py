"""Names of months, weekdays and half days in the language that a number format asks for.

They come from Babel (CLDR), in the form for a name that stands alone. Excel takes them from
Windows; where Windows is known to differ, the tables here hold what it shows.
"""

from __future__ import annotations

from functools import cache
from locale import windows_locale
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_GENITIVE = 0xFC00
"""Sublanguage of a Windows locale identifier that asks for `15 марта` instead of `15 Март`."""

_EAST_ASIAN = ("ko", "ja", "zh")
_MONTHS = {
    ("ru", "wide"): "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь "
    "Декабрь",
    ("zh", "wide"): "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
    ("de", "abbreviated"): "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    ("es", "abbreviated"): "ene. feb. mar. abr. may. jun. jul. ago. sep. oct. nov. dic.",
    ("pt", "abbreviated"): "jan fev mar abr mai jun jul ago set out nov dez",
    ("ru", "abbreviated"): "янв фев мар апр май июн июл авг сен окт ноя дек",
}
_DAYS = {
    ("es", "abbreviated"): "lu. ma. mi. ju. vi. sá. do.",
    ("pt", "abbreviated"): "seg ter qua qui sex sáb dom",
    ("ru", "abbreviated"): "Пн Вт Ср Чт Пт Сб Вс",
}


def language(locale: str) -> str:
    """`ko` for `412` (a Windows locale identifier, in hex) or `ko-kr`; `en` for no locale."""
    return _tags(locale)[-1].partition("_")[0]


def month(number: int, width: int, locale: str) -> str:
    """Name of a month, 1 to 12, for three or more `m`. Five ask for its first letter, except in
    East Asian languages, where months share it."""
    if width == 5 and language(locale) not in _EAST_ASIAN:
        return month(number, 4, locale)[0]
    form = "wide" if width > 3 else "abbreviated"
    if _is_genitive(locale):
        return str(_babel(locale).months["format"][form][number])
    known = _MONTHS.get((language(locale), form))
    if known:
        return known.split()[number - 1]
    return str(_babel(locale).months["stand-alone"][form][number])


def day(weekday: int, width: int, locale: str) -> str:
    """Name of a weekday, 0 for Monday, for three or more `d`; three ask for the short form."""
    form = "wide" if width > 3 else "abbreviated"
    known = _DAYS.get((language(locale), form))
    if known:
        return known.split()[weekday]
    return str(_babel(locale).days["stand-alone"][form][weekday])


def half_day(hour: int, locale: str) -> str | None:
    """`오전` or `오후` in languages for which Excel shows such words; else None."""
    if language(locale) not in _EAST_ASIAN:
        return None
    return str(_babel(locale).day_periods["format"]["abbreviated"]["am" if hour < 12 else "pm"])


def _is_genitive(locale: str) -> bool:
    identifier = _identifier(locale)
    return identifier is not None and identifier & _GENITIVE == _GENITIVE


def _identifier(locale: str) -> int | None:
    """The Windows identifier, without the leading digits that choose a calendar."""
    try:
        return int(locale, 16) & 0xFFFF
    except ValueError:
        return None


def _tags(locale: str) -> tuple[str, ...]:
    """The locale as Babel writes it (`zh_CN`), best first. A tag such as `de` is valid hex too."""
    identifier = _identifier(locale)
    usual = windows_locale.get(0x400 | identifier & 0x3FF) if identifier is not None else None
    if identifier is not None and usual is not None:
        return windows_locale.get(identifier, usual), usual
    language_and_place = locale.partition(",")[0].split("-")[:2]
    return ("_".join(language_and_place) or "en",)


@cache
def _babel(locale: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    for tag in _tags(locale):
        try:
            return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):  # `en_CB` is one of Windows' own
            continue
    return Locale("en")
