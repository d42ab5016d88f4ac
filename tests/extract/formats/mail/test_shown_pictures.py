"""Pictures that a mail shows in its text need not hold words: a logo is no failure."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from doclake import extract_file
from doclake.errors import DocumentEmpty
from tests.extract.reading import read


def _logo(size: tuple[int, int] = (120, 40)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "navy").save(stream, "PNG")
    return stream.getvalue()


def _mail(**picture: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.c", "d@e.f", "The harbour"
    mail.set_content('<p>It opens at noon.</p><img src="cid:logo@b.c">', subtype="html")
    mail.add_attachment(_logo(), maintype="image", subtype="png", filename="logo.png", **picture)
    return mail


@pytest.mark.slow
@pytest.mark.parametrize(
    "picture", [{"cid": "<logo@b.c>"}, {"disposition": "inline"}], ids=["content id", "inline"]
)
def test_a_picture_that_the_mail_shows_is_an_image_without_words(tmp_path, picture) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(_mail(**picture).as_bytes())
    mail, logo = extract_file(file)
    assert mail.error is logo.error is None
    assert logo.path == "a.eml!/logo.png"
    (element,) = logo.elements.to_pylist()
    assert (element["type"], element["text"], element["page"]) == ("Image", "", 1)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (400, 300)])
def test_one_that_is_attached_or_stands_alone_fails_without_words(tmp_path: Path, size) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(_mail().as_bytes())
    _, attached = extract_file(file)
    (tmp_path / "a.png").write_bytes(_logo(size))
    (alone,) = extract_file(tmp_path / "a.png")
    assert isinstance(attached.error, DocumentEmpty)
    assert isinstance(alone.error, DocumentEmpty)


@pytest.mark.slow
def test_a_tracking_pixel_is_no_failure(tmp_path: Path) -> None:
    mail = _mail()
    mail.add_attachment(_logo((1, 1)), maintype="image", subtype="png", cid="<pixel@b.c>")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    *_, pixel = extract_file(tmp_path / "a.eml")
    assert pixel.error is None


def test_the_reader_says_what_the_mail_shows(tmp_path: Path) -> None:
    found = read(tmp_path, _mail(cid="<logo@b.c>").as_bytes(), "a.eml")
    assert [(child.name, child.shown) for child in found.children] == [("logo.png", True)]
