"""Guessing from bytes: encodings, kinds of files, mail, HWP."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import lxml.html

from benchmarks.accuracy.measures import extract, normal, overlap, visible_text
from benchmarks.accuracy.pages import tokens
from benchmarks.accuracy.short_texts import ENCODINGS, TEXTS
from benchmarks.accuracy.texts import manifest
from benchmarks.candidates.base import OURS, Board, Candidate, files
from doclake.extract.detect.media_type import media_type
from doclake.extract.text import charset


def score_encodings(corpus: Path, board: Board) -> None:
    """Files of the corpus beside their UTF-8 twins; text compared, not the name of the codec."""
    cases = [
        (
            (corpus / record["path"]).read_bytes(),
            _plain((corpus / record["ground_truth"]).read_text("utf-8")),
        )
        for record in manifest(corpus)
        if record["path"].startswith("encodings/")
    ]
    board.run("encodings", _DECODERS, cases, lambda got, truth: {"exact": _plain(got) == truth})


def score_short_texts(board: Board) -> None:
    """A word, a name of a file, a small table, up to three sentences in each 8-bit encoding."""
    cases = [
        (text.encode(codec), text)
        for language, codecs in ENCODINGS.items()
        for codec in codecs
        for text in TEXTS[language]
        if not text.isascii() and text.encode(codec, "ignore").decode(codec) == text
    ]
    board.run("short texts", _DECODERS, cases, lambda got, truth: {"exact": got == truth})


def _plain(text: str) -> str:
    """The truth of a page or a table is its text alone."""
    if "<html" in text.lower():
        text = " ".join(lxml.html.fromstring(text).body.itertext())
    return normal(text)


def _chardet(data: bytes) -> str:
    import chardet

    return data.decode(chardet.detect(data)["encoding"] or "utf-8")


def _charset_normalizer(data: bytes) -> str:
    import charset_normalizer

    return str(charset_normalizer.from_bytes(data).best())


_DECODERS = [
    Candidate(OURS, "", lambda data: charset.decode(data)[0]),
    Candidate("chardet", "chardet", _chardet),
    Candidate("charset-normalizer", "charset_normalizer", _charset_normalizer),
]
_MEDIA_TYPES = {
    "csv": {"text/csv", "text/plain"},
    "doc": {"application/msword"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    "eml": {"message/rfc822"},
    "epub": {"application/epub+zip"},
    "html": {"text/html", "application/xhtml+xml"},
    "hwp": {"application/x-hwp", "application/vnd.hancom.hwp"},
    "hwpx": {"application/hwp+zip", "application/x-hwp+zip", "application/vnd.hancom.hwpx"},
    "json": {"application/json", "application/x-ndjson", "application/geo+json"},
    "md": {"text/markdown", "text/plain"},
    "msg": {"application/vnd.ms-outlook"},
    "pdf": {"application/pdf"},
    "ppt": {"application/vnd.ms-powerpoint"},
    "pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    "rtf": {"application/rtf", "text/rtf"},
    "txt": {"text/plain"},
    "xls": {"application/vnd.ms-excel"},
    "xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "xml": {"application/xml", "text/xml"},
}


def score_kinds(corpus: Path, board: Board) -> None:
    """The media type of every file of the corpus by its bytes alone: its name is `document`."""
    cases = [
        (file, kinds)
        for folder, kinds in _MEDIA_TYPES.items()
        for file in files(corpus / folder, f".{folder}")
    ]
    tried = [
        Candidate(OURS, "", lambda file: media_type(file, "document")),
        Candidate("filetype", "filetype", _filetype),
        Candidate("puremagic", "puremagic", _puremagic),
        Candidate("magika", "magika", _magika()),
    ]
    board.run("media types", tried, cases, lambda got, kinds: {"right": float(got in kinds)})


def _filetype(file: Path) -> str:
    import filetype

    return filetype.guess_mime(str(file)) or ""


def _puremagic(file: Path) -> str:
    import puremagic

    return str(puremagic.from_string(file.read_bytes(), mime=True))


class _magika:
    """Its model is loaded once."""

    def __init__(self) -> None:
        self._model: object = None

    def __call__(self, file: Path) -> str:
        from magika import Magika

        self._model = self._model or Magika()
        return str(self._model.identify_bytes(file.read_bytes()).output.mime_type)


def score_mail(corpus: Path, board: Board) -> None:
    """Mail: bodies of mail-parser beside ours, tokens as multisets (agreement, no truth)."""
    cases = [(f, tokens(visible_text(extract(f).elements))) for f in files(corpus / "eml", ".eml")]
    tried = [Candidate("mail-parser", "mailparser", _mailparser)]
    board.run("mail: agreement", tried, [c for c in cases if c[1]], _agreement)


def _mailparser(file: Path) -> str:
    import mailparser

    mail = mailparser.parse_from_file(str(file))
    return "\n".join(mail.text_plain or mail.text_html)


def score_hangul(corpus: Path, board: Board) -> None:
    """HWP and HWPX: how much of the preview stream is found, letter by letter."""
    for kind in ("hwp", "hwpx"):
        cases = [
            (corpus / record["path"], truth)
            for record in manifest(corpus)
            if record["path"].startswith(f"{kind}/") and record["ground_truth"]
            if (truth := _letters(_preview(corpus / record["ground_truth"])))
        ]
        board.run(kind.upper(), _HANGUL, cases, _recall)


def _recall(got: str, truth: Counter[str]) -> dict[str, float]:
    """The preview holds only the first thousand characters."""
    return {"recall": overlap(_letters(got), truth)["recall"]}


def _preview(file: Path) -> str:
    return charset.decode(file.read_bytes())[0].replace("<", " ").replace(">", " ")


def _letters(text: str) -> Counter[str]:
    return Counter(normal(text).replace(" ", ""))


def _hwp_hwpx_parser(file: Path) -> str:
    from hwp_hwpx_parser import Reader

    with Reader(str(file)) as reader:
        return str(reader.text)


def _kreuzberg(file: Path) -> str:
    import kreuzberg

    return str(kreuzberg.extract_file_sync(str(file)).content)


_HANGUL = [
    Candidate(OURS, "", lambda file: visible_text(extract(file).elements)),
    Candidate("hwp-hwpx-parser", "hwp_hwpx_parser", _hwp_hwpx_parser),
    Candidate("kreuzberg", "kreuzberg", _kreuzberg),
]


def _agreement(got: str, ours: Counter[str]) -> dict[str, float]:
    return {"F1": overlap(tokens(got), ours)["F1"]}
