"""What stands inside a CMS envelope (RFC 5652): S/MIME mails and signed files (`.p7m`).

Signatures are not checked: whether to trust a document is not asked here, only what it says.
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
    """A file in its signature: the one child."""

    def extract(self, file: Path, options: Options) -> Extraction:
        inner = content(file.read_bytes())
        if not inner:
            raise DocumentEmpty("The signature stands apart from what it signs.")
        name = re.sub(r"\.p7[ms]$", "", safe_name(options.name, "document"), flags=re.IGNORECASE)
        return Extraction(children=[Child(name or "document", inner)])


def content(data: bytes) -> bytes:
    """The signed content; empty where only a signature or certificates are there. Raises
    `DocumentEncrypted` for what needs a key and `DocumentMalformed`."""
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
    """Octets as they are, or parsed by asn1crypto where they are DER themselves."""
    found = getattr(node, "native", None)
    return found if isinstance(found, bytes) else b""
