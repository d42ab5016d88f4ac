"""Alerts, schedules, retention, the guard on deletions and on what is read."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from doclake.settings.fields import Duration, Frozen, Model


def _webhook(url: SecretStr) -> SecretStr:
    text = url.get_secret_value().strip()
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("a URL without blanks, line ends and letters outside ASCII")
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the text of the error repeats the secret
        fine = False
    if not fine:
        raise ValueError("a URL that begins with http:// or https://")
    return SecretStr(text)


def _listed(urls: Any) -> Any:
    """A list in JSON, or URLs with commas or spaces between them: a variable holds one string."""
    if not isinstance(urls, str):
        return urls
    text = urls.strip()
    if text.startswith("["):
        return json.loads(text)
    return re.split(r"[,\s]+(?=[\w+-]+://)", text) if text else ()


def _service(url: SecretStr) -> SecretStr:
    from apprise import Apprise

    log = logging.getLogger("apprise")
    was_disabled, log.disabled = log.disabled, True  # apprise logs a URL that it does not know
    try:
        service = Apprise.instantiate(url.get_secret_value())
    except Exception:  # whatever a plug-in raises, its text may repeat the URL
        service = None
    finally:
        log.disabled = was_disabled
    if service is None:
        raise ValueError("a URL that apprise knows, such as mailto://... or slack://...")
    return url


Webhook = Annotated[SecretStr, AfterValidator(_webhook)]
ServiceUrl = Annotated[SecretStr, AfterValidator(_service)]


class Alerts(Frozen):
    """Who is notified when something fails unattended. Both are secrets: environment only."""

    webhook: Webhook | None = Field(
        None, description="Slack-compatible URL, from DOCLAKE_ALERTS__WEBHOOK"
    )
    urls: Annotated[tuple[ServiceUrl, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (),
        description="URLs of apprise (mailto://, slack:// ...), from DOCLAKE_ALERTS__URLS",
    )

    @property
    def are_set(self) -> bool:
        return bool(self.webhook or self.urls)


def cron(expression: str) -> str:
    """Dagster takes five fields, or a word such as `@daily`, if there is such a day."""
    from croniter import CroniterError, croniter

    try:
        if len(expression.split()) in (1, 5):
            croniter(expression).get_next()
            return expression
    except CroniterError:
        pass
    raise ValueError("a cron expression of five fields that comes true, such as '30 3 * * *'")


def _time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: no such zone
        raise ValueError("an IANA time zone, such as 'Asia/Seoul'") from None
    return name


class Schedules(Model):
    """What runs by the clock."""

    maintenance: Annotated[str, AfterValidator(cron)] = Field(
        "30 3 * * *",
        description="Cron expression of the nightly maintenance",
        validate_default=False,  # checking it imports a library
    )
    evaluation: Annotated[str, AfterValidator(cron)] = Field(
        "30 4 * * *",
        description="Cron expression of the nightly evaluation of search",
        validate_default=False,
    )
    observation: Annotated[str, AfterValidator(cron)] = Field(
        "0 5 * * *",
        description="Cron expression of the nightly look at quality and drift",
        validate_default=False,
    )
    consolidation: Annotated[str, AfterValidator(cron)] = Field(
        "0 4 * * *",
        description="Cron expression of the nightly consolidation of memories",
        validate_default=False,
    )
    timezone: Annotated[str, AfterValidator(_time_zone)] = Field(
        "UTC", description="IANA time zone of the cron expressions, and of days"
    )


class Retention(Model):
    """How long maintenance keeps things. What the search index must still follow always stays."""

    history: Duration = Field(
        timedelta(days=7), description="Old versions of tables, for time travel and slow readers"
    )
    tombstones: Duration = Field(
        timedelta(days=90), description="Registry and ledger rows of deleted documents"
    )
    incidents: Duration = Field(timedelta(days=365), description="Closed incidents")
    searches: Duration = Field(
        timedelta(days=365),
        description="Rows of the table `audit` about searches; what people did stays for good",
    )
    reports: Duration = Field(timedelta(days=365), description="Reports of retrieval")
    quality: Duration = Field(
        timedelta(days=730), description="The figures of each day: quality and drift"
    )
    contract_pages: Duration = Field(
        timedelta(days=90), description="Pages of contracts, beside the bound of 20 for each table"
    )
    memories: Duration = Field(
        timedelta(days=30), description="Forgotten and expired memories, for `restore`"
    )
    former_index: Duration = Field(
        timedelta(days=7),
        description="The index of before a switch, to which `doclake index rollback` goes back",
    )


class Deletion(Model):
    """The guard on deletions: a listing that lost more documents than both allow deletes none."""

    max_share: float = Field(0.2, ge=0, le=1, description="Share of a source's documents")
    min_documents: int = Field(10, ge=0, description="Always allowed, whatever the share")


class Thin(Model):
    """When a document that was read counts as `thin`: much of its text is in no element."""

    below_share: float = Field(
        0.5, ge=0, le=1, description="Least share of its letters that elements hold; 0 is never"
    )
    min_letters: int = Field(200, ge=1, description="Shorter documents are never thin")
