"""What is written in place of personal data, and where its spans stand then."""

from __future__ import annotations

import pytest

from doclake.personal.policy import Policy
from doclake.settings.personal_data import KINDS

TEXT = "Hong is in. Write to hong@example.com or call 010-1234-5678. The pond is deep."


def _policy(word: str, **words: str) -> Policy:
    return Policy({**dict.fromkeys(KINDS, word), **words}, b"a key of the garden")


@pytest.mark.parametrize(
    ("policy", "written"),
    [
        (_policy("flag"), TEXT),
        (_policy("mask"), "Hong is in. Write to [email] or call [phone]. The pond is deep."),
        (_policy("drop"), "Hong is in.  The pond is deep."),
        (_policy("flag", phone="drop"), "Hong is in.  The pond is deep."),
        (
            _policy("flag", email="mask"),
            "Hong is in. Write to [email] or call 010-1234-5678. The pond is deep.",
        ),
    ],
)
def test_each_word_writes_what_it_says_and_spans_stand_in_what_is_written(policy, written):
    treated = policy.treat(TEXT)
    assert treated.text == written and treated.kinds == {"email", "phone"}
    marks = {written[span["start"] : span["end"]] for span in treated.spans}
    assert marks <= {"hong@example.com", "010-1234-5678", "[email]", "[phone]", ""}


def test_kinds_that_are_off_are_not_looked_for():
    assert Policy({}).treat(TEXT).kinds == frozenset()
    assert (
        Policy({"email": "mask"}).treat(TEXT).text.endswith("call 010-1234-5678. The pond is deep.")
    )


def test_a_hash_does_not_change_with_the_spelling_but_with_kind_and_key():
    def mark(text: str, key: bytes = b"a key of the garden") -> str:
        return Policy({"phone": "hash"}, key).treat(text).text

    assert mark("010-1234-5678") == mark("+82 10 1234 5678") == mark("０１０１２３４５６７８")
    assert mark("010-1234-5678") != mark("010-1234-5679")
    assert mark("010-1234-5678") != mark("010-1234-5678", b"a key of the meadow")


def test_the_html_of_a_table_loses_the_value_and_keeps_its_tags():
    html = "<tr><th>a</th><th>전화</th></tr><tr><td>b &amp; c</td><td>{}</td></tr>"
    split = html.format("010-<b>1234</b>-5678")
    treated = _policy("mask").treat_html(split)
    assert treated.text == html.format("[phone]<b></b>")
    assert _policy("flag").treat_html(split).text == split


def test_a_table_drops_the_cell_and_no_other():
    assert _policy("drop").treat("a\tmail\nb\tkim@example.com x\nc\td", is_table=True).text == (
        "a\tmail\nb\t\nc\td"
    )


def test_a_policy_says_which_rows_of_another_stand():
    before = Policy({"email": "flag", "card": "flag"})
    now = Policy({"email": "mask", "card": "flag"})
    assert now.stands(before.recipe, before.done(["card"]))
    assert not now.stands(before.recipe, before.done(["email"]))
    assert not Policy({"email": "flag", "iban": "flag"}).stands(before.recipe, [])
    assert Policy({}).stands(None, None) and not before.stands(None, None)


def test_a_policy_never_shows_its_key():
    assert "garden" not in repr(_policy("hash"))
