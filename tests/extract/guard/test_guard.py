"""One bad document harms nobody: every way a parser can end, through the real guarded worker."""

from __future__ import annotations

import sys

import pytest

from doclake import errors
from doclake.extract import format_versions
from doclake.extract.extractor import Extractor
from doclake.settings import ExtractRecipe, Limits

LINUX = sys.platform.startswith("linux")


def only(trees):
    ((document,),) = trees
    return document


def text_of(document) -> list[str]:
    assert document.error is None, document.error
    return document.elements["text"].to_pylist()


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ("segv", errors.ParserCrashed),
        ("abort", errors.ParserCrashed),
        ("exit 3", errors.ParserCrashed),
        ("exit 0", errors.ParserCrashed),
        ("memory", errors.ParserOutOfMemory),
        ("deep", errors.LimitExceeded),
        ("raise it", errors.ParserFailed),
        ("encrypted", errors.DocumentEncrypted),
        ("nothing", errors.DocumentEmpty),
        ("large 3000000", errors.LimitExceeded),
    ],
)
def test_each_ending_has_its_type_and_the_next_document_is_well(extract, order, kind):
    (bad,), (good,) = extract(order, "text still here", memory_mb=256, output_mb=2)
    assert type(bad.error) is kind
    assert bad.error.mend
    assert "Traceback" not in str(bad.error)
    assert bad.elements.num_rows == 0
    assert text_of(good) == ["still here"]


def test_facts_of_an_error_survive_the_worker(extract):
    error = only(extract("encrypted")).error
    assert error.facts == {"cipher": "AES"}
    assert only(extract("raise bytes")).error.facts == {"exception": "Local"}
    assert "cannot read bytes" in str(only(extract("raise bytes")).error)


def test_errors_do_not_name_private_folders(extract):
    assert only(extract("malformed")).error.message == "cannot open 'document' or /x"


def test_no_state_passes_to_the_next_document_where_none_may(odd_parsers, document):
    with Extractor(Limits(), 1, reuse=1, **odd_parsers) as extractor:
        trees = extractor.extract(document("leak", str(i)) for i in range(3))
        assert [text_of(t[0]) for t in trees] == [["seen 1"]] * 3


def test_a_worker_is_replaced_after_its_share_and_after_any_failure(odd_parsers, document):
    orders = ["leak", "leak", "leak", "leak", "raise it", "leak", "deep", "leak", "leak hoarding"]
    with Extractor(Limits(memory_mb=256), 1, reuse=3, **odd_parsers) as extractor:
        documents = [document(order, str(i)) for i, order in enumerate([*orders, "leak"])]
        said = [t[0].elements["text"].to_pylist() for t in extractor.extract(documents)]
    seen = [text[0].split()[1] if text else "failed" for text in said]
    assert seen == ["1", "2", "3", "1", "failed", "1", "failed", "1", "2", "1"]


def test_documents_of_two_sources_never_share_a_worker(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        trees = extractor.extract(document("leak", source=source) for source in "aaba")
        assert [text_of(t[0]) for t in trees] == [["seen 1"], ["seen 2"], ["seen 1"], ["seen 1"]]


def test_what_one_worker_imports_later_ones_inherit(extract):
    orders = ["imports asn1crypto", "exit 3", "imports asn1crypto"]
    first, _, second = (t[0] for t in extract(*orders))
    assert text_of(first) == ["imported before: False"]
    assert text_of(second) == ["imported before: True"]


def test_parsers_print_nothing_on_the_terminal(extract, capfd):
    assert text_of(only(extract("noise"))) == ["quiet"]
    assert capfd.readouterr() == ("", "")


def test_secrets_of_the_environment_do_not_reach_a_parser(extract, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    assert text_of(only(extract("environment AWS_SECRET_ACCESS_KEY"))) == ["unset"]


def test_a_file_beyond_the_limit_is_not_written(extract):
    said = text_of(only(extract("file 40000000", output_mb=1, archive_mb=8)))
    assert said == ["refused: OSError"]


def test_a_parser_cannot_name_a_row_that_is_not_its_own(extract):
    forged, after = extract("forge 99", "text well")
    assert type(forged[0].error) is errors.ParserCrashed
    assert text_of(after[0]) == ["well"]


def test_a_parser_that_does_not_come_back_has_told_the_format(odd_parsers, document):
    """So a mended reader meets the documents that it once hung on."""
    limits = Limits(timeout_seconds=0.5, wall_clock_factor=1)
    with Extractor(limits, 1, **odd_parsers) as extractor:
        trees = extractor.extract([document("hang", "a.txt"), document("hang", "a.strange")])
        (told,), (unknown,) = trees
    fingerprints = format_versions.fingerprints_of(ExtractRecipe())
    assert (told.media_type, told.recipe) == ("text/plain", fingerprints["text/plain"])
    assert (unknown.media_type, unknown.recipe) == (None, fingerprints[None])
