"""The content of a CMS envelope (RFC 5652): S/MIME mails and signed files (`.p7m`).

Signatures are not checked: the question here is what a document says, not whether to trust it.
"""

from __future__ import annotations

import re
from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed
from doclake.extract.containers.member_names import safe_name
from doclake.extract.model import Child, Extraction, Options

_SEALED = frozenset(
    {"enveloped_data", "encrypted_data", "signed_and_enveloped_data"}
    | {"authenticated_enveloped_data"}
)


class Signed:
    """A signed file: its content is the one child."""

    def extract(self, file: Path, options: Options) -> Extraction:
        inner = content(file.read_bytes())
        if not inner:
            raise DocumentEmpty("The signature stands apart from what it signs.")
        name = re.sub(r"\.p7[ms]$", "", safe_name(options.name, "document"), flags=re.IGNORECASE)
        return Extraction(children=[Child(name or "document", inner)])


def content(data: bytes) -> bytes:
    """The signed content; empty if there is only a signature or certificates. Raises
    `DocumentEncrypted` if it needs a key, and `DocumentMalformed`."""
    from asn1crypto.cms import ContentInfo

    try:
        info = ContentInfo.load(data)
        kind = info["content_type"].native
        if kind == "signed_data":
            return _octets(info["content"]["encap_content_info"]["content"])
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise DocumentMalformed(f"The signed envelope is broken: {error}") from None
    if kind in _SEALED:
        raise DocumentEncrypted("The message is encrypted.")
    raise DocumentMalformed(f"The envelope holds {kind}, which is not read.")


def _octets(node: object) -> bytes:
    """The octets as they are, or as asn1crypto parsed them if they are DER themselves."""
    value = getattr(node, "native", None)
    return value if isinstance(value, bytes) else b""
