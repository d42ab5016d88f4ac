"""What kind of document is this? Decided by its bytes; the name settles only what they leave open.

Signatures first, then what a ZIP or OLE container holds, then the words of a text.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from doclake.errors import DocumentEmpty, UnsupportedFormat
from doclake.extract import cms, detect_text
from doclake.extract.package import BROKEN_ZIP

_HEAD = 1 << 16
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
# Known well enough to be named, but there is nothing to read in them.
_UNREADABLE: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mac program"),
    (b"ID3", "an MP3 recording"),
    (b"\xff\xfb", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"\x1aE\xdf\xa3", "a Matroska film"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\0\0\1\0", "an icon"),
    (b"HWP Document File V", "a HWP document older than version 5"),
    (b"wOFF", "a font"),
    (b"\0\1\0\0\0", "a font"),
)
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_ODF_TYPES = {
    f"{_ODF}.text": f"{_ODF}.text",
    f"{_ODF}.text-template": f"{_ODF}.text",
    f"{_ODF}.text-master": f"{_ODF}.text",
    f"{_ODF}.spreadsheet": f"{_ODF}.spreadsheet",
    f"{_ODF}.spreadsheet-template": f"{_ODF}.spreadsheet",
    f"{_ODF}.presentation": f"{_ODF}.presentation",
    f"{_ODF}.presentation-template": f"{_ODF}.presentation",
    f"{_ODF}.graphics": f"{_ODF}.presentation",
    f"{_ODF}.chart": f"{_ODF}.text",
    "application/epub+zip": "application/epub+zip",
    "application/hwp+zip": "application/hwp+zip",
    "application/owpml": "application/hwp+zip",
}
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "application/x-encrypted-office"),
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("HwpSummaryInformation", "application/x-hwp"),
    ("BodyText", "application/x-hwp"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("__nameid_version1.0", "application/vnd.ms-outlook"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def media_type(file: Path, name: str) -> str:
    """Media type of the document in `file`, which its source calls `name`.

    Raises `DocumentEmpty` for no bytes and `UnsupportedFormat`, saying what it looks like.
    """
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise DocumentEmpty("The file has no bytes.")
    return _binary(file, head) or detect_text.media_type(file, head, name) or _refuse(head, name)


def _refuse(head: bytes, name: str) -> str:
    if b"%PDF-" in head or b"endobj" in head:
        return "application/pdf"
    looks = "unknown binary data" if PurePosixPath(name).suffix else "unknown data without a name"
    raise UnsupportedFormat(
        f"No known document format: it looks like {looks}.", head=head[:8].hex()
    )


def _binary(file: Path, head: bytes) -> str | None:
    for magic, found in _SIGNATURES:
        if head.startswith(magic):
            return found
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(file, head)
    if head.startswith(_OLE_MAGIC):
        return _ole(file)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if cms.is_cms(head):
        return "application/pkcs7-mime"
    if re.match(rb"[\s\0]*(\xef\xbb\xbf)?\s*\{\\rtf", head[:64]):
        return "application/rtf"
    # Readers accept a PDF with rubbish in front, but HTML may carry one in a comment.
    if b"%PDF-" in head[:1024] and (head.lstrip()[:1] != b"<" or _ends_as_pdf(file)):
        return "application/pdf"
    if head[257:262] == b"ustar" or _is_old_tar(file, head):
        return "application/x-tar"
    for magic, looks in _UNREADABLE:
        if head.startswith(magic) and not _prose(head):
            raise UnsupportedFormat(f"No extractor reads it: it looks like {looks}.", looks=looks)
    if head[4:8] == b"ftyp":
        raise UnsupportedFormat("No extractor reads it: it looks like a film or photo (MP4, HEIC).")
    return None


def _ends_as_pdf(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 1024))
        return b"%%EOF" in stream.read()


def _prose(head: bytes) -> bool:
    """Short signatures (MZ, BZh, PAR1) also begin honest sentences."""
    return all(byte >= 32 or byte in (9, 10, 12, 13) for byte in head[:256])


def _is_old_tar(file: Path, head: bytes) -> bool:
    """Tar before POSIX has no signature, but a checksum that is right only by intent."""
    if len(head) < 512 or not head[148:156].strip(b"\0 ").isdigit():
        return False
    try:
        return tarfile.is_tarfile(file)
    except (OSError, tarfile.TarError):
        return False


def _zip(file: Path, head: bytes) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            declared = _declared(archive, names)
    except (*BROKEN_ZIP, RuntimeError):  # zipfile's word for "needs a password"
        # Cut short: the local headers still tell what it was, and its reader will refuse it.
        names = [found.decode("utf-8", "replace") for found in _local_names(head)]
        found = re.search(rb"mimetype(application/[\w.+-]+?)(?=PK)", head[:512])
        declared = found[1].decode() if found else ""
    if declared in _ODF_TYPES:
        return _ODF_TYPES[declared]
    return _by_members({name.replace("\\", "/").lower().lstrip("/") for name in names})


def _local_names(head: bytes) -> list[bytes]:
    found = []
    for match in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL):
        length = int.from_bytes(match[1], "little")
        found.append(head[match.end() : match.end() + length])
    return found


def _declared(archive: zipfile.ZipFile, names: list[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    with archive.open("mimetype") as stream:
        return stream.read(200).decode("ascii", "replace").strip()


def _by_members(names: set[str]) -> str:
    def any_like(pattern: str) -> bool:
        return any(re.fullmatch(pattern, name) for name in names)

    if any_like(r"word/document\d*\.xml"):
        return f"{_OOXML}.wordprocessingml.document"
    if any_like(r"xl/workbook\d*\.xml"):
        return f"{_OOXML}.spreadsheetml.sheet"
    if "xl/workbook.bin" in names:
        return "application/vnd.ms-excel.sheet.binary.macroenabled.12"
    if any_like(r"ppt/presentation\d*\.xml"):
        return f"{_OOXML}.presentationml.presentation"
    if any_like(r"contents/section\d+\.xml") or "contents/content.hpf" in names:
        return "application/hwp+zip"
    if "meta-inf/container.xml" in names and not any_like(r".*\.class"):
        return "application/epub+zip"
    if "content.xml" in names and ("styles.xml" in names or "meta-inf/manifest.xml" in names):
        return f"{_ODF}.text"
    if "[content_types].xml" in names:
        return _by_folder(names)
    return "application/zip"


def _by_folder(names: set[str]) -> str:
    """OOXML whose main part is missing or named oddly: its folder tells, its reader decides."""
    for folder, kind in (
        ("word/", "wordprocessingml.document"),
        ("xl/", "spreadsheetml.sheet"),
        ("ppt/", "presentationml.presentation"),
    ):
        if any(name.startswith(folder) for name in names):
            return f"{_OOXML}.{kind}"
    return "application/zip"


def _ole(file: Path) -> str:
    """The kind by the streams at the root; an embedded document has its own streams deeper."""
    import olefile

    try:
        with olefile.OleFileIO(str(file)) as ole:
            names = {entry[0] for entry in ole.listdir(storages=True)}
            names |= {name.lstrip("\5") for name in names}
    except Exception:  # a broken directory raises all kinds; what is readable still tells
        names = set()
    damaged = not names & {name for name, _ in _OLE_STREAMS}
    if damaged:
        data = file.read_bytes()
        names = {n for n, _ in _OLE_STREAMS if n.encode("utf-16-le") + b"\0\0" in data}
    kinds = [found for stream, found in _OLE_STREAMS if stream in names]
    if damaged and len(kinds) > 1:  # raw bytes may hold the name anywhere
        kinds = [kind for kind in kinds if kind != "application/x-encrypted-office"]
    if kinds:
        return kinds[0]
    raise UnsupportedFormat(
        "No extractor reads it: it looks like an OLE container of its own kind."
    )
