"""People are told through a webhook and by mail; a dead service harms nothing. The servers are
real ones of this machine."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header

import pytest
from pydantic import SecretStr

from doclake.lake.lake import Lake
from doclake.operate import incidents, notifications
from doclake.operate.notifications import closing, opening, send
from doclake.settings.operations import Alerts

INCIDENT = {
    "source": "notes",
    "severity": "critical",
    "cause": "run",
    "message": "The run failed: no space left. 한글",
    "owner": "team:data",
    "run_id": "r1",
    "seconds_to_resolve": 600.0,
}


def _texts(hook):
    return [body["text"] for _, _, body in hook.posted]


def test_an_incident_is_told_as_slack_understands_it(hook):
    assert send(Alerts(webhook=f"{hook.url}?thread=7"), opening(INCIDENT))
    ((path, kind, body),) = hook.posted
    assert (path, kind) == ("/hook?thread=7", "application/json")
    assert body == {
        "text": ":rotating_light: *notes* (critical) run\nThe run failed: no space left. 한글\n"
        "owner team:data · run `r1` · `doclake incidents`"
    }


def test_a_name_in_an_incident_calls_nobody_and_is_no_link(hook):
    message = "<!channel> & <https://x.example|x>\x1b[2J\nowner nobody"
    assert send(Alerts(webhook=hook.url), opening(INCIDENT | {"message": message}))
    (text,) = _texts(hook)
    assert r"&lt;!channel&gt; &amp; &lt;https://x.example|x&gt;\x1b[2J owner nobody" in text
    assert text.count("\nowner") == 1


ODD = [
    "http://127.0.0.1:1/services/HUNTER2 TOKEN",
    "http://127.0.0.1:1/services/HUNTER2\nTOKEN",
    "http://127.0.0.1:1/services/HUNTER2É",
    "http://[::1/services/HUNTER2",
    "http://127.0.0.1:99999/services/HUNTER2",
    "http://127.0.0.1:port/services/HUNTER2",
    "http://a..b/services/HUNTER2",
    f"http://{'a' * 70}.example/services/HUNTER2",
    "http://.example/services/HUNTER2",
    "http:///services/HUNTER2",
    "services/HUNTER2",
    "",
]


@pytest.mark.parametrize("url", ODD)
def test_an_odd_webhook_raises_nothing_and_shows_no_part_of_its_path(url, caplog, capfd):
    """Settings refuse most of these; whatever comes here, a run goes on."""
    caplog.set_level("DEBUG")
    for alerts in (
        Alerts.model_construct(webhook=SecretStr(url), urls=()),
        Alerts.model_construct(webhook=None, urls=(SecretStr(url.replace("http", "json")),)),
    ):
        assert not send(alerts, opening(INCIDENT))
    told = caplog.text + "".join(capfd.readouterr())
    assert "HUNTER2" not in told
    assert "services/" not in told


@pytest.mark.parametrize("url", [url for url in ODD if url])
def test_an_odd_webhook_is_refused_without_showing_it(url):
    try:
        Alerts(webhook=url)
    except ValueError as error:
        assert "HUNTER2" not in f"{error}{error!r}"
    else:
        assert url.startswith("http://")


def test_blanks_around_a_webhook_are_no_part_of_it(hook):
    assert send(Alerts(webhook=f" {hook.url}\n"), opening(INCIDENT))


def test_its_end_is_told_with_how_long_it_took(hook):
    assert send(Alerts(webhook=hook.url), closing(INCIDENT))
    assert _texts(hook) == [
        ":white_check_mark: *notes* run is good again after 10 min\nowner team:data"
    ]


def test_an_incident_and_its_end_are_told_by_mail(mail_server):
    alerts = Alerts(urls=mail_server.url)
    assert send(alerts, opening(INCIDENT))
    assert send(alerts, closing(INCIDENT))
    opened, closed = mail_server.messages
    assert str(make_header(decode_header(opened["Subject"]))) == "notes (critical) run"
    assert opened["To"] == "kim@noeul.example"
    assert "no space left. 한글" in opened.get_payload(decode=True).decode()
    assert "run is good again after 10 min" in closed["Subject"]


def test_the_webhook_and_every_url_hear_of_it(hook, mail_server):
    json_url = hook.url.replace("http://", "json://")
    alerts = Alerts(webhook=hook.url, urls=f"{mail_server.url}, {json_url}")
    assert send(alerts, opening(INCIDENT))
    assert len(mail_server.messages) == 1
    assert len(hook.posted) == 2


def test_without_a_webhook_or_a_url_nobody_is_told():
    assert not send(Alerts(), opening(INCIDENT))


@pytest.mark.parametrize("status", [404, 500])
def test_a_webhook_that_refuses_is_logged_and_harms_nothing(hook, status, caplog):
    hook.status = status
    assert not send(Alerts(webhook=hook.url), opening(INCIDENT))
    assert str(status) in caplog.text


def test_what_is_not_there_is_logged_without_its_secret_and_harms_nothing(nobody, caplog):
    alerts = Alerts(
        webhook=f"http://kim:hunter2@{nobody}/hunter2",
        urls=f"mailto://kim:hunter2@{nobody}?from=kim@noeul.example",
    )
    assert not send(alerts, opening(INCIDENT))
    assert caplog.text.count("could not be reached") == 2
    assert "hunter2" not in caplog.text


def test_what_nobody_took_is_told_later_and_once(hook, tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    alerts = Alerts(webhook=hook.url)
    _open(lake, "notes")
    hook.status = 500
    notifications.notify(lake, alerts)
    incidents.resolve(lake, "notes", incidents.RUN, "r2")
    hook.status = 200
    hook.posted.clear()
    for _ in range(2):
        notifications.notify(lake, alerts)
    opened, closed = _texts(hook)
    assert "no space left" in opened
    assert "good again" in closed


def test_what_one_of_two_took_is_told_and_not_repeated(hook, mail_server, tmp_path, caplog):
    lake = Lake(str(tmp_path / "lake"))
    _open(lake, "notes")
    hook.status = 500
    for _ in range(2):
        notifications.notify(lake, Alerts(webhook=hook.url, urls=mail_server.url))
    assert len(mail_server.messages) == len(hook.posted) == 1
    assert "JSON could not be reached" in caplog.text


def test_incidents_of_long_ago_are_no_news_to_a_new_webhook(hook, tmp_path, monkeypatch):
    lake = Lake(str(tmp_path / "lake"))
    _open(lake, "notes")
    monkeypatch.setattr(notifications, "NEWS_AGE", timedelta(0))
    notifications.notify(lake, Alerts(webhook=hook.url))
    assert hook.posted == []


def _open(lake: Lake, source: str) -> None:
    told = {name: INCIDENT[name] for name in ("owner", "message", "run_id")}
    incidents.raise_incident(lake, source, incidents.RUN, failed_at=datetime.now(UTC), **told)


@pytest.mark.parametrize("answer", [b"", b"this is not HTTP\r\n\r\n", b"HTTP/1.1 200\r\n\r\n"])
def test_a_webhook_that_speaks_no_http_or_never_answers_harms_nothing(monkeypatch, answer):
    if not answer:
        monkeypatch.setattr(notifications, "TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, answer))
        thread.start()
        alerts = Alerts(webhook=f"http://127.0.0.1:{server.getsockname()[1]}/")
        started = time.monotonic()
        told = send(alerts, opening(INCIDENT))
        assert time.monotonic() - started < 20
        thread.join()
    assert told == answer.startswith(b"HTTP/1.1 200")


def _answer(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection, suppress(ConnectionResetError):
        connection.recv(1 << 16)
        if answer:
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):  # until the caller hangs up
            pass
