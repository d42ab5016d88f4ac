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
    "application/pdf": "pdf:Pdf",
    "image/png": "image:Image",
    "image/jpeg": "image:Image",
    "image/tiff": "image:Image",
    "image/webp": "image:Image",
    "image/bmp": "image:Image",
    "image/gif": "image:Image",
    "text/plain": "text:PlainText",
    "text/html": "html:Html",
    "text/markdown": "markdown:Markdown",
    "text/x-rst": "rst:ReStructuredText",
    "text/csv": "csv_table:Delimited",
    "text/tab-separated-values": "csv_table:Delimited",
    "application/json": "json_lines:Json",
    "application/x-ndjson": "json_lines:JsonLines",
    "application/xml": "xml:Xml",
    "application/rtf": "rtf:Rtf",
    "application/epub+zip": "epub:Epub",
    "message/rfc822": "email:Mail",
    "application/mbox": "email:Mailbox",
    "application/ms-tnef": "tnef:Tnef",
    "application/pkcs7-mime": "cms:Signed",
    "application/vnd.ms-outlook": "outlook:OutlookMessage",
    "application/msword": "doc:Doc",
    "application/vnd.ms-excel": "xls:Xls",
    "application/vnd.ms-powerpoint": "ppt:Ppt",
    f"{_OOXML}.wordprocessingml.document": "docx:Docx",
    f"{_OOXML}.presentationml.presentation": "pptx:Pptx",
    f"{_OOXML}.spreadsheetml.sheet": "xlsx:Xlsx",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "legacy_office:Converted",
    "application/x-encrypted-office": "encrypted_office:EncryptedOffice",
    f"{_ODF}.text": "odf:OpenDocumentText",
    f"{_ODF}.spreadsheet": "odf_sheet:OpenDocumentSpreadsheet",
    f"{_ODF}.presentation": "odf:OpenDocumentPresentation",
    "application/x-hwp": "hwp:Hwp",
    "application/hwp+zip": "hwpx:Hwpx",
    "application/zip": "archive:Zip",
    "application/x-tar": "archive:Tar",
    "application/gzip": "archive:Gzip",
}
"""Media type to `module:Class` in `doclake.extract`."""

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
    extractor: Format = getattr(import_module(f"doclake.extract.{module}"), name)()
    return extractor
