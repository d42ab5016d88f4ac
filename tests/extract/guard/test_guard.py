"""One bad document harms nobody: every way a parser can end, through the real guarded worker."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from doclake import errors
from doclake.extract import format_versions
from doclake.extract.extractor import Extractor
from doclake.extract.guard import guard
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


def test_a_hanging_parser_is_killed_at_its_time_and_counts_only_running_time(extract):
    started = time.monotonic()
    trees = extract("hang", "text a", "hang", "text b", workers=1, timeout_seconds=0.5)
    seconds = time.monotonic() - started
    assert [type(t[0].error) for t in trees] == [
        errors.ParserTimeout,
        type(None),
        errors.ParserTimeout,
        type(None),
    ]
    assert seconds < 10
    assert 0.5 <= trees[0][0].seconds < 2


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


def needs(protection: str) -> None:
    if not guard.protections()[protection]:
        pytest.skip(f"this machine cannot give: {protection}")


def test_a_parser_reads_no_file_of_the_user(extract, tmp_path):
    needs("files_confined")
    secret = tmp_path / "secret"
    secret.write_text("x")
    orders = [f"read {secret}", "read /etc/passwd", f"read {Path(sys.prefix) / 'pyvenv.cfg'}"]
    said = [text_of(t[0])[0] for t in extract(*orders[:2])]
    assert said == ["refused: PermissionError"] * 2


def test_a_parser_sees_no_other_document(extract):
    needs("files_confined")
    neighbour, spy = extract("slow 1", "spy", workers=2)
    assert text_of(neighbour[0]) == ["done"]
    assert text_of(spy[0]) == ["read 1"]  # its own


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


def test_a_file_beyond_the_limit_is_not_written(extract):
    said = text_of(only(extract("file 40000000", output_mb=1, archive_mb=8)))
    assert said == ["refused: OSError"]


def _running(word: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_text("utf-8", "replace"):
                found.append(folder.name)
        except OSError:
            continue
    return found


def _comes_true(condition: Callable[[], bool]) -> bool:
    """Processes of others end without an event that could be awaited here."""
    deadline = time.monotonic() + 20
    while not (true := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return true


def _workspaces(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("doclake-*")]


def test_closing_leaves_no_process_and_no_folder(odd_parsers, document, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    extractor = Extractor(Limits(), 2, **odd_parsers)
    trees = extractor.extract([document("text a"), document("hang"), document("hang")])
    iterator = iter(trees)
    assert _workspaces(tmp_path)
    extractor.close()
    assert not _workspaces(tmp_path)
    assert not _running(str(tmp_path))
    del iterator


_PARENT = """
import io, json, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs behind
sys.path[:] = json.loads(sys.argv[1])
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits
def d(text, name):
    return Document("s", "00", name, name, ExtractRecipe(), lambda: io.BytesIO(text))
extractor = Extractor(Limits(), 2, detect="odd_parsers:media_type", load="odd_parsers:load")
print("ready", flush=True)
try:
    for tree in extractor.extract([d(b"hang", "a"), d(b"hang", "b")]):
        print(tree)
finally:
    extractor.close()
"""


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT])
def test_whatever_ends_the_parent_no_worker_and_no_folder_stays(odd_parsers, tmp_path, death):
    told = tmp_path / "stderr"
    command = [sys.executable, "-X", "faulthandler", "-c", _PARENT, json.dumps(sys.path)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with (
        told.open("w") as stderr,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr) as parent,
    ):
        assert parent.stdout.readline() == b"ready\n"
        assert _comes_true(lambda: len(_running(str(tmp_path))) == 3)  # a supervisor, two workers
        parent.send_signal(death)
        try:
            parent.wait(20)
        except subprocess.TimeoutExpired:
            parent.send_signal(signal.SIGABRT)  # where do its threads stand?
            parent.wait()
            pytest.fail(told.read_text())
    assert _comes_true(lambda: not _running(str(tmp_path)) and not _workspaces(tmp_path))


def test_a_killed_supervisor_is_replaced(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        trees = extractor.extract(document("text a", str(i)) for i in range(8))
        assert text_of(next(trees)[0]) == ["a"]
        (supervisor,) = _running(str(extractor._guard._workspace))[:1]
        os.kill(int(supervisor), signal.SIGKILL)
        outcomes = [tree[0] for tree in trees]
    assert text_of(outcomes[-1]) == ["a"]
    assert {type(o.error) for o in outcomes} <= {type(None), errors.ParserCrashed}


def test_a_parser_cannot_name_a_row_that_is_not_its_own(extract):
    forged, after = extract("forge 99", "text well")
    assert type(forged[0].error) is errors.ParserCrashed
    assert text_of(after[0]) == ["well"]


def test_a_parser_that_does_not_come_back_has_told_the_format(odd_parsers, document):
    """So a mended reader meets the documents that it once hung on."""
    with Extractor(Limits(timeout_seconds=0.5), 1, **odd_parsers) as extractor:
        trees = extractor.extract([document("hang", "a.txt"), document("hang", "a.strange")])
        (told,), (unknown,) = trees
    fingerprints = format_versions.fingerprints_of(ExtractRecipe())
    assert (told.media_type, told.recipe) == ("text/plain", fingerprints["text/plain"])
    assert (unknown.media_type, unknown.recipe) == (None, fingerprints[None])
