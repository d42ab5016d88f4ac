"""What the options of every kind of source are models of."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from doclake.settings import problems as wrong
from doclake.settings.fields import Duration, Model
from doclake.settings.sources import SourceSettings


class SourceOptions(Model):
    """What every kind takes: nothing."""

    lists_slowly: ClassVar[bool] = False
    """Whether a listing takes longer than a sensor may, so that a job lists it."""
    observed_every: ClassVar[timedelta] = timedelta(seconds=30)
    """How often it is listed where the settings do not say."""

    def unfit(self, name: str, source: SourceSettings) -> list[wrong.Problem]:  # noqa: ARG002
        """What is wrong with them for the URL of this source."""
        return []


class AnswerOptions(SourceOptions):
    """How patiently a server is waited for."""

    timeout: Duration = Field(timedelta(seconds=30), description="Wait for one answer")


class NetworkOptions(AnswerOptions):
    """How patiently and how gently a server is asked."""

    retries: int = Field(
        3, ge=0, le=20, description="Further tries where a server is busy, fails or is silent"
    )
