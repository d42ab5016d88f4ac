"""Office documents with a password: opened with the configured one, else DocumentEncrypted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from doclake.errors import DocumentEncrypted
from doclake.extract.containers.decryption import decrypt
from doclake.extract.model import Extraction, Options


class EncryptedOffice:
    """OOXML in an OLE container of `EncryptedPackage` (MS-OFFCRYPTO), read with msoffcrypto."""

    def extract(self, file: Path, options: Options) -> Extraction:
        if options.password is None:
            raise DocumentEncrypted("The document needs a password.")
        data = decrypt(file.read_bytes(), options.password)
        from doclake.extract import registry
        from doclake.extract.detect import media_type

        with TemporaryDirectory() as folder:
            plain = Path(folder) / "document"
            plain.write_bytes(data)
            kind = media_type.media_type(plain, options.name)
            extractor = registry.load(kind, options.recipe.engine)
            return extractor.extract(plain, replace(options, media_type=kind))
