"""Kinds of text, by their words; the name decides where several kinds fit."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from doclake.errors import UnsupportedFormat
from doclake.extract import registry
from doclake.extract.text import charset

_BY_SUFFIX = {
    suffix: kind.name for row, kind in registry.kinds() if row.is_text for suffix in kind.suffixes
}
_NEVER_TEXT = frozenset(
    suffix for row, kind in registry.kinds() if row.never_text for suffix in kind.suffixes
)
_MAIL_SUFFIXES = registry.suffixes("message/rfc822")
_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_HTML_TAG = re.compile(
    r"a|abbr|address|area|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|"
    r"canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|"
    r"dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|h1|h2|"
    r"h3|h4|h5|h6|head|header|hgroup|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|"
    r"main|map|mark|menu|meta|meter|nav|noframes|noscript|object|ol|optgroup|option|output|p|"
    r"param|picture|pre|progress|q|rp|rt|ruby|s|samp|script|search|section|select|slot|small|"
    r"source|span|strike|strong|style|sub|summary|sup|table|tbody|td|template|textarea|tfoot|"
    r"th|thead|time|title|tr|track|tt|u|ul|var|video|wbr",
    re.IGNORECASE,
)
# These begin no document of another vocabulary.
_HTML_ALONE = re.compile(
    r"b|body|br|center|div|font|h1|h2|h3|h4|h5|h6|head|hr|html|i|meta|ol|p|script|span|ul",
    re.IGNORECASE,
)
_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_COMMENTS = re.compile(r"(?:\s*<!--.*?-->)*\s*", re.DOTALL)
_XML_START = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE\s|<!ENTITY\s|<[A-Za-z_][\w.:-]*[\s/>])")
_XHTML = re.compile(r"<(?:\w+:)?html[\s>]|<!DOCTYPE\s+html", re.IGNORECASE)
_MAIL_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):")
_MAIL_NAMES = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id"}
    | {"mime-version", "received", "return-path", "delivered-to", "content-type", "references"}
    | {"content-transfer-encoding", "x-mailer", "in-reply-to"}
)
_MBOX_START = re.compile(r"From \S+.*\d{4}\s*\n[!-9;-~]+:")
_RECORDS = (
    (re.compile(r"BEGIN:VCALENDAR\s", re.IGNORECASE), "text/calendar"),
    (re.compile(r"BEGIN:VCARD\s", re.IGNORECASE), "text/vcard"),
    (re.compile(r"WEBVTT(?:[ \t].*)?\r?\n"), "text/vtt"),
    (
        re.compile(r"\d+\s*\r?\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}"),
        "application/x-subrip",
    ),
    (re.compile(r"ID;P\w*.*\r?\n(?:[A-Z]{1,2};.*\r?\n)"), "text/x-sylk"),
    (re.compile(r'TABLE\s*\r?\n0,1\s*\r?\n".*"\s*\r?\n(?:VECTORS|TUPLES)'), "text/x-dif"),
)
_UNREAD = (
    (re.compile(r"%!PS"), "PostScript"),
    (re.compile(r"0\s*\r?\nSECTION\s*\r?\n\s*2\s*\r?\n"), "DXF"),
    (re.compile(r"solid\b.*\r?\n\s*facet normal "), "STL"),
    (re.compile(r"ISA\*\d\d\*.{10}\*"), "EDI X12"),
    (re.compile(r"UN[AB][:+].{3,}"), "EDIFACT"),
    (re.compile(r":[0-9A-F]{8}(?:[0-9A-F]{2})+\r?\n:[0-9A-F]{8}"), "Intel HEX"),
    (re.compile(r"S0[0-9A-F]{4,}\r?\nS[0-9][0-9A-F]+"), "S-record"),
    (re.compile(r"-----BEGIN [A-Z0-9 ]+-----\r?\n"), "PEM"),
)
_MARKDOWN = (
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"\[[^\]\n]+\]\([^)\s]+\)"),
    re.compile(r"^\|?(?: *:?-{3,}:? *\|)+", re.MULTILINE),
    re.compile(r"^[*+-] \S.*\n[*+-] \S", re.MULTILINE),
    re.compile(r"\*\*[^*\n]+\*\*"),
)
_RST = (
    re.compile(r"^\S.*\n([=~^\"*-])\1{3,}\s*$", re.MULTILINE),
    re.compile(r"^\.\. [\w-]+::", re.MULTILINE),
    re.compile(r":\w+:`[^`]+`|``[^`]+``|`[^`]+`_"),
)


def media_type(file: Path, head: bytes, name: str) -> str | None:
    """Media type of a text, or None if these bytes are no text. `head` begins `file`."""
    text = charset.decode(head)[0]
    if _looks_binary(text, head):
        return None
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    named = _BY_SUFFIX.get(suffix)
    stripped = text.lstrip("\ufeff \t\r\n")
    if named in (None, "text/plain") and _MBOX_START.match(stripped):
        return "application/mbox"
    if stripped.startswith("<") and suffix in _HTML_SUFFIXES:
        return "text/html"
    if stripped.startswith("<") and (markup := _markup(stripped, named)):
        return markup
    if record := _record(stripped):
        return record
    if named is None and _is_mail(stripped, suffix):
        return "message/rfc822"
    if stripped[:1] in ("{", "[", '"') or named in ("application/json", "application/x-ndjson"):
        kind = _json(file, stripped, named)
        if kind:
            return kind
    if suffix in _NEVER_TEXT:
        raise UnsupportedFormat(f"Named {suffix}, but it looks like plain text.", suffix=suffix)
    return named or _unnamed(stripped)


def _looks_binary(text: str, head: bytes) -> bool:
    """Is there more than a trace of controls, or of bytes that no codec reads?"""
    sample = text[:4096].rstrip("\0")
    odd = sum(1 for c in sample if c < " " and c not in "\t\n\r\f\x1b\b")
    unread = sum(c == "\ufffd" or "\x7f" < c < "\xa0" for c in sample)
    lost = unread if len(sample) > 64 else 0
    return not sample or (odd + lost) * 10 > max(len(sample), 20) or _noise(head)


def _noise(head: bytes) -> bool:
    """Are there many high bytes, in no encoding that statistics can find? 8-bit codecs read all."""
    import chardet

    sample = head[:4096]
    high = sum(byte > 127 for byte in sample)
    if high * 3 < len(sample) or charset.is_marked(sample):
        return False
    return charset.detect(head) == "cp1252" and chardet.detect(head)["encoding"] is None


def _markup(text: str, named: str | None) -> str | None:
    if named in ("text/markdown", "text/x-rst") and not _XHTML.match(text):
        return None
    if _XHTML.search(text[:2048]) or _is_html(text[:8192]):
        return "text/html"
    if named in ("text/csv", "text/tab-separated-values"):
        return None
    return "application/xml" if _XML_START.match(text) else None


def _is_html(text: str) -> bool:
    """Whether the first tag of a piece of markup is one of HTML's, and so are nearly all others: a
    form, a section or a title begin documents of other vocabularies, too."""
    start = _COMMENTS.match(text)
    first = _TAG.match(text, start.end() if start else 0)
    if first is None or not _HTML_TAG.fullmatch(first[1]):
        return False
    if _HTML_ALONE.fullmatch(first[1]):
        return True
    tags = _TAG.findall(text)
    known = sum(_HTML_TAG.fullmatch(tag) is not None for tag in tags)
    return "xmlns" not in text and known * 10 >= 9 * len(tags)


def _is_mail(text: str, suffix: str) -> bool:
    names = set()
    for line in text.splitlines()[:60]:
        if not line.strip():
            break
        match = _MAIL_FIELD.match(line)
        if match:
            names.add(match[1].lower())
        elif not line.startswith((" ", "\t", ">", "From ")) and suffix not in _MAIL_SUFFIXES:
            break
    known = len(names & _MAIL_NAMES)
    return known >= (1 if suffix in _MAIL_SUFFIXES else 3)


def _record(text: str) -> str | None:
    """The kind of a text made of records, by its first line. Raises `UnsupportedFormat` for records
    that are no prose and that no reader here reads."""
    for pattern, kind in _RECORDS:
        if pattern.match(text):
            return kind
    for pattern, kind in _UNREAD:
        if pattern.match(text):
            raise UnsupportedFormat(f"{kind} holds records for machines.", kind=kind)
    return None


def _json(file: Path, text: str, named: str | None) -> str | None:
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    complete = lines if file.stat().st_size < 1 << 16 else lines[:-1]
    if named == "application/x-ndjson" or (len(complete) > 1 and all(map(_parses, complete))):
        return "application/x-ndjson"
    whole = charset.decode(file.read_bytes())[0].lstrip("\ufeff")
    value, rest = _first(whole)
    if (
        isinstance(value, dict)
        and "nbformat" in value
        and ("cells" in value or "worksheets" in value)
    ):
        return "application/x-ipynb+json"
    if isinstance(value, dict) and rest.lstrip("\x1e\0,; \t\r\n").startswith("{"):
        return "application/x-ndjson"  # streams to buckets are written without line ends
    if named == "application/json" or (value is not None and not rest.strip("\0 \t\r\n")):
        return "application/json"
    return None


def _first(text: str) -> tuple[dict[str, Any] | list[Any] | None, str]:
    """The value that a text begins with and what follows; None if it is no object or list."""
    start = len(text) - len(text.lstrip("\x1e \t\r\n"))
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, text
    return (value, text[end:]) if isinstance(value, dict | list) else (None, text)


def _parses(text: str) -> bool:
    value, rest = _first(text)
    return value is not None and not rest.strip()


def _unnamed(text: str) -> str:
    """The kind whose marks are in the text, else plain text: neither bytes nor name decided."""
    if sum(1 for pattern in _RST if pattern.search(text)) >= 2 and ".. " in text:
        return "text/x-rst"
    if sum(1 for pattern in _MARKDOWN if pattern.search(text)) >= 2:
        return "text/markdown"
    return _delimited(text) or "text/plain"


def _delimited(text: str) -> str | None:
    """CSV or TSV if every line has the same number of fields, at least two; else None."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    if len(lines) < 3:
        return None
    for delimiter, kind in (
        ("\t", "text/tab-separated-values"),
        (",", "text/csv"),
        (";", "text/csv"),
    ):
        widths = {len(row) for row in csv.reader(lines[:-1], delimiter=delimiter)}
        if len(widths) == 1 and widths.pop() >= 2 and ", " not in lines[0]:
            return kind
    return None
