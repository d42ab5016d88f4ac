"""Every format in one row: how to recognize it, what reads it, what decides its rows.

The table is data: readers are imported when first needed. Detection takes names, signatures and
suffixes from here; how to recognize a format from content stays in `detect`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from doclake.errors import UnsupportedFormat
from doclake.extract.format import Format, MediaType
from doclake.extract.model import Reader
from doclake.extract.text_formats import TEXT_FORMATS
from doclake.settings import Engine


def _ooxml(kind: str, suffix: str) -> MediaType:
    name = f"application/vnd.openxmlformats-officedocument.{kind}"
    return MediaType(name, (f".{suffix}",), partitioner=f"{suffix}:partition_{suffix}")


def _odf(kind: str, suffix: str, *others: str) -> MediaType:
    names = tuple(f"application/vnd.oasis.opendocument.{one}" for one in (kind, *others))
    return MediaType(names[0], (suffix,), declared=names)


FORMATS = (
    Format(
        "PDF",
        "pdf.pdf:Pdf",
        (MediaType("application/pdf", (".pdf",)),),
        version=5,
        packages=("pymupdf", "pypdfium2", "tesserocr"),
        never_text=True,
        servers=("vision",),
    ),
    Format(
        "pictures",
        "image:Image",
        (
            MediaType("image/png", signatures=(b"\x89PNG\r\n\x1a\n",)),
            MediaType("image/jpeg", signatures=(b"\xff\xd8\xff",)),
            MediaType("image/tiff", signatures=(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
            MediaType("image/gif", signatures=(b"GIF8",)),
            MediaType("image/webp"),
            MediaType("image/bmp"),
        ),
        version=4,
        packages=("tesserocr",),
        servers=("vision",),
    ),
    *TEXT_FORMATS,
    Format("RTF", "rtf.rtf:Rtf", (MediaType("application/rtf"),), version=3),
    Format(
        "EPUB",
        "epub:Epub",
        (MediaType("application/epub+zip", (".epub",), declared=("application/epub+zip",)),),
        uses=("HTML",),
        never_text=True,
    ),
    Format(
        "EML",
        "mail.message:Mail",
        (
            MediaType(
                "message/rfc822", (".eml", ".mht", ".mhtml"), partitioner="email:partition_email"
            ),
        ),
        uses=("HTML", "plain text", "RTF", "TNEF", "signed files"),
        version=3,
    ),
    Format("MBOX", "mail.mailbox:Mailbox", (MediaType("application/mbox"),)),
    Format(
        "TNEF",
        "mail.tnef:Tnef",
        (MediaType("application/ms-tnef", signatures=(b"\x78\x9f\x3e\x22",)),),
        packages=("compressed-rtf",),
        uses=("HTML", "plain text", "RTF"),
    ),
    Format("signed files", "mail.smime:Signed", (MediaType("application/pkcs7-mime"),)),
    Format(
        "encrypted Office",
        "legacy_office.encrypted:EncryptedOffice",
        (MediaType("application/x-encrypted-office", streams=("EncryptedPackage",)),),
        uses=("DOCX", "PPTX", "XLSX", "XLSB"),
        version=2,
    ),
    Format(
        "DOC",
        "legacy_office.doc:Doc",
        (
            MediaType(
                "application/msword",
                # Word for DOS, 1 and 2: the reader refuses them and says why.
                signatures=(b"\x31\xbe\0\0", b"\x9b\xa5\x21\0", b"\xdb\xa5\x2d\0"),
                streams=("WordDocument",),
            ),
        ),
        version=2,
    ),
    Format(
        "PPT",
        "legacy_office.ppt:Ppt",
        (MediaType("application/vnd.ms-powerpoint", streams=("PowerPoint Document",)),),
        version=4,
        pages_are_sections=True,
    ),
    Format(
        "HWP 5",
        "hwp.hwp:Hwp",
        (MediaType("application/x-hwp", (".hwp",), streams=("HwpSummaryInformation", "BodyText")),),
        version=4,
        never_text=True,
    ),
    Format(
        "MSG",
        "mail.outlook:OutlookMessage",
        (
            MediaType(
                "application/vnd.ms-outlook",
                (".msg",),
                streams=("__properties_version1.0", "__nameid_version1.0"),
                partitioner="msg:partition_msg",
            ),
        ),
        packages=("python-oxmsg", "compressed-rtf"),
        uses=("HTML", "plain text", "RTF", "signed files"),
        never_text=True,
    ),
    Format(
        "XLS",
        "legacy_office.xls:Xls",
        (MediaType("application/vnd.ms-excel", streams=("Workbook", "Book")),),
        version=4,
        packages=("xlrd",),
        pages_are_sections=True,
    ),
    Format(
        "DOCX",
        "office.docx:Docx",
        (_ooxml("wordprocessingml.document", "docx"),),
        version=3,
        uses=("HTML", "plain text", "RTF"),
        never_text=True,
    ),
    Format(
        "PPTX",
        "office.pptx:Pptx",
        (_ooxml("presentationml.presentation", "pptx"),),
        version=3,
        never_text=True,
        pages_are_sections=True,
    ),
    Format(
        "XLSX",
        "office.xlsx:Xlsx",
        (_ooxml("spreadsheetml.sheet", "xlsx"),),
        version=4,
        never_text=True,
        pages_are_sections=True,
    ),
    Format(
        "XLSB",
        "office.xlsb:Xlsb",
        (MediaType("application/vnd.ms-excel.sheet.binary.macroenabled.12", (".xlsb",)),),
        version=3,
        packages=("python-calamine",),
        never_text=True,
        pages_are_sections=True,
    ),
    Format(
        "ODT",
        "opendocument.document:OpenDocumentText",
        (_odf("text", ".odt", "text-template", "text-master", "chart"),),
        version=3,
        never_text=True,
    ),
    Format(
        "ODS",
        "opendocument.spreadsheet:OpenDocumentSpreadsheet",
        (_odf("spreadsheet", ".ods", "spreadsheet-template"),),
        version=4,
        never_text=True,
        pages_are_sections=True,
    ),
    Format(
        "ODP",
        "opendocument.document:OpenDocumentPresentation",
        (_odf("presentation", ".odp", "presentation-template", "graphics"),),
        version=5,
        never_text=True,
        pages_are_sections=True,
    ),
    Format(
        "HWPX",
        "hwp.hwpx:Hwpx",
        (
            MediaType(
                "application/hwp+zip",
                (".hwpx",),
                declared=("application/hwp+zip", "application/owpml"),
            ),
        ),
        version=3,
        never_text=True,
    ),
    Format(
        "recordings",
        "recording:Recording",
        (
            MediaType("audio/mpeg"),
            MediaType("audio/wav"),
            MediaType("audio/mp4"),
            MediaType("audio/ogg"),
            MediaType("audio/flac"),
            MediaType("audio/aac"),
            MediaType("video/mp4"),
            MediaType("video/quicktime"),
            MediaType("video/webm"),
        ),
        uses=("subtitles",),
        servers=("transcription",),
    ),
    Format("ZIP", "archive:Zip", (MediaType("application/zip"),), version=2),
    Format("TAR", "archive:Tar", (MediaType("application/x-tar"),)),
    Format("GZ", "archive:Gzip", (MediaType("application/gzip", signatures=(b"\x1f\x8b",)),)),
)
"""If an OLE container has streams of several formats, the first of these decides."""

_BY_MEDIA_TYPE = {kind.name: (row, kind) for row in FORMATS for kind in row.media_types}


def format_of(media_type: str | None) -> Format | None:
    """The format that reads a media type."""
    known = _BY_MEDIA_TYPE.get(media_type or "")
    return known[0] if known else None


def kinds() -> Iterator[tuple[Format, MediaType]]:
    """Every media type with its format, in the order of the table."""
    yield from _BY_MEDIA_TYPE.values()


def suffixes(media_type: str) -> tuple[str, ...]:
    return _BY_MEDIA_TYPE[media_type][1].suffixes


def partitioner(media_type: str) -> str | None:
    """The function that the engine `unstructured` reads it with; None if it is read natively."""
    known = _BY_MEDIA_TYPE.get(media_type)
    return known[1].partitioner if known else None


@cache
def load(media_type: str, engine: Engine = "native") -> Reader:
    """The reader of a media type; raises `UnsupportedFormat` if there is none."""
    row = format_of(media_type)
    if row is None:
        raise UnsupportedFormat(f"No extractor reads {media_type}.", media_type=media_type)
    place = row.reader
    if engine == "unstructured" and partitioner(media_type):
        place = "unstructured_engine:Unstructured"
    module, name = place.split(":")
    reader: Reader = getattr(import_module(f"doclake.extract.formats.{module}"), name)()
    return reader
