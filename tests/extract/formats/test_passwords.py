"""Documents behind a password: opened with it, else a typed failure that says what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from benchmarks.accuracy import hangul_files
from doclake.errors import DocumentEncrypted
from doclake.extract.formats.hwp import password as hwp_password
from tests import corpus
from tests.extract.locked_package import locked, locked_whole
from tests.extract.reading import read, said


def locked_hwp(data: bytes, password: str, version: int = 4) -> bytes:
    """An HWP document with its streams encrypted a bit at a time, as the scheme is described."""
    import olefile

    stream = io.BytesIO(data)
    key = hwp_password._key(password)
    with olefile.OleFileIO(stream, write_mode=True) as container:
        header = bytearray(container.openstream("FileHeader").read())
        (flags,) = struct.unpack_from("<I", header, 36)
        struct.pack_into("<I", header, 36, flags | 2)
        struct.pack_into("<I", header, 44, version)
        container.write_stream("FileHeader", bytes(header))
        for path in container.listdir():
            if path[0] in ("DocInfo", "BodyText"):
                plain = container.openstream(path).read()
                container.write_stream(path, bit_by_bit(plain, key))
    return stream.getvalue()


def bit_by_bit(plain: bytes, key: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    register, out, bits = 0, 0, 8 * len(plain)
    whole = int.from_bytes(plain, "big")
    for place in reversed(range(bits)):
        turned = (whole >> place & 1) ^ (encryptor.update(register.to_bytes(16, "big"))[0] >> 7)
        out = out << 1 | turned
        register = (register << 1 | turned) & ((1 << 128) - 1)
    return out.to_bytes(len(plain), "big")


def test_the_key_of_an_hwp_password_is_the_published_one() -> None:
    published = b" z\xe2\xcaL\xd8\x7f\xcf\r\x01V\x9d\x8c\x14qZ"  # hwp-extract, tests/test_encrypt
    assert hwp_password._key("helloworld") == published


def test_streams_are_decrypted_across_chunks() -> None:
    key, plain = b"k" * 16, bytes(range(256)) * 20
    assert hwp_password.decrypt(bit_by_bit(plain, key), key) == plain
    assert hwp_password.decrypt(b"", key) == b""


def test_an_hwp_document_opens_with_its_password_only(tmp_path: Path) -> None:
    data = corpus.data("documents/hwp/merging-cell.hwp")
    locked = locked_hwp(data, "sesame")
    opened = read(tmp_path, locked, "a.hwp", "sesame")
    assert said(opened) == said(read(tmp_path, data, "a.hwp"))
    with pytest.raises(DocumentEncrypted, match="needs a password"):
        read(tmp_path, locked, "a.hwp")
    with pytest.raises(DocumentEncrypted, match="does not open it"):
        read(tmp_path, locked, "a.hwp", "other")


def test_an_unknown_scheme_says_how_to_get_rid_of_it(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted, match="version 0") as caught:
        read(tmp_path, corpus.data("hostile/encrypted/password-12345.hwp"), "a.hwp", "12345")
    assert "Open it in Hangul" in caught.value.mend


def test_keys_longer_than_their_hash_open_office_documents(tmp_path: Path) -> None:
    data = corpus.data("hostile/encrypted/bug53475-password-is-pass.docx")
    assert "password protected" in said(read(tmp_path, data, "a.docx", "pass"))[0][1]
    with pytest.raises(DocumentEncrypted, match="does not open it"):
        read(tmp_path, data, "a.docx", "other")


@pytest.mark.parametrize("scheme", ["aes256-cbc", "blowfish"])
def test_an_opendocument_text_opens_with_its_password_only(tmp_path: Path, scheme: str) -> None:
    plain = (Path(__file__).parents[1] / "fixtures" / "text.odt").read_bytes()
    data = locked(plain, "harbour", scheme=scheme)
    assert said(read(tmp_path, data, "a.odt", "harbour")) == said(read(tmp_path, plain, "a.odt"))
    with pytest.raises(DocumentEncrypted, match="needs a password"):
        read(tmp_path, data, "a.odt")
    with pytest.raises(DocumentEncrypted, match="does not open it"):
        read(tmp_path, data, "a.odt", "port")


def test_a_text_opens_that_is_encrypted_as_one_part_of_a_package(tmp_path: Path) -> None:
    plain = (Path(__file__).parents[1] / "fixtures" / "text.odt").read_bytes()
    data = locked_whole(plain, "harbour")
    assert said(read(tmp_path, data, "a.odt", "harbour")) == said(read(tmp_path, plain, "a.odt"))
    with pytest.raises(DocumentEncrypted, match="does not open it"):
        read(tmp_path, data, "a.odt", "port")


def test_a_text_that_libreoffice_encrypted_opens(tmp_path: Path) -> None:
    data = corpus.data("hostile/encrypted/testODTEncrypted.odt")
    assert said(read(tmp_path, data, "a.odt", "tika"))


def test_an_hwpx_document_opens_by_the_scheme_that_its_manifest_names(tmp_path: Path) -> None:
    plain = hangul_files.hwpx(["항구는 정오에 문을 닫는다."])
    data = locked(plain, "항구")
    with pytest.raises(DocumentEncrypted, match="needs a password"):
        read(tmp_path, data, "a.hwpx")
    assert said(read(tmp_path, data, "a.hwpx", "항구")) == [
        ("NarrativeText", "항구는 정오에 문을 닫는다.")
    ]
    with pytest.raises(DocumentEncrypted, match="does not open it"):
        read(tmp_path, data, "a.hwpx", "port")


def test_a_scheme_that_nobody_knows_says_so(tmp_path: Path) -> None:
    plain = (Path(__file__).parents[1] / "fixtures" / "text.odt").read_bytes()
    out, data = io.BytesIO(), locked(plain, "harbour")
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"#aes256-cbc", b"#serpent"))
    with pytest.raises(DocumentEncrypted, match="serpent"):
        read(tmp_path, out.getvalue(), "a.odt", "harbour")
