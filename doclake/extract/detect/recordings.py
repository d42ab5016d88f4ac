"""Recordings and films by their first bytes. They are known and never decoded."""

from __future__ import annotations

HEAD = 64
"""Bytes that decide."""

_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime"}
_PICTURES = (b"hei", b"hev", b"mif", b"msf", b"avi", b"crx", b"jp2", b"jxl")
"""Beginnings of the brands of pictures that share the container of MP4."""


def media_type(head: bytes) -> str | None:
    """The media type of a recording or a film that begins so; None for anything else."""
    if head[:3] == b"ID3" and head[3:4] in (b"\2", b"\3", b"\4"):
        return "audio/mpeg"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _frames(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:5] == b"OggS\0":
        return "audio/ogg"
    if head[:4] == b"fLaC" and head[4:5] in (b"\0", b"\x80"):
        return "audio/flac"
    if head[:4] == b"\x1aE\xdf\xa3":  # Matroska, of which WebM is a kind
        return "video/webm"
    if head[4:8] == b"ftyp" and not head[8:12].startswith(_PICTURES):
        return _BRANDS.get(head[8:12], "video/mp4")
    return None


def _frames(head: bytes) -> str | None:
    """Of bytes that begin as a frame of MPEG audio does: layer 0 is AAC."""
    version, layer, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4
    if layer == 0:
        return "audio/aac" if head[1] & 0xF0 == 0xF0 else None
    return "audio/mpeg" if layer == 1 and version != 1 and rate not in (0, 15) else None
