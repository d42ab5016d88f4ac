"""Encrypted parts of OpenDocument packages and of HWPX, which has its scheme from them.

The manifest names, for each part, how the key comes from the password and how the part is encrypted
(OpenDocument 1.3, part 2, section 3.8; LibreOffice's Argon2id and GCM beside it).
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doclake.errors import DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.containers.safe_xml import local

if TYPE_CHECKING:
    from lxml import etree

MANIFEST = "META-INF/manifest.xml"
_MOST_ROUNDS = 10_000_000  # of the derivation of a key; LibreOffice takes 100,000
_MOST_MEMORY_KIB = 1 << 20
_CHECKED = 1024  # bytes that the checksum is about
_REMOVE_IT = "Open it in the program that made it, remove its password and save it again."


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one part is encrypted, in the words of the manifest. `size` is that of its plain text."""

    algorithm: str
    vector: bytes
    derivation: str
    key_size: int
    rounds: int
    memory: int
    lanes: int
    salt: bytes
    start: str
    checksum_type: str
    checksum: bytes
    size: int


def schemes(manifest: etree._Element) -> dict[str, Scheme]:
    """The schemes of the encrypted parts by name. Raises `DocumentMalformed` for a broken one."""
    found: dict[str, Scheme] = {}
    for entry in manifest.iter():
        data = next((n for n in entry if local(n) == "encryption-data"), None)
        if local(entry) == "file-entry" and data is not None:
            facts = _facts(entry)
            for node in data.iter():
                of_start = local(node) == "start-key-generation"  # its size is that of the hash
                facts |= {
                    k: v for k, v in _facts(node).items() if not (of_start and k == "key-size")
                }
            try:
                found[facts.get("full-path", "")] = _scheme(facts)
            except ValueError as error:
                raise DocumentMalformed(f"The manifest is broken: {error}") from None
    return found


def _facts(node: etree._Element) -> dict[str, str]:
    return {str(name).rsplit("}", 1)[-1]: str(value) for name, value in node.attrib.items()}


def _scheme(facts: dict[str, str]) -> Scheme:
    def binary(name: str) -> bytes:
        return base64.b64decode(facts.get(name, ""))

    def word(name: str, default: str = "") -> str:
        return re.split("[#:]", facts.get(name, default))[-1].lower()

    return Scheme(
        algorithm=word("algorithm-name"),
        vector=binary("initialisation-vector"),
        derivation=word("key-derivation-name", "PBKDF2"),
        key_size=int(facts.get("key-size") or 16),
        rounds=int(facts.get("iteration-count") or facts.get("argon2-iterations") or 1),
        memory=int(facts.get("argon2-memory", "0")),
        lanes=int(facts.get("argon2-lanes", "1")),
        salt=binary("salt"),
        start=word("start-key-generation-name", "SHA1"),
        checksum_type=word("checksum-type"),
        checksum=binary("checksum"),
        size=int(facts.get("size") or 0),
    )


class Keys:
    """Decrypts parts with one password; the key of each salt is derived once."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._known: dict[Scheme, bytes] = {}

    def plain(self, data: bytes, scheme: Scheme, name: str, limit: int) -> bytes:
        """The decrypted and unpacked part. Raises `DocumentEncrypted` if the password is wrong or
        the scheme unknown, `LimitExceeded` beyond `limit` bytes."""
        packed = _decrypt(data, self._key(scheme), scheme)
        if not _is_right(packed, scheme):
            raise DocumentEncrypted("The configured password does not open it.", part=name)
        unpacker = zlib.decompressobj(-15)
        try:
            plain = unpacker.decompress(packed, limit + 1)
        except zlib.error:
            if scheme.checksum or len(packed) < scheme.size:
                raise DocumentEncrypted(
                    "The configured password does not open it.", part=name
                ) from None
            plain = packed[: scheme.size or None]  # pictures may be stored as they are
        if len(plain) > limit:
            raise LimitExceeded(f"{name!r} unpacks to more than {limit >> 20} MB.", part=name)
        return plain

    def _key(self, scheme: Scheme) -> bytes:
        facts = replace(scheme, vector=b"", checksum=b"", size=0)  # what the key depends on
        if facts not in self._known:
            try:
                self._known[facts] = self._derived(scheme)
            except ValueError as error:
                raise DocumentMalformed(f"Its encryption is broken: {error}") from None
        return self._known[facts]

    def _derived(self, scheme: Scheme) -> bytes:
        if scheme.rounds > _MOST_ROUNDS or scheme.memory > _MOST_MEMORY_KIB:
            raise LimitExceeded("The derivation of its key takes too long.", limit="rounds")
        start = hashlib.sha256 if scheme.start == "sha256" else hashlib.sha1
        secret = start(self._password).digest()
        if scheme.derivation == "pbkdf2":
            return hashlib.pbkdf2_hmac("sha1", secret, scheme.salt, scheme.rounds, scheme.key_size)
        if scheme.derivation == "argon2id":
            from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

            derivation = Argon2id(
                salt=scheme.salt,
                length=scheme.key_size,
                iterations=scheme.rounds,
                lanes=scheme.lanes,
                memory_cost=scheme.memory,
            )
            return derivation.derive(secret)
        raise _unknown(scheme.derivation)


def _decrypt(data: bytes, key: bytes, scheme: Scheme) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        if scheme.algorithm in ("aes128-cbc", "aes192-cbc", "aes256-cbc"):
            decryptor = Cipher(algorithms.AES(key), modes.CBC(scheme.vector)).decryptor()
            padded = decryptor.update(data[: len(data) // 16 * 16]) + decryptor.finalize()
            return padded[: -padded[-1]] if padded and 0 < padded[-1] <= 16 else padded
        if scheme.algorithm == "aes256-gcm":
            body = data.removeprefix(scheme.vector)
            return AESGCM(key).decrypt(scheme.vector, body, None)
        if scheme.algorithm in ("blowfish cfb", "blowfish"):
            decryptor = Cipher(Blowfish(key), CFB(scheme.vector)).decryptor()
            return decryptor.update(data) + decryptor.finalize()
    except InvalidTag:
        raise DocumentEncrypted("The configured password does not open it.") from None
    except ValueError as error:
        raise DocumentMalformed(f"Its encryption is broken: {error}") from None
    raise _unknown(scheme.algorithm)


def _is_right(packed: bytes, scheme: Scheme) -> bool:
    """Does the checksum agree? Some writers took all of the part, not its first kilobyte."""
    if not scheme.checksum:
        return True
    digest = hashlib.sha256 if "sha256" in scheme.checksum_type else hashlib.sha1
    return scheme.checksum in (digest(packed[:_CHECKED]).digest(), digest(packed).digest())


def _unknown(name: str) -> DocumentEncrypted:
    return DocumentEncrypted(
        f"It is encrypted by a scheme that is unknown here: {name}.", mend=_REMOVE_IT, scheme=name
    )
