"""Python's codecs for Windows code pages and for character sets of fonts."""

from __future__ import annotations

_CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}


def codec_of_page(number: int) -> str | None:
    """Python's codec for a Windows code page; None if it has none."""
    import codecs

    name = {936: "gb18030", 10000: "mac_roman", 65001: "utf-8", 1361: "johab"}.get(number)
    try:
        return codecs.lookup(name or f"cp{number}").name
    except LookupError:
        return None


def codec_of_charset(number: int) -> str | None:
    return _CHARSETS.get(number)
