"""What the kinds of topics and streams take in their `options`."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from doclake.settings.fields import Duration, FileHere, Listed, Text
from doclake.settings.kind_options import AnswerOptions


class StreamOptions(AnswerOptions):
    """A topic whose messages are documents, each under its key, or change events of rows. Its
    client asks again by itself until `timeout` is over."""

    observed_every: ClassVar[timedelta] = timedelta(seconds=5)

    messages: Literal["documents", "change_events"] = Field(
        "documents", description="What a message is: bytes of a document, or a change of a row"
    )
    text: Listed[Text] = Field((), description="Columns with the text of a row, in this order")
    title: Text | None = Field(None, description="Column with its title")
    format: Literal["text", "markdown", "html"] = Field("text", description="What `text` is")
    metadata: Listed[Text] = Field((), description="Columns to keep as metadata of the document")
    access: Text | None = Field(
        None,
        description="Header with who may read it: names with blanks between; where there is none, "
        "nobody may",
    )
    take_for: Duration = Field(
        timedelta(seconds=20), description="How long one listing takes messages; the rest waits"
    )

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if (self.messages == "change_events") != bool(self.text):
            raise ValueError("`text` of change events, and of nothing else")
        return self


class KafkaOptions(StreamOptions):
    """A topic of Kafka. With `user`, DOCLAKE_SOURCE_<NAME>_PASSWORD is its password."""

    user: Text | None = Field(None, description="Who logs in")
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = Field(
        "SCRAM-SHA-512", description="How; PLAIN only over kafkas://"
    )
    ca: FileHere | None = Field(
        None, description="File of the certificates to trust; null: those of the system"
    )


class NatsOptions(StreamOptions):
    """A stream of NATS JetStream. Its secret is DOCLAKE_SOURCE_<NAME>_PASSWORD with `user`, else
    _TOKEN."""

    subjects: Listed[Text] = Field(
        (), description="Subjects to take, with * and > as NATS has them; none: all of the stream"
    )
    named_by: Text | None = Field(
        None, description="Header with the key of a message; null: its subject is its key"
    )
    user: Text | None = Field(None, description="Who logs in with a password")
    identity: FileHere | None = Field(
        None, description="File with a JWT and its seed to log in by, as `nsc` writes it"
    )
    ca: FileHere | None = Field(
        None, description="File of the certificates to trust; null: those of the system"
    )
    unencrypted: bool = Field(
        False, description="Log in with a password or a token over nats://, which is not encrypted"
    )

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.messages == "change_events" and self.named_by is None:
            raise ValueError("`named_by` of change events: the header with the key of the row")
        return self
