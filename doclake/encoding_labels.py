"""Python's codecs for the labels that documents give their encoding.

A label means what the encoding standard of the WHATWG says and browsers do: writers label as
ISO-8859-1, or as ASCII, what they wrote in Windows-1252, with its euro sign, quotes and dashes.
"""

from __future__ import annotations

import codecs

WINDOWS = {
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
}
"""Where ISO 8859 has controls that no text holds, 0x80 to 0x9F, these pages have marks."""
# A superset reads all that its subset reads, and what real writers add to it.
_SUPERSETS = {
    **WINDOWS,
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ascii": "utf-8",
    "shift_jis": "cp932",
}
# Labels of the standard that Python does not know, nor without their "x-".
_LABELS = {
    **dict.fromkeys(("iso-ir-149", "ks_c_5601-1987", "ks_c_5601-1989", "ksc_5601"), "cp949"),
    **dict.fromkeys(("csksc56011987", "cseuckr", "windows-949"), "cp949"),
    **dict.fromkeys(("csgb2312", "gb_2312", "gb_2312-80", "windows-936"), "gb18030"),
    **dict.fromkeys(("cn-big5", "x-x-big5", "windows-950"), "big5"),
    **dict.fromkeys(("windows-31j", "windows-932"), "cp932"),
    **dict.fromkeys(("dos-874", "windows-874", "iso885911"), "cp874"),
    **dict.fromkeys(("iso-8859-8-e", "iso-8859-8-i", "csiso88598e", "csiso88598i"), "iso8859-8"),
    **dict.fromkeys(("iso-8859-6-e", "iso-8859-6-i", "csiso88596e", "csiso88596i"), "iso8859-6"),
    **dict.fromkeys(("logical", "visual"), "iso8859-8"),
    **dict.fromkeys(("koi", "koi8"), "koi8-r"),
    **dict.fromkeys(("mac", "csmacintosh"), "mac-roman"),
    **dict.fromkeys(("unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8"), "utf-8"),
    "cseucpkdfmtjapanese": "euc_jp",
    "csisolatin9": "iso8859-15",
    "iso88591": "cp1252",
    "iso88592": "iso8859-2",
    "iso88599": "cp1254",
    "koi8-ru": "koi8-u",
    "x-mac-ukrainian": "mac-cyrillic",
}


def codec_of_label(label: str) -> str | None:
    """The codec that reads what is so labelled; None if the label names no encoding of text."""
    name = label.strip().strip("\"'").lower()
    for known in (name, name.removeprefix("x-")):
        try:
            info = codecs.lookup(_LABELS.get(known, known))
        except (LookupError, ValueError):
            continue
        return wider(info.name) if info._is_text_encoding else None
    return None


def wider(codec: str) -> str:
    """The superset in use of a codec, or the codec itself."""
    return _SUPERSETS.get(codec.replace("-", "_"), codec)
