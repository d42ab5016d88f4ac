"""Secrets are planted wherever one may stand, and looked for wherever anything is written, by the
real commands. Every secret is another one: what is found names its place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

import dagster as dg
import fsspec
import pyarrow.parquet as pq
import pytest
import yaml
from fsspec.spec import AbstractFileSystem

from doclake.secrets import keeps_secrets

Command = Callable[..., int]
SECRET = re.compile(rb"hunter\d{3}zq", re.IGNORECASE)
NUMBERS = count()
COMMANDS = cycle([["status"], ["ingest"], ["search", "spade"], ["doctor"], ["failures"], ["check"]])


def secret() -> str:
    return f"HUNTER{next(NUMBERS):03d}ZQ"


def found_in(told: str) -> list[bytes]:
    """Secrets in what was told, also where a line break stands in one."""
    return SECRET.findall("".join(told.split()).encode())


URLS = (
    "s3://AKIA7:{}/ret@bucket/p",
    "https://{}@127.0.0.1/x",
    "HTTPS://kim:{}@127.0.0.1/x",
    "FTP://kim:{}@127.0.0.1/x",
    "sftp://kim:pa ss{}@127.0.0.1/x",
    "zip://inner::s3://kim:{}@bucket/y.zip",
    "https:/kim:{}@127.0.0.1",
    "kim:{}@127.0.0.1/documents",
    "https://127.0.0.1/c?sig={}",
    "https://127.0.0.1/c?X-Amz-Algorithm=x&X-Amz-Signature={}",
    "https://127.0.0.1/c?list=1&access_token={}",
    "https://127.0.0.1/c#token={}",
    "https://hooks.slack.com/services/T0/B0/{}",
    "abfs://container:{}@account.dfs.core.windows.net/x",
)
OPTIONS = (
    "account_key connection_string api_key passphrase passwd pwd auth pkey headers Key SAS sasToken"
    " aws_session_token client_secret cookies credential x-amz-signature dsn Authorization"
    " sse_customer_key private_key token"
)
TEXTS = (
    "AccountName=a;AccountKey={}==;EndpointSuffix=core.windows.net",
    "Server=db;Uid=sa;Pwd={};",
    "host=db password={} user=kim",
    "AKIA{}7EXAMPLE",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJ{}x.abc",
    "Bearer {}",
    "Authorization: Basic {}==",
    "ghp_{}abcdefghijklmnopqrstu",
    "xoxb-1234-{}",
    '{{"type": "service_account", "private_key": "{}"}}',
    "?sv=2022-11-02&sig={}",
    "postgresql+psycopg2://doclake:{}@db/dagster",
)
NO_YAML = (
    "sources: [{}\nlake: {{",
    "lake: *{}",
    "lake: !{} x",
    "lake: 'it is {}",
    "{}: : :",
    "lake: !!int {}",
    "- {}",
    "alerts:\n  webhook:https://127.0.0.1/{}\n",
)
WEBHOOKS = (
    "hooks.example/services/{}",
    "http://127.0.0.1:1/services/{} TOKEN",
    "http://127.0.0.1:1/services/{}\nTOKEN",
    "http://[::1/{}",
    "http://127.0.0.1:1/{}É",
    "http://127.0.0.1:99999/{}",
    "ftp://127.0.0.1/{}",
    "http:///{}",
)
SERVICES = (
    "carrier-pigeon://kim:{}@roof",
    '["json://127.0.0.1:1/{}"',
    '[1, "{}"]',
    '{{"urls": "{}"}}',
    "{}",
)


def in_a_source(**keys: Any) -> str:
    return yaml.safe_dump({"sources": {"notes": {"url": "documents", **keys}}}, allow_unicode=True)


def planted() -> Iterator[tuple[str, dict[str, str]]]:
    """(doclake.yaml, variables) with a secret in one place."""
    for url in URLS:
        yield in_a_source(url=url.format(secret())), {}
        yield in_a_source(storage_options={"client_kwargs": {"proxy": url.format(secret())}}), {}
    for name in OPTIONS.split():
        yield in_a_source(storage_options={name: secret()}), {}
        yield in_a_source(storage_options={"hosts": [{"x": {name: {"inner": secret()}}}]}), {}
    for text in TEXTS:
        yield in_a_source(description=text.format(secret())), {}
        yield in_a_source(include=["*.pdf", text.format(secret())]), {}
        yield in_a_source(access=[text.format(secret())]), {}
        yield in_a_source(owner=text.format(secret())), {}
        yield in_a_source(password=text.format(secret())), {}
        yield yaml.safe_dump({"lake": text.format(secret())}), {}
        yield yaml.safe_dump({"embedding": {"model": text.format(secret())}}), {}
        yield in_a_source(buckets=text.format(secret())), {}
        yield in_a_source(storage_options=[text.format(secret())]), {}
        yield in_a_source(**{text.format(secret()): 1}), {}
        yield yaml.safe_dump({"sources": {text.format(secret()): {"url": "documents"}}}), {}
    for text in NO_YAML:
        yield text.format(secret()), {}
    for url in (*URLS, *WEBHOOKS):
        yield yaml.safe_dump({"alerts": {"webhook": url.format(secret())}}), {}
        yield yaml.safe_dump({"alerts": {"WebHook": url.format(secret())}}), {}
        yield yaml.safe_dump({"alerts": url.format(secret())}), {}
        yield in_a_source(), {"DOCLAKE_ALERTS": f'{{"webhook": ["{url.format(secret())}"]}}'}
        yield in_a_source(), {"DOCLAKE_SOURCES": f'{{"notes": "{url.format(secret())}"}}'}
    for url in WEBHOOKS:
        yield in_a_source(), {"DOCLAKE_ALERTS__WEBHOOK": url.format(secret())}
    for text in SERVICES:
        yield in_a_source(), {"DOCLAKE_ALERTS__URLS": text.format(secret())}
        yield in_a_source(), {"DOCLAKE_ALERTS": text.format(secret())}
    for url in URLS:
        yield in_a_source(), {"DOCLAKE_SOURCES__NOTES__URL": url.format(secret())}
        yield in_a_source(), {"DOCLAKE_LAKE": url.format(secret())}
    yield in_a_source(), {"DOCLAKE_SOURCES__NOTES__STORAGE_OPTIONS": f'{{"key": "{secret()}"}}'}
    yield in_a_source(), {"DOCLAKE_SOURCES__NOTES__STORAGE_OPTIONS__PASSWD": secret()}


@pytest.mark.slow
def test_no_command_repeats_a_secret_that_stands_in_the_settings(
    command: Command, flow: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    number = 0
    for text, variables in planted():
        (flow.folder / "doclake.yaml").write_text(text, "utf-8")
        with monkeypatch.context() as environment:
            for name, value in variables.items():
                environment.setenv(name, value)
            arguments = next(COMMANDS)
            code = command(*arguments)
        printed = "".join(capfd.readouterr())
        told = printed + caplog.text
        caplog.clear()
        assert not found_in(told), (text, variables, told)
        assert code == (1 if arguments == ["check"] else 2), (text, variables, told)
        # Not in the log, in which threads of earlier tests may still tell of their servers' end.
        assert "Traceback" not in printed, (text, variables, printed)
        number += 1
    assert number > 300


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (in_a_source(storage_options={"account_key": "HUNTER901ZQ"}), {}),
        ("lake: [https://kim:HUNTER902ZQ@127.0.0.1\n{", {}),
        (in_a_source(), {"DOCLAKE_ALERTS__WEBHOOK": "hooks.example/services/HUNTER903ZQ"}),
    ],
)
def test_the_installed_command_repeats_no_secret(
    flow: Any, repository: Path, text: str, variables: dict[str, str]
) -> None:
    (flow.folder / "doclake.yaml").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "doclake_dagster.pipelines.cli", "status"],
        cwd=flow.folder,
        env=os.environ | {"PYTHONPATH": str(repository)} | variables,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert b"expected:" in done.stderr
    assert not found_in((done.stdout + done.stderr).decode())


def test_what_no_command_foresees_is_told_with_its_traceback_and_without_secrets(
    command: Command, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    url = f"https://kim:{secret()}@127.0.0.1/"
    (Path(os.environ["DAGSTER_HOME"]) / "dagster.yaml").write_text(f"nux: {url}\n")
    assert command("ingest") == 1
    told = "".join(capfd.readouterr())
    assert "Traceback" in told
    monkeypatch.setenv("DAGSTER_HOME", url)
    assert (command("ingest"), command("check")) == (2, 1)
    told += "".join(capfd.readouterr())
    assert "https://***@127.0.0.1/" in told
    assert not found_in(told)


class Leaky(AbstractFileSystem):
    """A store whose library repeats URLs and keys in its errors, as many do."""

    protocol = "leaky"
    cachable = False
    signed = "https://127.0.0.1/a.txt?X-Amz-Credential={}&X-Amz-Signature={}"

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[dict[str, Any]]:
        if path.rstrip("/").endswith("closed"):
            raise PermissionError(f"403 for https://kim:{secret()}@127.0.0.1/?sig={secret()}")
        names = ["signed.txt", "key.txt", "connection.txt"]
        return [{"name": f"{path.rstrip('/')}/{n}", "size": 9, "type": "file"} for n in names]

    def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        if path.endswith("signed.txt"):
            raise OSError("x" * 170 + self.signed.format(secret(), secret()))
        if path.endswith("key.txt"):
            raise OSError(f"denied: {KEY} of {HOOK}")
        raise OSError(f"AccountName=a;AccountKey={secret()}/{secret()}==;") from OSError(secret())


KEY = f"wJalr/{secret()}/bPxRfiCY"
HOOK = f"http://127.0.0.1:1/services/{secret()}/{secret()}"


@pytest.mark.slow
def test_a_run_over_libraries_that_repeat_secrets_leaves_none(
    command: Command, flow: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    fsspec.register_implementation("leaky", Leaky, clobber=True)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("DOCLAKE_ALERTS__WEBHOOK", HOOK)
    monkeypatch.setenv("DOCLAKE_ALERTS__URLS", f"json://127.0.0.1:1/{secret()}")
    monkeypatch.setenv("DOCLAKE_PASSWORD", secret())
    source = {"access": ["everyone"], "buckets": 1}
    flow.configure(
        sources={
            "open": {"url": "leaky://shelf", **source},
            "closed": {"url": "leaky://shelf/closed", **source},
        }
    )
    codes = [command("ingest"), command("ingest", "--dry-run"), command("status")]
    for told in (["doctor"], ["failures"], ["incidents"], ["search", "spade"], ["check"]):
        codes += [command(*told), command(*told, "--json")]
    codes += [command("extract", str(flow.documents / "broken.pdf"))]
    told = "".join(capfd.readouterr())
    assert codes[0] == 3
    assert "connection.txt" in told
    assert "could not be reached" in told + caplog.text
    assert not found_in(told + caplog.text), told
    _holds_no_secret(flow.folder)


def _holds_no_secret(folder: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".db" for file in files)
    assert any(file.suffix == ".parquet" for file in files)
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".parquet":
            content += str(pq.read_table(file).to_pylist()).encode()
        assert not SECRET.search(content), (file, SECRET.findall(content))


def test_what_a_step_raises_unforeseen_is_stored_without_its_secrets(tmp_path: Path) -> None:
    @dg.op
    @keeps_secrets
    def broken() -> None:
        try:
            raise OSError(f"403 for https://kim:{secret()}@127.0.0.1/")
        except OSError as cause:
            raise KeyError(f"https://127.0.0.1/?sig={secret()}") from cause

    @dg.job
    def job() -> None:
        broken()

    home = dg.DagsterInstance.local_temp(str(tmp_path))
    with home as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        (failure,) = [event for event in result.all_events if event.is_step_failure]
    error = failure.step_failure_data.error
    assert error is not None
    told = error.to_string()
    assert "KeyError" in told
    assert "403 for https://***@127.0.0.1" in told
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or not SECRET.search(file.read_bytes()), file
