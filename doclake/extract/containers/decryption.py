"""Decryption of Office documents with a password (MS-OFFCRYPTO), through msoffcrypto."""

from __future__ import annotations

import io

from doclake.errors import DocumentEncrypted, DocumentMalformed


def decrypt(data: bytes, password: str) -> bytes:
    """The decrypted document. Raises `DocumentEncrypted` for a wrong password, `DocumentMalformed`
    for a broken container."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    _pad_short_keys()
    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=password)
        office.decrypt(out)
    except (InvalidKeyError, DecryptionError) as error:
        raise DocumentEncrypted(f"The configured password does not open it: {error}") from None
    except (FileFormatError, ValueError, KeyError, OSError) as error:
        raise DocumentMalformed(f"The encrypted container is broken: {error}") from None
    return out.getvalue()


def _pad_short_keys() -> None:
    """Pad a hash shorter than the key (SHA-1 with AES-256) with 0x36 (MS-OFFCRYPTO 2.3.4.11).
    msoffcrypto leaves it short, and AES refuses it."""
    from msoffcrypto.method.ecma376_agile import ECMA376Agile

    short = ECMA376Agile._derive_encryption_key
    if short.__module__ == __name__:
        return

    def derive(h: bytes, block_key: bytes, algorithm: str, key_bits: int) -> bytes:
        key: bytes = short(h, block_key, algorithm, key_bits)
        return key.ljust(key_bits // 8, b"\x36")

    ECMA376Agile._derive_encryption_key = staticmethod(derive)
