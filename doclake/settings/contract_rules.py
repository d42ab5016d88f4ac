"""The rules that are shipped, and what a rule may look at, for each table that has a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INJECTION = "text_gives_no_orders"
"""The rule for chunks that `recipe.injection: quarantine` adds."""


@dataclass(frozen=True)
class TableRules:
    """Shipped rules, each with what holds where it is met, and features, each with what it says.

    Later stages rely on the rules `of_form`. Those `with_limits` judge a figure that has a least or
    a most, the `others` something else. `figures` are features that are numbers, `words` those that
    are words.
    """

    of_form: Mapping[str, str]
    with_limits: Mapping[str, str]
    others: Mapping[str, str]
    figures: Mapping[str, str]
    words: Mapping[str, str]

    @property
    def changeable(self) -> Mapping[str, str]:
        return {**self.with_limits, **self.others}

    @property
    def shipped(self) -> Mapping[str, str]:
        return {**self.of_form, **self.changeable}

    @property
    def features(self) -> Mapping[str, str]:
        return {**self.figures, **self.words}


_OF_TEXT = {
    "text_length": "characters of the text, without blanks at its ends",
    "controls": "control characters",
    "replaced_share": "share of its characters that could not be read (U+FFFD)",
    "letters_share": "share of letters among its characters, blanks apart",
    "hangul_share": "share of Hangul among its letters",
    "latin_share": "share of Latin letters among its letters",
    "script_share": "share of its letters that are of the script of its language",
}
TABLES: Mapping[str, TableRules] = {
    "documents": TableRules(
        of_form={"media_type_is_named": "its kind is known"},
        with_limits={
            "path_has_no_controls": "its path has no control characters",
            "pages_were_read": "each of its pages with text gave elements",
            "text_was_read": "most letters in its bytes were read",
        },
        others={},
        figures={
            "size": "bytes; unknown of a document inside another",
            "path_length": "characters of its path",
            "path_controls": "control characters in its path",
            "pages": "pages",
            "text_page_share": "share of its pages that hold text",
            "read_page_share": "share of the pages with text that gave elements",
            "elements": "elements found in it",
            "letters": "letters and digits in its bytes",
            "read_letters": "letters and digits read",
            "read_share": "letters and digits read, as a share of those in its bytes",
        },
        words={"media_type": "its kind, such as application/pdf", "path": "its path"},
    ),
    "elements": TableRules(
        of_form={
            "element_id_is_unique": "no other element has its id",
            "element_id_is_well_formed": "its id is a digest",
            "type_is_known": "its type is one of those in docs/formats.md",
        },
        with_limits={
            "page_is_positive": "its page is counted from 1",
            "text_has_no_controls": "its text has no control characters",
            "text_is_legible": "few of its characters could not be read",
            "box_has_area": "its box is no line and no point",
            "box_is_on_its_page": "its box does not begin left of its page, or above",
            "table_has_cells": "a table has rows",
            "table_is_even": "few rows of a table are narrower than the widest",
            "ocr_is_confident": "OCR is sure of it",
        },
        others={},
        figures={
            **_OF_TEXT,
            "page": "its page, from 1",
            "box_area": "area of its box, in square points",
            "box_margin": "points from the left and the top of the page to its box, the smaller",
            "confidence": "how sure OCR is of it, 0 to 1",
            "table_rows": "rows of a table",
            "table_columns": "columns of its widest row",
            "table_uneven_share": "share of its rows that are narrower than the widest",
            "table_empty_share": "share of its cells that are empty",
        },
        words={
            "type": "its type, such as Table",
            "language": "its language, such as ko",
            "method": "what found it, such as tesseract",
        },
    ),
    "chunks": TableRules(
        of_form={
            "chunk_id_is_unique": "no other chunk has its id",
            "chunk_id_is_well_formed": "its id is a digest",
            "text_is_present": "it has text",
            "text_hash_is_right": "its vector is found by the hash of its text",
            "tokens_fit": "its tokens are within the limit of its recipe",
            "pages_are_positive": "its pages are counted from 1",
            "elements_are_named": "it names the elements it was made from",
            "access_is_decided": "it has an access list, which may be empty",
        },
        with_limits={
            "text_has_no_controls": "its text has no control characters",
            "text_is_legible": "few of its characters could not be read",
        },
        others={"language_is_a_code": "its language has two or three letters"},
        figures={
            **_OF_TEXT,
            "tokens": "tokens of prompt, context and text",
            "elements": "elements it was made from",
            "injection_score": "how likely it gives orders to a language model, 0 to 1",
        },
        words={"language": "its language, such as ko", "media_type": "the kind of its document"},
    ),
    "embeddings": TableRules(
        of_form={
            "embedding_is_unique": "its text has no other vector of its model",
            "text_hash_is_well_formed": "the hash of its text is one",
            "model_is_named": "it names its model",
            "dimension_is_the_models": "it has as many values as the model gives",
            "vector_is_finite": "each of its values is a number",
            "vector_is_a_unit": "its length is one",
        },
        with_limits={
            "vectors_differ": "few texts embedded with it have the same vector",
        },
        others={},
        figures={
            "norm": "length of the vector",
            "near_share": "share of other texts, of those embedded with it, whose vectors are as"
            " good as equal (a cosine of .999 or more); unknown among fewer than 20",
            "nearest_distance": "1 less the cosine to the nearest vector of another text, of those"
            " embedded with it",
        },
        words={"model_name": "the name of its model"},
    ),
}
