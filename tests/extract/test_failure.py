"""Whatever is raised for a document is its failure alone; so is a temporary folder without room."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys

import pytest

from doclake import errors
from doclake.extract.extractor import Extractor
from doclake.settings import Limits

_IN_A_FULL_FOLDER = """
import io, json, sys, zipfile
from doclake import ids
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits

def document(path, data):
    facts = ("s", "00", ids.doc_id("s", path), path, ExtractRecipe())
    return Document(*facts, lambda: io.BytesIO(data), size=len(data))

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("large.txt", "harbour " * 60_000)
    archive.writestr("small.txt", "The harbour closes.")
sentence = b"The harbour closes at noon. "
short = [document(f"{n}.txt", (b"%d " % n + sentence) * 1_500) for n in range(20)]
large = document("large.txt", sentence * 80_000)
container = document("a.zip", packed.getvalue())
with Extractor(Limits(), 1) as extractor:
    told = {
        each.path: each.error and [each.error.code, each.error.mend]
        for tree in extractor.extract([*short, large, container, document("b.txt", sentence)])
        for each in tree
    }
print(json.dumps(told))
"""


def test_a_temporary_folder_that_is_too_small_fails_each_document_that_does_not_fit(tmp_path):
    """One of 4 MB, of which 0.7 MB are free: room for each short text, not for a batch of them."""
    prepare = "mount -t tmpfs -o size=4m none $0 && head -c 3300000 /dev/zero > $0/filler"
    spaces = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*spaces, prepare, tmp_path]).returncode:
        pytest.skip("this user may mount nothing")
    run = [*spaces, f'{prepare} && exec "$@"', tmp_path, sys.executable, "-c", _IN_A_FULL_FOLDER]
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(run, env=environment, stdout=subprocess.PIPE, check=True).stdout
    told = json.loads(said)
    assert len(told) == 25
    failed = {path: error for path, error in told.items() if error}
    no_space = ["no_space", errors.NoSpace.default_mend]
    assert failed == {"large.txt": no_space, "a.zip!/large.txt": no_space}


def test_whatever_is_raised_for_a_document_is_its_failure_alone(odd_parsers, document):
    """Errors of ours too: here a password that cannot be sent, which no caller may give."""
    texts = [document("text a"), document("text b", password=object()), document("text c")]
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        first, second, third = (tree[0].error for tree in extractor.extract(texts))
    assert (first, third) == (None, None)
    assert type(second) is errors.ParserFailed
    assert second.facts == {"exception": "TypeError"}


def test_what_a_sources_library_says_is_cleaned(odd_parsers, document):
    def opened() -> io.BytesIO:
        raise FileNotFoundError("no file \udcff\x1b[2J here\n")

    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        ((failed,),) = extractor.extract([document("x", open=opened)])
    assert failed.error.message == "It could not be read: no file \ufffd[2J here"
    assert failed.error.__traceback__ is failed.error.__cause__ is None
