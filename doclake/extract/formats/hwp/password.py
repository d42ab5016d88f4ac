"""HWP 5 documents with a password: opened with the configured one, else DocumentEncrypted.

Hancom's specification names the scheme and does not describe it. The method is that of volexity's
hwp-extract (BSD), for `EncryptVersion` 4, which Hangul writes since version 7: AES-128 in 1-bit
cipher feedback from a register of zeros. The key is the beginning of the SHA-1 of the password,
where each byte follows a copy of the byte before it, rotated left by one bit.
"""

from __future__ import annotations

import hashlib
import io
import struct
from typing import Any

from doclake.errors import DocumentEncrypted, DocumentMalformed
from doclake.extract.containers import ole

_VERSION, _KNOWN = 44, 4  # its place in FileHeader, and the one scheme that is known
_ENCRYPTED = ("DocInfo", "BodyText", "BinData", "Scripts")
_BLOCK = 16
_FIRST = 0xEC  # stands before the first byte of a password
_CHUNK = 1 << 12  # every bit of it needs a block of its own
_REMOVE_IT = "Open it in Hangul, remove its password and save it again."


class Unlocked:
    """An OLE container that decrypts its streams, with only what `ole.stream` needs."""

    def __init__(self, container: Any, password: str | None) -> None:
        self._container = container
        self._key = _key(password)
        self.listdir = container.listdir
        self.exists = container.exists
        self.get_size = container.get_size
        header = ole.stream(container, "FileHeader")
        version = struct.unpack_from("<I", header, _VERSION)[0] if len(header) >= 48 else 0
        if version != _KNOWN:
            raise DocumentEncrypted(
                f"It is encrypted by a scheme (version {version}) that only Hangul knows.",
                mend=_REMOVE_IT,
                version=version,
            )

    def openstream(self, name: str | list[str]) -> io.BytesIO:
        data = self._container.openstream(name).read()
        first = name.split("/")[0] if isinstance(name, str) else name[0]
        return io.BytesIO(decrypt(data, self._key) if first in _ENCRYPTED else data)


def wrong(error: DocumentMalformed) -> DocumentEncrypted:
    """The error where the first stream does not unpack: the password is wrong."""
    return DocumentEncrypted(f"The configured password does not open it: {error.message}")


def _key(password: str | None) -> bytes:
    if not password:
        raise DocumentEncrypted("The document needs a password.")
    if not password.isascii():
        raise DocumentEncrypted(
            "Only passwords of ASCII characters open HWP documents here.", mend=_REMOVE_IT
        )
    mixed = bytearray()
    before = _FIRST
    for byte in password.encode("ascii"):
        mixed += bytes(((before << 1 | before >> 7) & 0xFF, byte))
        before = byte
    return hashlib.sha1(mixed, usedforsecurity=False).digest()[:_BLOCK]


def decrypt(data: bytes, key: bytes) -> bytes:
    """AES in 1-bit cipher feedback. A bit of plain text is the bit of cipher text XOR the first bit
    of the encrypted 128 bits before it. All of these are known, so whole chunks are encrypted at
    once."""
    import numpy
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 (the format's)
    padded = bytes(_BLOCK) + data
    plain = bytearray()
    for start in range(0, len(data), _CHUNK):
        chunk = numpy.frombuffer(padded[start : start + _BLOCK + _CHUNK], numpy.uint8)
        bits = numpy.unpackbits(chunk)
        registers = numpy.lib.stride_tricks.sliding_window_view(bits, 8 * _BLOCK)[:-1]
        blocks = encryptor.update(numpy.packbits(registers, axis=1).tobytes())
        stream = numpy.frombuffer(blocks, numpy.uint8)[::_BLOCK] >> 7
        plain += numpy.packbits(bits[8 * _BLOCK :] ^ stream).tobytes()
    return bytes(plain)
