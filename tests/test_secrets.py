"""What is taken for a secret, by name and by form, and what is not."""

from __future__ import annotations

import pickle
import time
import traceback

import pytest

from doclake.errors import LakeError
from doclake.secrets import holds_a_secret, keeps_secrets, names_a_secret, redact

NAMES = (
    "key Key secret SAS sasToken account_key accountKey connection_string connectionString api_key"
    " APIKey passphrase passwd pwd pw auth oauth pkey headers cookie token aws_session_token"
    " aws_access_key_id AWSAccessKeyId AZURE_STORAGE_KEY client_secret X-Amz-Signature"
    " X-Amz-Security-Token x-amz-credential sig hmac_key dsn private_key sse_customer_key"
    " userPassword Authorization 비밀번호 access-key secretAccessKey SecretAccessKey credentials"
    " ssh_key key_data apitoken userpass conn_string connectionstr basic_auth password2 sign"
    " authentication"
)
HARMLESS_NAMES = (
    "anon endpoint_url region_name client_kwargs config_kwargs signature_version addressing_style"
    " key_filename kms_key_id SSEKMSKeyId username tenant_id client_id account_name passive author"
    " authority tokenizer max_tokens batch_tokens keepalive requester_pays auth_type token_file"
    " public_key bypass compass design monkeypatch"
)
HARMLESS = (
    "s3://bucket/prefix",
    "http://localhost:5000",
    "http://[::1]:9000/x@y",
    "http://localhost:5000/x@y",
    "user@company.com",
    "team:data",
    "tokens",
    "./secrets/tokens/",
    "key=value",
    "key=abc123",
    "s3://bucket/year=2026/key=abc123/",
    "s3://bucket/token=abc123/x",
    "token=abc123/2026",
    "s3://bucket/kim@home.pdf",
    "abfs://container@account.dfs.core.windows.net/folder",
    "file:///data/kim@home/x",
    "file:///kim@home",
    r"C:\kim@home",
    "memory://shelf",
    "https://host/list?page=2&lang=ko&code=KR",
    "docs/@scope/pkg",
    "intfloat/multilingual-e5-small",
    "sk-learn-documentation-of-models",
    "ASIAPACIFICREPORT2024",
    "Bearer certificates of the company",
    "Basic training-2024",
    "Token: expected a word",
    "Cookie: recipes of the canteen",
    "The configured password does not open it: wrong",
    "30 3 * * *",
)


def test_names_are_compared_by_their_words_in_any_spelling() -> None:
    assert [name for name in NAMES.split() if not names_a_secret(name)] == []
    assert [name for name in HARMLESS_NAMES.split() if names_a_secret(name)] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert not holds_a_secret(text)
    assert redact(text) == text
    assert redact(f"{text} cannot be read: OSError: no such file") == (
        f"{text} cannot be read: OSError: no such file"
    )


@pytest.mark.parametrize(
    ("value", "is_secret"),
    [
        ({"key": "x"}, True),
        ({"client_kwargs": {"aws_secret_access_key": "x"}}, True),
        ({"hosts": [{"password": 12345}]}, True),
        ({"headers": {"X-Who": "me"}}, True),
        ({"proxy": "kim:hunter2@proxy:3128"}, True),
        ({"ak": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, True),
        ({"x": "Ab1/" * 21 + "Ab=="}, True),
        ({"token": "anon"}, False),
        ({"token": "google_default"}, False),
        ({"look_for_keys": True, "auth": None, "headers": {}, "key": ""}, False),
        ({"endpoint_url": "http://localhost:9000", "client_kwargs": {"region_name": "x"}}, False),
        ({"config_kwargs": {"signature_version": "s3v4"}}, False),
    ],
)
def test_options_are_judged_by_their_names_at_any_depth(value: object, is_secret: bool) -> None:
    assert holds_a_secret(value) == is_secret


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("403 for s3://k:se/cret@bucket/a", "403 for s3://***@bucket/a"),
        ("GET https://h/a?page=2&sig=ab%2Bc", "GET https://h/a?page=2&sig=***"),
        ("GET https://h/f?code=aB3dE5f", "GET https://h/f?code=***"),
        ("AccountName=a;AccountKey=ab/cd==;x", "AccountName=a;AccountKey=***;x"),
        ("{'aws_secret_access_key': 'ab c'}", "{'aws_secret_access_key': '***'}"),
        ("Authorization: Bearer abc123.def", "Authorization: ***"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n", "***"),
        ("see hooks.slack.com/services/T0/B0/X", "see ***"),
    ],
)
def test_a_message_keeps_all_but_the_secret(text: str, expected: str) -> None:
    assert redact(text) == expected
    assert redact(redact(text)) == expected


def test_values_of_the_environment_are_known_as_secrets_by_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", "q8/abc+def==")
    monkeypatch.setenv("PASSWORD_FILE", "q9/abc+def==")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/home/kim/key1.json")
    monkeypatch.setenv("DOCLAKE_ALERTS__WEBHOOK", "https://hooks.example/services/T1b/a%20b9")
    told = redact("bad q8/abc+def== q8%2Fabc q9/abc+def== /home/kim/key1.json '/services/T1b/a b9'")
    assert told == "bad *** q8%2Fabc q9/abc+def== /home/kim/key1.json '***'"


def test_an_error_keeps_no_secret_in_any_field_and_across_processes() -> None:
    url = "https://kim:hunter2@host/"
    error = LakeError(f"Lost {url}", mend=f"Try {url}", url=url, all=[{"url": (url, 1)}])
    for each in (error, pickle.loads(pickle.dumps(error))):
        assert "hunter2" not in f"{each} {each!r} {each.facts} {each.args}"
        assert each.facts["all"] == [{"url": ("https://***@host/", 1)}]


def _leaks(url: str) -> None:
    try:
        raise OSError(url)
    except OSError as cause:
        raise RuntimeError(f"signed {url}") from cause


def test_an_exception_and_its_causes_leave_without_their_secrets() -> None:
    with pytest.raises(Exception, match="signed") as raised:
        keeps_secrets(_leaks)(f"https://host/?sig=hunter{1 + 1}")
    told = "".join(traceback.format_exception(raised.value))
    assert "RuntimeError: signed https://host/?sig=***" in told
    assert "OSError: https://host/?sig=***" in told
    assert "in _leaks" in told
    assert "hunter2" not in told


def test_an_exception_without_secrets_stays_what_it_is() -> None:
    @keeps_secrets
    def fails() -> None:
        raise KeyError("plain")

    with pytest.raises(KeyError, match="plain"):
        fails()
    assert fails.__name__ == "fails"


def test_redacting_a_message_is_cheap() -> None:
    """Thousands of documents may fail in a run."""

    started = time.process_time()
    for number in range(500):
        redact(f"notes/{number}/report.pdf of source notes cannot be read: OSError: [Errno 5]")
    assert time.process_time() - started < 1
