"""Names of months and weekdays in the languages that a number format can ask for."""

from __future__ import annotations

from dataclasses import dataclass

_LANGUAGES = {
    0x04: "zh",
    0x07: "de",
    0x09: "en",
    0x0A: "es",
    0x0C: "fr",
    0x10: "it",
    0x11: "ja",
    0x12: "ko",
    0x13: "nl",
    0x16: "pt",
    0x19: "ru",
}
"""Primary languages of Windows locale identifiers (MS-LCID): their ten lowest bits."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Full names, Monday first; `short` are the abbreviations where they are not the first three
    letters."""

    months: tuple[str, ...]
    days: tuple[str, ...]
    short: tuple[str, ...] = ()
    short_days: int = 3


def _names(months: str, days: str, short: str = "", short_days: int = 3) -> _Names:
    return _Names(tuple(months.split()), tuple(days.split()), tuple(short.split()), short_days)


_BY_LANGUAGE = {
    "en": _names(
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    "de": _names(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        short_days=2,
    ),
    "fr": _names(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    ),
    "es": _names(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
    ),
    "it": _names(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    ),
    "pt": _names(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    ),
    "nl": _names(
        "januari februari maart april mei juni juli augustus september oktober november december",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        short_days=2,
    ),
    "ru": _names(
        "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
        "понедельник вторник среда четверг пятница суббота воскресенье",
    ),
}
_KOREAN_DAYS = "월화수목금토일"
_JAPANESE_DAYS = "月火水木金土日"
_CHINESE_DAYS = "一二三四五六日"
_CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def language(locale: str) -> str:
    """`ko` of `412` (a Windows locale identifier, in hex) or of `ko-kr`; else `en`."""
    try:
        return _LANGUAGES.get(int(locale, 16) & 0x3FF, "en")
    except ValueError:
        short = locale[:2].lower()
        return short if short in _LANGUAGES.values() else "en"


def month(number: int, width: int, locale: str) -> str:
    """Name of a month, 1 to 12, for three or more `m`; five ask for its first letter."""
    found = language(locale)
    if found in ("ko", "ja"):
        return f"{number}{'월' if found == 'ko' else '月'}"
    if found == "zh":
        return f"{_CHINESE_MONTHS[number - 1] if width > 3 else number}月"
    names = _BY_LANGUAGE[found]
    full = names.months[number - 1]
    if width == 5:
        return full[0]
    if width > 3:
        return full
    return names.short[number - 1] if names.short else full[:3]


def day(weekday: int, width: int, locale: str) -> str:
    """Name of a weekday, 0 for Monday, for three or more `d`; three ask for the short form."""
    found = language(locale)
    if found == "ko":
        return _KOREAN_DAYS[weekday] + ("요일" if width > 3 else "")
    if found == "ja":
        return _JAPANESE_DAYS[weekday] + ("曜日" if width > 3 else "")
    if found == "zh":
        return ("星期" if width > 3 else "周") + _CHINESE_DAYS[weekday]
    names = _BY_LANGUAGE[found]
    return names.days[weekday][: names.short_days if width == 3 else 99]
