"""Telling people: a Slack-compatible webhook. Its URL is a secret and comes by environment.

What did not arrive is sent again, whenever a source is listed or a run has ended.
"""

from __future__ import annotations

import http.client
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

from doclake import clock
from doclake.lake.lake import Lake
from doclake.operate import incidents
from doclake.operate.incidents import Incident

TIMEOUT_SECONDS = 10
NEWS = timedelta(days=1)  # older is none: nobody wants a year of it when a webhook is set up
_log = logging.getLogger(__name__)


def tell(lake: Lake, webhook: str | None) -> None:
    """Send what people were not told yet, oldest first; at the first failure wait for the next
    call. Two processes at once may both send one; none is lost."""
    if not webhook:
        return
    for news, incident in _untold(lake):
        arrived = (opened if news == "opening" else closed)(webhook, incident)
        if not arrived:
            return
        incidents.mark_told(lake, incident, news)


def _untold(lake: Lake) -> Iterator[tuple[str, Incident]]:
    since = clock.now() - NEWS
    for incident in reversed(incidents.all_of(lake)):
        for news, at in (("opening", "opened_at"), ("closing", "resolved_at")):
            if incident[at] and incident[at] > since and not incident[f"{news}_told_at"]:
                yield news, incident


def opened(webhook: str | None, incident: Incident) -> bool:
    text = (
        f":rotating_light: *{incident['source']}* ({incident['severity']}) {incident['cause']}\n"
        f"{incident['message']}\nowner {incident['owner']} · run `{incident['run_id']}` · "
        f"`doclake incidents`"
    )
    return send(webhook, text)


def closed(webhook: str | None, incident: Incident) -> bool:
    minutes = incident["seconds_to_resolve"] / 60
    text = (
        f":white_check_mark: *{incident['source']}* {incident['cause']} is good again after "
        f"{minutes:.0f} min"
    )
    return send(webhook, text)


def send(webhook: str | None, text: str) -> bool:
    """POST `{"text": ...}`; True if it arrived. A dead webhook is logged and never stops a run."""
    if not webhook:
        return False
    request = urllib.request.Request(  # noqa: S310 (the operator's own URL, checked in settings)
        webhook,
        data=json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return 200 <= answer.status < 300
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        _log.warning("The webhook could not be reached: %s", error)
        return False
