"""The encoding of bytes, by a byte order mark, UTF-8, a declaration, then statistics.

chardet 7 was chosen on the 39 labelled files of the corpus: 38 right, against 34 for
charset-normalizer and 28 for uchardet (docs/formats.md). It does not know UTF-16 without a byte
order mark in scripts other than Latin, so that is added here; what it cannot tell from a few
letters is told by `latin_pages`.
"""

from __future__ import annotations

import codecs
import re

from doclake.encoding_labels import WINDOWS, codec_of_label
from doclake.extract.text.latin_pages import page_of

# Longest first: the mark of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DOUBLE_BYTE = {"cp949", "gb18030", "cp932", "euc_jp", "big5", "big5hkscs", "johab", "cp950"}
_WESTERN = {"cp1252", "cp1254"}
_WIDE = ("utf-16", "utf-32", "utf16", "utf32")  # in these no declaration could be seen
_CONTROLS = {0xDC00 + byte: chr(byte) for byte in range(0x80, 0xA0)}
_MARKS_OF_WINDOWS = re.compile(rb"[\x80-\x9f]")
_DECLARED = re.compile(
    rb"""<\?xml[^>]*encoding=["']([\w.:-]+)|<meta[^>]+charset=["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_LATIN_LETTERS = re.compile("[\x80-\u024f\u2000-\u21ff]")  # and their marks
_OF_OTHER_SCRIPTS = re.compile("[^\0-\u024f\u2000-\u21ff\udc80-\udcff]")
_SAMPLE = 1 << 18


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """(text, codec name). Never fails: bytes that the codec cannot read become U+FFFD.

    `declared` is the encoding that, say, a mail header names; bytes that contradict it win.
    """
    mixed = _letter_by_letter(data)
    if mixed is None:
        mixed = _line_by_line(data)
    if mixed is not None:
        return mixed, "mixed"
    codec = detect(data, declared=declared)
    return _decoded(data, codec).removeprefix("\ufeff"), codec


def is_marked(data: bytes) -> bool:
    """Does a byte order mark say that this is text?"""
    return any(data.startswith(mark) for mark, _ in _MARKS)


def detect(data: bytes, *, declared: str | None = None) -> str:
    """Name of the Python codec that reads `data` best."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    wide = _utf16(data)
    if wide:
        return wide
    if _reads(data, "utf-8") and not _escapes(data) and not _is_seven_bit(declared):
        return "utf-8"
    for label in filter(None, (declared, _declaration(data))):
        named = codec_of_label(label)
        if named and (_reads(data, named) or _is_western(named, data)):
            return named
    return _mostly_utf8(data) or _statistics(data) or "cp1252"


def is_windows_in_fact(data: bytes) -> bool:
    """Does it call itself ISO 8859, while its bytes are marks of the Windows page?"""
    label = _declaration(data)
    named = codec_of_label(label) if label else None
    return named in WINDOWS.values() and bool(_MARKS_OF_WINDOWS.search(data))


def _decoded(data: bytes, codec: str) -> str:
    """The few bytes that a Western page does not define become controls, as in browsers, and
    what else cannot be read U+FFFD."""
    if codec not in _WESTERN:
        return data.decode(codec, "replace")
    return data.decode(codec, "surrogateescape").translate(_CONTROLS)


def _is_western(named: str, data: bytes) -> bool:
    """Is it text in this Western page, though the page does not define some bytes? East Asian
    text, which such a label belies, is full of them."""
    return named in _WESTERN and _statistics(data) not in _DOUBLE_BYTE


def _declaration(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    label = (match[1] or match[2]).decode("ascii").lower() if match else None
    return None if label and label.startswith(_WIDE) else label


def _reads(data: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(data, final=True)
    except (UnicodeError, LookupError):
        return False
    return True


def _is_seven_bit(declared: str | None) -> bool:
    """Is UTF-7 declared? Its bytes look like plain ASCII, so only a declaration shows it."""
    return (declared or "").strip().lower() in ("utf-7", "unicode-1-1-utf-7")


def _escapes(data: bytes) -> bool:
    """Are there escapes of ISO-2022 or HZ, which look like plain ASCII too?"""
    return b"\x1b$" in data or b"\x1b(" in data or (b"~{" in data and b"~}" in data)


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 if only a few bytes break it: text in another encoding breaks it far more often."""
    text = data[:_SAMPLE].decode("utf-8", "replace")
    valid = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    return "utf-8" if valid >= 4 and text.count("\ufffd") * 10 <= valid else None


def _some_utf8(data: bytes) -> bool:
    """Is it mostly ASCII, with at least one sequence of three bytes? No 8-bit text looks so."""
    text = data[:_SAMPLE].decode("utf-8", "replace")
    return any(c > "\u07ff" and c != "\ufffd" for c in text) and (
        sum(c.isascii() for c in text) * 2 > len(text)
    )


def _letter_by_letter(data: bytes) -> str | None:
    """Text of a file in UTF-8 and Latin letters into which letters of an 8-bit page were put; None
    for all other files."""
    if data.isascii() or b"\0" in data[:_SAMPLE] or _reads(data, "utf-8"):
        return None
    text = data.decode("utf-8", "surrogateescape")
    if _OF_OTHER_SCRIPTS.search(text) or len(_LATIN_LETTERS.findall(text[:_SAMPLE])) < 2:
        return None
    rest = _LATIN_LETTERS.sub("", text).encode("ascii", "surrogateescape")
    page = page_of(rest)
    if page is None or page_of(data) or _commonest(data[:_SAMPLE]) in _DOUBLE_BYTE:
        return None
    letters = {0xDC00 + byte: bytes([byte]).decode(page, "replace") for byte in range(0x80, 0x100)}
    return text.translate(letters)


def _line_by_line(data: bytes) -> str | None:
    """Text of a file put together from several, with some lines in UTF-8 and the others in another
    encoding; None for all other files.

    At least one line must hold two characters of three bytes or more, or two lines characters of
    two: single short sequences occur in CP949 and the like by chance.
    """
    if data.isascii() or b"\n" not in data or b"\0" in data[:_SAMPLE] or _reads(data, "utf-8"):
        return None
    lines = data.splitlines(keepends=True)
    valid = [_reads(line, "utf-8") for line in lines]
    rest = b"".join(line for line, good in zip(lines, valid, strict=True) if not good)
    sure = [line.decode() for line, good in zip(lines, valid, strict=True) if good]
    sure = [text for text in sure if not text.isascii()]
    if not any(sum(1 for c in text if c > "\u07ff") >= 2 for text in sure) and (
        sum(_letters(text) > 3 for text in sure) < 2 or _commonest(data[:_SAMPLE]) in _DOUBLE_BYTE
    ):
        return None
    other = next((c for c in ("cp949", "cp932", "gb18030", "big5") if _reads(rest, c)), None)
    other = _statistics(rest) or other
    if other is None or other == "utf-8" or not _reads(rest, other):
        return None
    pairs = zip(lines, valid, strict=True)
    return "".join(line.decode("utf-8" if good else other, "replace") for line, good in pairs)


def _letters(text: str) -> int:
    return sum(c > "\x7f" and c.isalpha() for c in text)


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: one byte order gives letters of a few blocks, the other noise."""
    sample = data[: 4096 & ~1]
    if len(data) < 8 or (len(data) % 2 and b"\0" not in sample):
        return None
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) * 5 > len(sample) and min(zeros) * 50 < len(sample):
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    scores = {codec: _block_score(sample, codec) for codec in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda codec: scores[codec])
    other = min(scores, key=lambda codec: scores[codec])
    evidence = b"\0" in sample or b"\x20\x00" in sample or not _reads(data, "utf-8")
    return best if evidence and scores[best] > 0.9 and scores[other] < 0.6 else None


def _block_score(sample: bytes, codec: str) -> float:
    """Share of characters in the three commonest blocks of 256. Ideographs spread over many blocks
    and count as one. 0.0 for text without spaces or East Asian punctuation."""
    try:
        text = sample[: len(sample) & ~1].decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return 0.0
        text = sample[: error.start].decode(codec)
    if not text or "\0" in text.strip("\0") or not any(c in text for c in " \n\u3000\u3002\u3001"):
        return 0.0
    counts: dict[int, int] = {}
    for c in text:
        code = ord(c)
        block = _script_block(code)
        counts[block] = counts.get(block, 0) + 1
    return sum(sorted(counts.values())[-3:]) / len(text)


def _script_block(code: int) -> int:
    if 0x4E00 <= code <= 0x9FFF:
        return 0x4E00
    if 0xAC00 <= code <= 0xD7A3:
        return 0xAC00
    if 0x3000 <= code <= 0x30FF or 0xFF00 <= code <= 0xFFEF:
        return 0x3000
    return -code if code < 0x20 and code not in (9, 10, 13) else code & ~0xFF


def _statistics(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    codec = _kana(sample) or _commonest(sample)
    if codec not in _DOUBLE_BYTE:
        codec = page_of(sample) or codec
    return "utf-8" if codec not in _DOUBLE_BYTE and _some_utf8(data) else codec


def _kana(sample: bytes) -> str | None:
    """The Japanese codec in which most is kana: statistics know them by the ideographs between."""
    for codec in ("cp932", "euc_jp"):
        text = sample.decode(codec, "ignore")
        kana = sum("\u3041" <= c <= "\u30fe" for c in text)
        # The jamo of CP949, as in Korean chats, end where these begin.
        is_most = kana >= 3 and kana * 2 > sum(c > "\x7f" for c in text)
        if is_most and re.search("[\u3075-\u3093]", text) and _reads(sample, codec):
            return codec
    return None


def _commonest(sample: bytes) -> str | None:
    """What chardet finds among the encodings of the web, unless an older one is much likelier."""
    import chardet
    from chardet import EncodingEra

    eras = EncodingEra.ALL if _is_of_mainframe(sample) else EncodingEra.ALL & ~EncodingEra.MAINFRAME
    found = chardet.detect(sample, encoding_era=eras)
    if not sample.isascii():
        modern = chardet.detect(sample, encoding_era=EncodingEra.MODERN_WEB)
        if modern["confidence"] * 3 >= found["confidence"] * 2:
            found = modern
    return codec_of_label(found["encoding"]) if found["encoding"] else None


def _is_of_mainframe(sample: bytes) -> bool:
    """Do words end as in EBCDIC, where 0x40 is the space, and never as in ASCII?"""
    return b" " not in sample and sample.count(0x40) * 16 > len(sample) > 64
