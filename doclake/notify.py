"""Telling people: a Slack-compatible webhook. Its URL is a secret and comes by environment."""

from __future__ import annotations

import http.client
import json
import logging
import urllib.error
import urllib.request

from doclake.incidents import Incident

TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)


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
