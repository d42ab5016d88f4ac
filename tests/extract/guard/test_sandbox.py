"""What a parser cannot do once its document has taken it over, and machines that cannot stop it."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doclake.extract.extractor import Extractor
from doclake.extract.guard import guard
from doclake.settings import Limits

LINUX = sys.platform.startswith("linux")


def only(trees):
    ((document,),) = trees
    return document


def text_of(document) -> list[str]:
    assert document.error is None, document.error
    return document.elements["text"].to_pylist()


def needs(protection: str) -> None:
    if not guard.protections()[protection]:
        pytest.skip(f"this machine cannot give: {protection}")


def test_a_parser_reads_no_file_of_the_user(extract, tmp_path):
    needs("files_confined")
    secret = tmp_path / "secret"
    secret.write_text("x")
    said = [text_of(t[0])[0] for t in extract(f"read {secret}", "read /etc/passwd")]
    assert all(text.startswith("refused") for text in said)


def test_a_parser_sees_no_other_document(odd_parsers, document):
    needs("files_confined")
    with Extractor(Limits(), 2, **odd_parsers) as extractor:
        workspace = extractor._guard._workspace.path

        def spying() -> io.BytesIO:
            while not (others := list(workspace.glob("*/document"))):
                time.sleep(0.01)
            return io.BytesIO(f"read {others[0]}".encode())

        neighbour, spy = extractor.extract([document("slow 1"), document("", "b", open=spying)])
    assert text_of(neighbour[0]) == ["done"]
    assert text_of(spy[0]) == ["refused: PermissionError"]


def test_a_parser_cannot_find_the_folder_of_another(extract):
    needs("files_confined")
    assert text_of(only(extract("list ../.."))) == ["refused: PermissionError"]


def test_a_parser_learns_of_no_file_of_the_user_that_it_is_there(extract, tmp_path):
    needs("files_hidden")
    orders = [f"stat {tmp_path}", "stat /etc/passwd", f"stat {Path.home()}/.profile", "stat log"]
    *outside, own = [text_of(t[0])[0] for t in extract(*orders)]
    assert outside == ["refused: FileNotFoundError"] * 3
    assert own.startswith("did")


def test_root_gives_up_its_privileges(extract):
    """All but that of reading code which belongs to another user."""
    if not LINUX:
        pytest.skip("this system knows no capabilities")
    status = dict(line.split(":", 1) for line in text_of(only(extract("status"))))
    held = [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh")]
    assert all(bits & ~(1 << 2) == 0 for bits in held)


def test_a_parser_writes_only_in_its_own_folder(extract, tmp_path):
    needs("files_confined")
    outside = tmp_path / "outside"
    orders = [f"write {outside}", "write ../../escaped", "write inside", f"link {outside}"]
    said = [text_of(t[0])[0] for t in extract(*orders)]
    assert [s.split()[0] for s in said] == ["refused:", "refused:", "did", "refused:"]
    assert not outside.exists()


def test_a_parser_reaches_no_network(extract):
    needs("no_network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert text_of(only(extract(f"network {port}"))) == ["refused: PermissionError"]


def test_the_kernel_confirms_the_filter(extract):
    needs("no_programs")
    status = dict(line.split(":", 1) for line in text_of(only(extract("status"))))
    assert status["Seccomp"].strip() == "2"
    assert status["NoNewPrivs"].strip() == "1"


def test_a_parser_starts_no_program(extract):
    needs("no_programs")
    said = [text_of(t[0])[0] for t in extract("start", "fork")]
    assert all(s.startswith("refused") for s in said)


def test_a_parser_cannot_signal_its_parent(extract):
    needs("signals_confined")
    assert text_of(only(extract(f"signal {os.getpid()}"))) == ["refused: PermissionError"]


_WITHOUT_A_CALL = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
import pyseccomp
rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
rules.add_rule(pyseccomp.ERRNO(1), sys.argv[3])
rules.load()
from pathlib import Path
from doclake import errors
from doclake.extract.extractor import extract_file
from doclake.settings import ExtractRecipe, Limits
note = Path(sys.argv[2])
(document,) = extract_file(note, ExtractRecipe(), Limits())
print(document.error, document.elements["text"].to_pylist())
try:
    extract_file(note, ExtractRecipe(), Limits(require_sandbox=True))
except errors.SandboxMissing as error:
    print(error.facts["missing"], bool(error.mend))
"""


@pytest.mark.parametrize("call", ["unshare", "mount"])
def test_a_machine_that_cannot_confine_parsers_parses_only_where_not_all_is_required(
    tmp_path, call
):
    needs("calls_confined")  # by which the machine below is made to lack one
    note = tmp_path / "note.txt"
    note.write_text("A note.")
    command = [sys.executable, "-c", _WITHOUT_A_CALL, json.dumps(sys.path), str(note), call]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["None ['A note.']", "['files_hidden'] True"]


def test_a_machine_that_gives_all_parses_where_all_is_required(extract):
    for protection in guard.protections():
        needs(protection)
    assert text_of(only(extract("text a", require_sandbox=True))) == ["a"]
