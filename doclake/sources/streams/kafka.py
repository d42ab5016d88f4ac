"""A topic of Kafka, through librdkafka.

No group of consumers is joined: where to go on stands in the lake, beside what was taken, and
offsets that the broker keeps count for nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from doclake import extras
from doclake.errors import CredentialsRefused, SettingsError, SourceError
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_options import options_of, scheme_of
from doclake.settings.stream_kinds import KafkaOptions
from doclake.sources.streams.model import Message
from doclake.sources.streams.source import AT_ONCE, BATCH_BYTES, BATCH_MESSAGES, StreamSource
from doclake.tables.messages import Batch, OffsetOf

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError

_PAUSE = _FIRST_WAIT = 0.1  # seconds
_REFUSALS = ("_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED", "TOPIC_AUTHORIZATION_FAILED")


class KafkaSource(StreamSource):
    """`kafka://broker:9092/topic`, with `,` between several brokers; `kafkas://` is encrypted."""

    options = KafkaOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, KafkaOptions)
        self._said: list[KafkaError] = []
        self._positions: dict[int, int] = {}
        self._bounds: dict[int, tuple[int, int]] = {}
        self._cluster = ""

    @cached_property
    def _consumer(self) -> Consumer:
        extras.require("confluent_kafka", f"The topic of source {self.name}")
        from confluent_kafka import Consumer, KafkaException

        try:
            consumer = Consumer(self._configuration())
        except KafkaException as error:
            raise self._unfit(error.args[0].str()) from error
        self._close = weakref.finalize(self, consumer.close)
        return consumer

    def _unfit(self, why: str) -> SourceError | SettingsError:
        if "ssl.ca.location" not in why:
            return self._out_of_reach(why)
        key, found = f"sources.{self.name}.options.ca", self._options.ca
        return SettingsError(
            f"{key} cannot be read as certificates.", problems=[(key, found, "a file in PEM")]
        )

    def _configuration(self) -> dict[str, Any]:
        given = self._options
        encrypted = scheme_of(self.url) == "kafkas"
        configuration = {
            "bootstrap.servers": urlsplit(self.url).netloc,
            "group.id": "doclake",  # librdkafka asks for one, though no group is joined
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
            "queued.max.messages.kbytes": BATCH_BYTES >> 10,
            "log_level": 0,
            "error_cb": self._said.append,
            "security.protocol": ("SASL_" if given.user else "")
            + ("SSL" if encrypted else "PLAINTEXT"),
        }
        if given.ca:
            configuration["ssl.ca.location"] = str(self._config_dir / given.ca)
        if given.user:
            if given.mechanism == "PLAIN" and not encrypted:
                raise self._over_an_open_line(
                    "mechanism", "PLAIN", "kafkas:// or a mechanism of SCRAM"
                )
            configuration |= {
                "sasl.mechanism": given.mechanism,
                "sasl.username": given.user,
                "sasl.password": self.secret("password"),
            }
        return configuration

    @contextmanager
    def _reading(self) -> Iterator[None]:
        from confluent_kafka import KafkaException

        self._said.clear()
        consumer = self._consumer
        try:
            # Before partitions are assigned: an answer would wait behind the messages to come.
            self._bounds = self._kept()
            yield
        except KafkaException as error:
            consumer.poll(0)  # it tells only who polls what went wrong
            raise self._why(error.args[0]) from error
        finally:
            self._unassign()
            if self._said:  # it would try again, many times a second, for as long as it lives
                self._close()
                del self._consumer

    def _read(self, offset_of: OffsetOf) -> Batch | None:
        known = {number: offset_of(self._name(number)) for number in self._bounds}
        if any(at is not None and at > self._bounds[n][1] for n, at in known.items()):
            self._unassign()  # somebody else took what has come since we looked
            self._bounds = self._kept()
        starts = {n: self._bounds[n][0] if at is None else at for n, at in known.items()}
        starts = {n: self._from(at, *self._bounds[n], n) for n, at in starts.items()}
        if starts != self._positions:  # at first, and when somebody else moved on
            self._assign(starts)
        messages = self._messages()
        ends = self._bounds.items()
        self.taken.lag = sum(max(0, end - self._positions[number]) for number, (_, end) in ends)
        moved = [number for number, at in self._positions.items() if at != known[number]]
        if not moved:
            return None
        return Batch(
            [self._row(message) for message in messages],
            {self._name(number): starts[number] for number in moved},
            {self._name(number): self._positions[number] for number in moved},
            self.taken.lag,
        )

    def _name(self, partition: int) -> str:
        """Another cluster has other offsets."""
        return f"{self._cluster}/{self._topic}/{partition}"

    def _kept(self) -> dict[int, tuple[int, int]]:
        """First offset that is kept and the one after the last, of each partition."""
        from confluent_kafka import KafkaException, TopicPartition

        known = self._metadata()
        topic = known.topics[self._topic]
        if topic.error is not None:
            raise KafkaException(topic.error)
        self._cluster = known.cluster_id or ""
        return {
            number: self._consumer.get_watermark_offsets(
                TopicPartition(self._topic, number), timeout=self._seconds
            )
            for number in sorted(topic.partitions)
        }

    def _metadata(self) -> Any:
        """Asked for with growing patience: a client that is refused logs in again and again, 20
        times a second, which may lock an account."""
        from confluent_kafka import KafkaException

        left, wait = self._seconds, _FIRST_WAIT
        while True:
            try:
                return self._consumer.list_topics(self._topic, timeout=min(wait, left))
            except KafkaException:
                self._consumer.poll(0)
                left -= wait
                if left <= 0 or self._refusal() is not None:
                    raise
                wait *= 2

    def _unassign(self) -> None:
        self._positions = {}
        self._consumer.unassign()

    def _assign(self, starts: Mapping[int, int]) -> None:
        from confluent_kafka import TopicPartition

        self._positions = {}
        self._consumer.assign(
            [TopicPartition(self._topic, number, at) for number, at in starts.items()]
        )
        self._positions = dict(starts)

    def _messages(self) -> list[Message]:
        """The next ones, up to the ends as they were, and not more than a commit should hold."""
        found: list[Message] = []
        held, patience = 0, monotonic() + self._seconds
        while self._is_behind() and len(found) < BATCH_MESSAGES and held < BATCH_BYTES:
            wanted = min(AT_ONCE, BATCH_MESSAGES - len(found))
            for message in self._consumer.consume(wanted, _PAUSE):
                number, offset = cast("tuple[int, int]", (message.partition(), message.offset()))
                if number not in self._positions:
                    continue  # of an assignment before this one
                if message.error() is not None:
                    self._positions[number] = max(self._at_end(message), self._positions[number])
                    continue
                found.append(_message(message))
                held += len(found[-1].value or b"")
                self._positions[number] = offset + 1
                patience = monotonic() + self._seconds
            if refusal := self._refusal():
                raise refusal
            if monotonic() > patience:
                raise self._silent()
        return found

    def _is_behind(self) -> bool:
        return any(self._positions[number] < end for number, (_, end) in self._bounds.items())

    def _at_end(self, message: Any) -> int:
        """Where a partition ends, as it says itself: the last entry may be a mark of a transaction,
        which is no message. Raises `KafkaException` for any other error."""
        from confluent_kafka import KafkaError, KafkaException

        if message.error().code() != KafkaError._PARTITION_EOF:
            raise KafkaException(message.error())
        return int(message.offset())

    def _why(self, error: KafkaError) -> SourceError:
        if refusal := self._refusal(error):
            return refusal
        told = [one.str() for one in (error, *self._said)]
        out_of_reach = self._out_of_reach(*told)
        if any("certificate" in one for one in told):
            key = f"sources.{self.name}.options.ca"
            out_of_reach.mend = f"Let {key} name a file of those who vouch for the certificate."
        return out_of_reach

    def _refusal(self, *errors: KafkaError) -> CredentialsRefused | None:
        for one in (*errors, *self._said):
            if one.name() in _REFUSALS:
                return self.credentials_refused(one.str(), "password")
        return None


def _message(message: Any) -> Message:
    _, time = message.timestamp()
    return Message(
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        time if time >= 0 else None,
        message.headers() or (),
    )
