"""Erased rows leave every table of the index, and their words the index of words."""

from __future__ import annotations

from lance.file import LanceFileReader

from doclake.index import erasure


def _words(flow) -> list[int]:
    """How many words each part of an index of words knows, of today and of versions before."""
    files = (flow.folder / "lake/index").rglob("part_*_tokens.lance")
    read = (LanceFileReader(str(file)).read_all().to_table() for file in files)
    return [table["_token_next_id"][0].as_py() for table in read]


def test_the_index_of_words_is_that_of_the_rows_that_are_left(flow):
    flow.write("secret.md", "# Secret\n\nZanzibarquux and frobnicate.\n")
    flow.run()
    index, before = flow.project.index, sum(_words(flow))
    rows = index.require()[1].to_table(columns=["root_id", "path", "terms"]).to_pylist()
    roots = {row["root_id"] for row in rows if row["path"] == "secret.md"}
    with index.writer():
        assert erasure.revoke(index, "notes", sorted(roots)) == 1
        erasure.rewrite(index)
        erasure.forget(index)
    left = {word for row in rows if row["root_id"] not in roots for word in row["terms"].split()}
    (after,) = _words(flow)
    assert after <= len(left) < before
    assert len(list((flow.folder / "lake/index").glob("chunks_*/_versions/*.manifest"))) == 1
