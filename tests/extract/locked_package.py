"""Packages with encrypted parts, written as OpenDocument 1.3, part 2, section 3.8 describes it."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_SALT, _VECTOR = b"salt of the part", b"vector of a part"


_LIBREOFFICE = "urn:org:documentfoundation:names:experimental:office:manifest:argon2id"


def locked(data: bytes, password: str, *, scheme: str = "aes256-cbc") -> bytes:
    """The package with all parts encrypted but its media type and its version."""
    out = io.BytesIO()
    entries = []
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            plain = old.read(name)
            if name in ("mimetype", "version.xml") or name.startswith("META-INF/"):
                if name != "META-INF/manifest.xml":
                    new.writestr(name, plain)
                continue
            packer = zlib.compressobj(wbits=-15)
            packed = packer.compress(plain) + packer.flush()
            new.writestr(name, _encrypted(packed, password, scheme))
            entries.append(_entry(name, plain, packed, scheme))
        manifest = f'<m:manifest xmlns:m="{_OASIS}">{"".join(entries)}</m:manifest>'
        new.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def locked_whole(data: bytes, password: str) -> bytes:
    """The package encrypted as one part of another, as LibreOffice does since 24.8."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    start = hashlib.sha256(password.encode()).digest()
    key = Argon2id(salt=_SALT, length=32, iterations=3, lanes=4, memory_cost=1024).derive(start)
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(data) + packer.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("mimetype", old.read("mimetype"))
        vector = _VECTOR[:12]
        new.writestr("encrypted-package", vector + AESGCM(key).encrypt(vector, packed, None))
        new.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{_OASIS}" xmlns:l="urn:org:documentfoundation:loext">'
            f'<m:file-entry m:full-path="encrypted-package" m:size="{len(data)}">'
            "<m:encryption-data><m:algorithm m:algorithm-name="
            '"http://www.w3.org/2009/xmlenc11#aes256-gcm"'
            f' m:initialisation-vector="{_text(vector)}"/>'
            f'<m:key-derivation m:key-derivation-name="{_LIBREOFFICE}" m:key-size="32"'
            f' l:argon2-iterations="3" l:argon2-memory="1024" l:argon2-lanes="4"'
            f' m:salt="{_text(_SALT)}"/>'
            "<m:start-key-generation m:start-key-generation-name="
            '"http://www.w3.org/2001/04/xmlenc#sha256" m:key-size="32"/>'
            "</m:encryption-data></m:file-entry></m:manifest>",
        )
    return out.getvalue()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _key(password: str, scheme: str) -> bytes:
    if scheme == "aes256-cbc":
        start = hashlib.sha256(password.encode()).digest()
        return hashlib.pbkdf2_hmac("sha1", start, _SALT, 1000, 32)
    start = hashlib.sha1(password.encode()).digest()
    return hashlib.pbkdf2_hmac("sha1", start, _SALT, 1000, 16)


def _encrypted(packed: bytes, password: str, scheme: str) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = _key(password, scheme)
    if scheme == "blowfish":
        encryptor = Cipher(Blowfish(key), CFB(_VECTOR[:8])).encryptor()
        return encryptor.update(packed) + encryptor.finalize()
    size = 16 - len(packed) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(_VECTOR)).encryptor()
    return encryptor.update(packed + bytes(size - 1) + bytes([size])) + encryptor.finalize()


def _entry(name: str, plain: bytes, packed: bytes, scheme: str) -> str:
    new = scheme == "aes256-cbc"
    digest = hashlib.sha256 if new else hashlib.sha1
    checksum = _text(digest(packed[:1024]).digest())
    kind = f"{_OASIS}#sha256-1k" if new else "SHA1/1K"
    cipher = "http://www.w3.org/2001/04/xmlenc#aes256-cbc" if new else "Blowfish CFB"
    start = "http://www.w3.org/2000/09/xmldsig#sha256" if new else "SHA1"
    vector = _VECTOR if new else _VECTOR[:8]
    return (
        f'<m:file-entry m:full-path="{name}" m:size="{len(plain)}">'
        f'<m:encryption-data m:checksum-type="{kind}" m:checksum="{checksum}">'
        f'<m:algorithm m:algorithm-name="{cipher}" m:initialisation-vector="{_text(vector)}"/>'
        f'<m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="{32 if new else 16}"'
        f' m:iteration-count="1000" m:salt="{_text(_SALT)}"/>'
        f'<m:start-key-generation m:start-key-generation-name="{start}"'
        f' m:key-size="{32 if new else 20}"/></m:encryption-data></m:file-entry>'
    )
