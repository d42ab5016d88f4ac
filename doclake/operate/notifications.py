"""Telling people of incidents: a Slack-compatible webhook, and whatever apprise can reach.

What nobody took is sent again, whenever a source is listed or a run has ended.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from doclake import clock
from doclake.lake.lake import Lake
from doclake.operate import incidents
from doclake.settings.operations import Alerts
from doclake.tables.incidents import Incident

if TYPE_CHECKING:
    from apprise import Apprise

TIMEOUT_SECONDS = 30.0
NEWS = timedelta(days=1)  # older is none: nobody wants a year of it when a webhook is set up
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What people are told: `source` and `headline` make one sentence."""

    source: str
    headline: str
    details: str = ""
    good: bool = False


def opening(incident: Incident) -> News:
    details = (
        f"{incident['message']}\nowner {incident['owner']} · run `{incident['run_id']}` · "
        f"`doclake incidents`"
    )
    return News(incident["source"], f"({incident['severity']}) {incident['cause']}", details)


def closing(incident: Incident) -> News:
    minutes = (incident["seconds_to_resolve"] or 0.0) / 60
    headline = f"{incident['cause']} is good again after {minutes:.0f} min"
    return News(incident["source"], headline, good=True)


def tell(lake: Lake, alerts: Alerts) -> None:
    """Send what people were not told yet, oldest first; at the first failure wait for the next
    call. Two processes at once may both send one; none is lost."""
    if not alerts.are_set:
        return
    for which, incident in _untold(lake):
        if not send(alerts, (opening if which == "opening" else closing)(incident)):
            return
        incidents.mark_told(lake, incident, which)


def _untold(lake: Lake) -> Iterator[tuple[incidents.Occasion, Incident]]:
    since = clock.now() - NEWS
    for incident in reversed(incidents.all_of(lake)):
        opened, resolved = incident["opened_at"], incident["resolved_at"]
        if opened > since and not incident["opening_told_at"]:
            yield "opening", incident
        if resolved and resolved > since and not incident["closing_told_at"]:
            yield "closing", incident


def send(alerts: Alerts, news: News) -> bool:
    """True if at least one took it: a service that is down shall not make the others repeat
    themselves. Whoever did not take it is logged, and stops no run."""
    from apprise import Apprise

    services, webhook = Apprise(), Apprise()
    services.add([url.get_secret_value() for url in alerts.urls])
    if alerts.webhook:
        webhook.add(_slack_compatible(alerts.webhook.get_secret_value()))
    title = f"{news.source} {news.headline}"
    mark = ":white_check_mark:" if news.good else ":rotating_light:"
    marked = f"{mark} *{news.source}* {news.headline}\n{news.details}".rstrip()
    taken = [
        _notify(services, news.details or title, title, news.good),
        _notify(webhook, marked, "", news.good),
    ]
    return any(taken)


def _notify(services: Apprise, body: str, title: str, good: bool) -> bool:
    from apprise import NotifyFormat, NotifyType

    kind = NotifyType.SUCCESS if good else NotifyType.FAILURE
    with services.notify(body, title, kind, NotifyFormat.TEXT, timeout=TIMEOUT_SECONDS) as results:
        for service in results:
            if not any(service):
                why = "; ".join(entry.message for entry in service.logs())
                _log.warning("%s could not be reached: %s", service.name, why or "no answer")
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
