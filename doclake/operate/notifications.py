"""Notifies people of incidents through a Slack-compatible webhook and the services of apprise.

News that no service accepted is sent again when a source is listed or a run ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from doclake import clock
from doclake.display import shown, shown_lines
from doclake.lake.lake import Lake
from doclake.operate import incidents
from doclake.secrets import redact
from doclake.settings.operations import Alerts
from doclake.tables.incidents import Incident

if TYPE_CHECKING:
    from apprise import Apprise

TIMEOUT_SECONDS = 30.0
NEWS_AGE = timedelta(days=1)  # so that a new webhook does not get a year of incidents
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What people read: `source` and `headline` make one sentence."""

    source: str
    headline: str
    details: str = ""
    good: bool = False


def opening(incident: Incident) -> News:
    message = " ".join((incident["message"] or "").split())
    details = (
        f"{message}\nowner {incident['owner']} · run `{incident['run_id']}` · `doclake incidents`"
    )
    return News(incident["source"], f"({incident['severity']}) {incident['cause']}", details)


def closing(incident: Incident) -> News:
    minutes = (incident["seconds_to_resolve"] or 0.0) / 60
    headline = f"{incident['cause']} is good again after {minutes:.0f} min"
    return News(incident["source"], headline, f"owner {incident['owner']}", good=True)


def escalation(incident: Incident) -> News:
    """That nobody took or solved it in time."""
    hours = (clock.now() - incident["opened_at"]).total_seconds() / 3600
    late = f"is {incident['escalated_for']} after {hours:.0f} h"
    news = opening(incident)
    return News(news.source, f"{news.headline} {late}", news.details)


_NEWS = {"opening": opening, "escalation": escalation, "closing": closing}


def notify(lake: Lake, alerts: Alerts) -> None:
    """Send the news that is not sent yet, oldest first; stop at the first failure until the next
    call. Two processes at once may send the same news; none is lost."""
    if not alerts.are_set:
        return
    for occasion, incident in _unsent(lake):
        if not send(alerts, _NEWS[occasion](incident)):
            return
        incidents.mark_notified(lake, incident, occasion)


def _unsent(lake: Lake) -> Iterator[tuple[incidents.Occasion, Incident]]:
    since = clock.now() - NEWS_AGE
    for incident in reversed(incidents.all_of(lake)):
        opened, resolved = incident["opened_at"], incident["resolved_at"]
        if opened > since and not incident["opening_told_at"]:
            yield "opening", incident
        escalated = incident["escalated_at"]
        if escalated and escalated > since and not (resolved or incident["escalation_told_at"]):
            yield "escalation", incident
        if resolved and resolved > since and not incident["closing_told_at"]:
            yield "closing", incident


def send(alerts: Alerts, news: News) -> bool:
    """True if at least one service accepted the news, so that one that is down makes no other
    repeat itself. A service that does not accept, or whose URL makes its library fail, is logged
    without its URL. Nothing is raised."""
    safe = News(shown(news.source), shown(news.headline), shown_lines(news.details), good=news.good)
    accepted = [_tried(alerts, safe, send_to) for send_to in (_to_services, _to_webhook)]
    return any(accepted)


def _tried(alerts: Alerts, news: News, send_to: Callable[[Alerts, News], bool]) -> bool:
    try:
        with _libraries_silenced():
            return send_to(alerts, news)
    except Exception as error:  # the text of the error repeats the URL
        _log.warning("The news could not be sent: %s", type(error).__name__)
        return False


@contextmanager
def _libraries_silenced() -> Iterator[None]:
    """At the level DEBUG they log whole URLs."""
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.propagate = propagate


def _to_services(alerts: Alerts, news: News) -> bool:
    from apprise import Apprise

    urls = [url.get_secret_value() for url in alerts.urls]
    if not urls:
        return False
    services = Apprise()
    services.add(urls)
    title = f"{news.source} {news.headline}"
    return _post(services, news.details or title, title, news.good, urls)


def _to_webhook(alerts: Alerts, news: News) -> bool:
    from apprise import Apprise

    if alerts.webhook is None:
        return False
    url = alerts.webhook.get_secret_value()
    webhook = Apprise()
    webhook.add(_slack_compatible(url))
    mark = ":white_check_mark:" if news.good else ":rotating_light:"
    source, headline, details = map(_in_slack, (news.source, news.headline, news.details))
    return _post(webhook, f"{mark} *{source}* {headline}\n{details}".rstrip(), "", news.good, [url])


def _in_slack(text: str) -> str:
    """`<!channel>` in a name would call everybody, and `<https://...|text>` be a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(services: Apprise, body: str, title: str, good: bool, secrets: list[str]) -> bool:
    from apprise import NotifyFormat, NotifyType

    kind = NotifyType.SUCCESS if good else NotifyType.FAILURE
    with services.notify(body, title, kind, NotifyFormat.TEXT, timeout=TIMEOUT_SECONDS) as results:
        for service in results:
            if not any(service):
                why = "; ".join(entry.message for entry in service.logs()) or "no answer"
                said = shown(redact(why, *secrets))
                _log.warning("%s could not be reached: %s", service.name, said)
        return any(any(service) for service in results)


def _slack_compatible(url: str) -> dict[str, object]:
    """apprise's `slack://` knows slack.com only. Its `json://` posts `{"text": ...}` to any URL
    once the body is renamed and its other fields are left out (an empty new name)."""
    parts = urlsplit(url)
    left_out = dict.fromkeys(("version", "title", "attachments", "type"), "")
    return {
        "schema": "jsons" if parts.scheme == "https" else "json",
        "host": parts.netloc.rpartition("@")[2],
        "user": parts.username,
        "password": parts.password,
        "fullpath": f"{parts.path}?{parts.query}" if parts.query else parts.path,
        "payload": {"message": "text", **left_out},
    }
