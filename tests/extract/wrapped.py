"""Writers of what mails are wrapped in: TNEF (MS-OXTNEF) and signed envelopes (CMS)."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

OBJECT, WORDS, BYTES = 0x0D, 0x1F, 0x102
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage


def attribute(level: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) % 65536)


def properties(values: dict[int, tuple[int, str | bytes]]) -> bytes:
    """Properties by identity, each with its type; before them one with a name of its own."""
    name = "Keywords\0".encode("utf-16-le")
    own = struct.pack("<HH16sII", 0x101F, 0x8000, b"g" * 16, 1, len(name)) + _padded(name)
    two = ["하나".encode("utf-16-le"), "둘".encode("utf-16-le")]
    own += struct.pack("<I", 2) + b"".join(struct.pack("<I", len(v)) + _padded(v) for v in two)
    number = struct.pack("<HHI", 0x0003, 0x3FDE, 65001)
    sent = struct.pack("<HHQ", 0x0040, 0x0039, 133_544_592_000_000_000)  # 2024-03-09, noon
    out = struct.pack("<I", len(values) + 3) + own + number + sent
    for identity, (kind, value) in values.items():
        raw = (value + "\0").encode("utf-16-le") if isinstance(value, str) else value
        out += struct.pack("<HHII", kind, identity, 1, len(raw)) + _padded(raw)
    return out


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def tnef(
    values: dict[int, tuple[int, str | bytes]],
    attachments: list[tuple[str, dict[int, tuple[int, str | bytes]], bytes]] | None = None,
) -> bytes:
    """A message: its properties; of each attachment the short title, its properties, its data."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += attribute(1, 0x69007, struct.pack("<II", 949, 0))
    out += attribute(1, 0x18004, "짧은 제목\0".encode("cp949"))
    out += attribute(1, 0x69003, properties(values))
    for title, inner, data in attachments or []:
        out += attribute(2, 0x69002, bytes(14))
        out += attribute(2, 0x18010, title.encode("cp949") + b"\0")
        out += attribute(2, 0x6800F, data) if data else b""
        out += attribute(2, 0x69005, properties(inner))
    return out


def _identity() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A. Writer")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()), key


def signed(data: bytes, *, detached: bool = False) -> bytes:
    certificate, key = _identity()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    options += [pkcs7.PKCS7Options.DetachedSignature] if detached else []
    return builder.sign(Encoding.DER, options)


def sealed(data: bytes) -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(data).add_recipient(_identity()[0])
    return builder.encrypt(Encoding.DER, [])
