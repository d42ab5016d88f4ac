"""Which class reads which media type. Modules are imported when first needed."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from doclake.errors import UnsupportedFormat
from doclake.extract.model import Format
from doclake.settings import Engine

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

FORMATS: dict[str, str] = {
    "application/pdf": "pdf.pdf:Pdf",
    "image/png": "image:Image",
    "image/jpeg": "image:Image",
    "image/tiff": "image:Image",
    "image/webp": "image:Image",
    "image/bmp": "image:Image",
    "image/gif": "image:Image",
    "text/plain": "plain.text:PlainText",
    "text/html": "html.html:Html",
    "text/markdown": "plain.markdown:Markdown",
    "text/x-rst": "plain.rst:ReStructuredText",
    "text/csv": "plain.csv:Delimited",
    "text/tab-separated-values": "plain.csv:Delimited",
    "application/json": "plain.json:Json",
    "application/x-ndjson": "plain.json:JsonLines",
    "application/xml": "plain.xml:Xml",
    "application/rtf": "rtf.rtf:Rtf",
    "application/epub+zip": "epub:Epub",
    "message/rfc822": "mail.message:Mail",
    "application/mbox": "mail.mailbox:Mailbox",
    "application/ms-tnef": "mail.tnef:Tnef",
    "application/pkcs7-mime": "mail.smime:Signed",
    "application/vnd.ms-outlook": "mail.outlook:OutlookMessage",
    "application/msword": "legacy_office.doc:Doc",
    "application/vnd.ms-excel": "legacy_office.xls:Xls",
    "application/vnd.ms-powerpoint": "legacy_office.ppt:Ppt",
    f"{_OOXML}.wordprocessingml.document": "office.docx:Docx",
    f"{_OOXML}.presentationml.presentation": "office.pptx:Pptx",
    f"{_OOXML}.spreadsheetml.sheet": "office.xlsx:Xlsx",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "office.xlsb:Xlsb",
    "application/x-encrypted-office": "legacy_office.encrypted:EncryptedOffice",
    f"{_ODF}.text": "opendocument.document:OpenDocumentText",
    f"{_ODF}.spreadsheet": "opendocument.spreadsheet:OpenDocumentSpreadsheet",
    f"{_ODF}.presentation": "opendocument.document:OpenDocumentPresentation",
    "application/x-hwp": "hwp.hwp:Hwp",
    "application/hwp+zip": "hwp.hwpx:Hwpx",
    "application/zip": "archive:Zip",
    "application/x-tar": "archive:Tar",
    "application/gzip": "archive:Gzip",
}
"""Media type to `module:Class` in `doclake.extract.formats`."""

UNSTRUCTURED = frozenset(
    {"text/plain", "text/html", "text/markdown", "text/csv", "text/tab-separated-values"}
    | {"message/rfc822", "application/vnd.ms-outlook", f"{_OOXML}.wordprocessingml.document"}
    | {f"{_OOXML}.presentationml.presentation", f"{_OOXML}.spreadsheetml.sheet"}
)
"""What the engine `unstructured` reads with nothing but Python; the rest stays native."""

BATCHABLE = frozenset(
    {"text/plain", "text/csv", "text/tab-separated-values"}
    | {"application/json", "application/x-ndjson"}
)
"""What is read with nothing but Python and holds no other documents, see `batch`."""


@cache
def load(media_type: str, engine: Engine = "native") -> Format:
    """The extractor of a media type; raises `UnsupportedFormat` where there is none."""
    place = FORMATS.get(media_type)
    if engine == "unstructured" and media_type in UNSTRUCTURED:
        place = "unstructured_engine:Unstructured"
    if place is None:
        raise UnsupportedFormat(f"No extractor reads {media_type}.", media_type=media_type)
    module, name = place.split(":")
    extractor: Format = getattr(import_module(f"doclake.extract.formats.{module}"), name)()
    return extractor
