"""Where the events of OpenLineage go."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from doclake.settings.fields import Duration, Model, Place, Text
from doclake.settings.servers import ServerUrl


def _file(value: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]+:", value, re.IGNORECASE):
        raise ValueError("the path of a file on this machine")
    return value


def _endpoint(value: str) -> str:
    if not re.fullmatch(r"[\w./-]+", value, re.ASCII) or value.startswith("/"):
        raise ValueError("a path such as api/v1/lineage, without a slash before it")
    return value


def _wait(value: timedelta) -> timedelta:
    if not timedelta(seconds=0.1) <= value <= timedelta(minutes=1):
        raise ValueError("at most 1m, such as 2s")
    return value


class LineageSettings(Model):
    """OpenLineage: says outside what each stage of a run read and wrote. Off unless `file` or `url`
    is set. The key of the server is a secret: DOCLAKE_LINEAGE_KEY."""

    file: Annotated[Place, AfterValidator(_file)] | None = Field(
        None, description="File to which events are appended, one JSON object a line; null: off"
    )
    url: ServerUrl | None = Field(
        None, description="Server that takes events, such as http://localhost:5000; null: off"
    )
    endpoint: Annotated[str, AfterValidator(_endpoint)] = Field(
        "api/v1/lineage", description="Where that server takes them, after `url`"
    )
    namespace: Text = Field("doclake", description="Namespace of the jobs")
    wait: Annotated[Duration, AfterValidator(_wait)] = Field(
        timedelta(seconds=2),
        description="Longest that a stage waits for its events to be taken. After that none are "
        "sent for five minutes",
    )

    @property
    def is_set(self) -> bool:
        return bool(self.file or self.url)
