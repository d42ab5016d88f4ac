"""A classifier says what people said of texts like these, and its file is what its name says."""

from __future__ import annotations

import pytest

from doclake.curate.classifier import card, model
from doclake.curate.classifier.features import features
from doclake.curate.classifier.model import GOOD
from doclake.curate.classifier.training import Example, lacking, trained
from doclake.errors import ModelError
from tests.curate.conftest import examples

NEW = ("The valve needs grease every month.", "밸브에는 매달 기름이 필요하다.")
ADVERTS = ("Buy today and win!!!", "오늘 구매하고 경품을 받으세요!!!")


def test_texts_alike_but_for_case_width_and_numbers_have_the_same_features():
    same = features(["Room 12 is open", "ROOM 47  is ｏpen", "Room is open"])
    first, second = (same.places[same.starts[at] : same.starts[at + 1]].tolist() for at in (0, 1))
    assert first == second
    assert same.places[same.starts[2] :].tolist() != first


def test_what_it_learned_it_says_of_new_texts_in_both_languages(classifier_file):
    shares = model.load(str(classifier_file)).shares([*NEW, *ADVERTS, ""])
    assert (shares[:2, 0] < 0.5).all() and (shares[2:4, 0] > 0.5).all()


def test_several_labels_are_told_apart_and_their_shares_add_up():
    third = [Example(f"Page {n} of 9 ......... {n}", "contents", f"c{n}") for n in range(6)]
    found = trained([*examples(), *third])
    assert found.labels == ("advert", "contents")
    shares = found.shares([ADVERTS[0], "Page 3 of 9 ......... 3", NEW[0]])
    assert shares[0].argmax() == 0 and shares[1].argmax() == 1
    assert shares[2].sum() < 0.5 and (shares.sum(axis=1) <= 1).all()


def test_the_same_labels_in_any_order_give_the_same_file(classifier_file):
    assert model.name_of(trained(examples()[::-1]).content()) == classifier_file.name


def test_no_document_is_learned_from_and_measured_on():
    """Each document says a thing of its own: what stands in it alone cannot be known elsewhere."""
    words = [chr(0x4E00 + 100 * n) * 40 for n in range(20)]
    some = [
        Example(word + str(copy), GOOD if at % 2 else "bad", str(at))
        for at, word in enumerate(words)
        for copy in "abc"
    ]
    leaky = [Example(one.text, one.label, f"{at}") for at, one in enumerate(some)]
    assert trained(leaky).card["measured"]["all"]["average_precision"] > 0.95
    assert trained(some).card["measured"]["all"]["average_precision"] < 0.8


def test_what_labels_lack_is_said():
    good, bad = examples()[0], examples()[2]
    assert "no text has the label good" in (lacking([bad]) or "")
    assert "every text has the label good" in (lacking([good, good]) or "")
    assert "of one document" in (lacking([*examples(), Example("a", "odd", "x")]) or "")
    assert lacking(examples()) is None


def test_the_card_says_what_it_is_worth_and_repeats_no_text(classifier_file):
    known = model.load(str(classifier_file)).card
    assert known["examples"] == {"advert": 12, "good": 12}
    assert known["measured"]["all"]["texts"] == 24
    page = card.page(classifier_file.name, known, trained_at="today")
    assert classifier_file.name in page and "prize" not in page


@pytest.mark.parametrize("harm", ["gone", "changed", "renamed", "no classifier"])
def test_a_file_that_is_not_what_its_name_says_is_refused(classifier_file, tmp_path, harm):
    file = tmp_path / classifier_file.name
    content = bytearray(classifier_file.read_bytes())
    if harm == "changed":
        content[-1] ^= 1
    if harm == "no classifier":
        content = bytearray(b"\x02\0\0\0\0\0\0\0{}")
        file = tmp_path / model.name_of(bytes(content))
    if harm == "renamed":
        file = tmp_path / f"{'0' * 16}.safetensors"
    if harm != "gone":
        file.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="cannot be used"):
        model.load(str(file))
