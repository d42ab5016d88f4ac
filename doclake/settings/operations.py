"""Alerts, schedules, retention and the guard on deletions."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from doclake.settings.fields import Duration, Model


class Alerts(Model):
    """Who is told when something fails unattended."""

    webhook: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Slack-compatible URL; a secret, so only by DOCLAKE_ALERTS__WEBHOOK",
    )


class Schedules(Model):
    """What runs by the clock."""

    maintenance: str = Field("30 3 * * *", description="Cron expression of the nightly maintenance")
    timezone: str = Field("UTC", description="IANA time zone of the cron expressions")


class Retention(Model):
    """What maintenance keeps. Nothing is removed that the search index has not followed yet."""

    history: Duration = Field(
        timedelta(days=7), description="Old versions of tables, for time travel and slow readers"
    )
    tombstones: Duration = Field(
        timedelta(days=90), description="Registry and ledger rows of deleted documents"
    )
    incidents: Duration = Field(timedelta(days=365), description="Closed incidents")


class Deletion(Model):
    """The guard on deletions: a listing that lost more than both deletes nothing."""

    max_share: float = Field(0.2, ge=0, le=1, description="Share of a source's documents")
    min_documents: int = Field(10, ge=0, description="Always allowed, whatever the share")
