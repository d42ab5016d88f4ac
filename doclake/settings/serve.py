"""The server that answers searches over HTTP and MCP."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from doclake.settings.fields import Duration, Listed, Model, Place, Principal, Text


def _host(name: str) -> str:
    if not name.isascii() or not name or any(mark in name for mark in "/:@ "):
        raise ValueError("the name of a host, such as search.example.org, without port and scheme")
    return name.lower()


class ServeSettings(Model):
    """What `doclake serve` allows."""

    token_file: Place | None = Field(
        None,
        description="YAML file with the SHA-256 of each token, the principals it stands for, and "
        "its scopes",
    )
    principals_command: Listed[Text] = Field(
        (),
        description="Program that reads a token and prints its principals as a JSON list, or "
        "`{principals: [...], scopes: [...]}`; in place of `token_file`",
    )
    principals_timeout: Duration = Field(timedelta(seconds=5), description="Wait for that program")
    principals_kept: Duration = Field(
        timedelta(minutes=1), description="How long its answer for a token is used again"
    )
    hosts: Listed[Annotated[str, AfterValidator(_host)]] = Field(
        (), description="Names under which the server is reached, beside its address and localhost"
    )
    judge: Listed[Principal] = Field(
        (),
        description="Principals who may judge on the page that a passage answers a question, which "
        "writes to the `questions` of its source; empty means nobody",
    )
    push_mb: int = Field(64, ge=1, description="Largest document that may be pushed, in MB")
    push_timeout: Duration = Field(timedelta(minutes=5), description="Most time for its body")
    requests_per_minute: int = Field(
        600, ge=1, description="Of one token, or of one address without a token"
    )
    waiting: int = Field(
        64, ge=1, description="Requests that are answered or wait for it; more are told to return"
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Requests that are answered at the same time",
        json_schema_extra={"default_is": "number of CPUs"},
    )
    timeout: Duration = Field(timedelta(seconds=30), description="Most time for one answer")
    connections: int = Field(
        1000, ge=10, description="Open connections; beyond, the one that was idle longest is closed"
    )

    @model_validator(mode="after")
    def _tokens_come_from_one_place(self) -> Self:
        if self.token_file and self.principals_command:
            raise ValueError("either token_file or principals_command")
        return self

    @property
    def knows_tokens(self) -> bool:
        return bool(self.token_file or self.principals_command)
