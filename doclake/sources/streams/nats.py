"""A stream of NATS JetStream, through nats-py.

Nothing is acknowledged: where to go on stands in the lake, beside what was taken, and each reading
asks for a consumer of its own that begins there and that the server forgets.

https://docs.nats.io/nats-concepts/jetstream
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from doclake import extras
from doclake.errors import CredentialsRefused, SettingsError, SourceError
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_options import options_of, scheme_of
from doclake.settings.stream_kinds import NatsOptions
from doclake.sources.entries import microseconds
from doclake.sources.streams.model import Message
from doclake.sources.streams.source import AT_ONCE, BATCH_BYTES, BATCH_MESSAGES, StreamSource
from doclake.tables.messages import Batch, OffsetOf

if TYPE_CHECKING:
    from nats.aio.msg import Msg

    from doclake.sources.streams.nats_client import StreamClient

T = TypeVar("T")
_REFUSALS = ("authorization", "authentication", "permissions violation", "nkey")


class _Kept(NamedTuple):
    """What a stream holds: its first sequence, the one after its last, and when it was made. Where
    a message goes for newer ones of its subject only, `supersedes`, nothing of it is lost."""

    first: int = 1
    end: int = 1
    made: int = 0
    supersedes: bool = False


class NatsSource(StreamSource):
    """`nats://server:4222/STREAM`, with `,` between several servers; `natss://` is encrypted."""

    options = NatsOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, NatsOptions)
        self._said: list[Exception] = []
        self._kept = _Kept()
        self._consumer, self._position, self._waiting = "", 0, 0

    @contextmanager
    def _reading(self) -> Iterator[None]:
        extras.require("nats", f"The stream of source {self.name}")
        self._said.clear()
        self._position = 0
        with asyncio.Runner() as self._runner:
            self._client: StreamClient = self._ask(self._connected(self._login()))
            try:
                self._kept = self._look()
                yield
            finally:
                self._ask(self._client.end())

    def _ask(self, call: Coroutine[Any, Any, T]) -> T:
        from nats.errors import Error

        try:
            return self._runner.run(call)
        except (Error, OSError, TimeoutError) as error:
            raise self._why(error) from error

    async def _connected(self, login: dict[str, Any]) -> StreamClient:
        from doclake.sources.streams.nats_client import StreamClient

        client, scheme = StreamClient(), "tls" if "tls" in login else "nats"
        try:
            await client.connect(
                [f"{scheme}://{server}" for server in urlsplit(self.url).netloc.split(",")],
                # Another connection would begin in the midst of what was asked of this one.
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=self._seconds,  # type: ignore[arg-type]
                error_cb=self._hear,
                **login,
            )
        except Exception:
            await client.end()
            raise
        return client

    async def _hear(self, error: Exception) -> None:
        self._said.append(error)

    def _login(self) -> dict[str, Any]:
        given, login = self._options, dict[str, Any]()
        if scheme_of(self.url) == "natss":
            ca = str(self._config_dir / given.ca) if given.ca else None
            login["tls"] = ssl.create_default_context(cafile=ca)
        if given.identity:  # which sign what the server asks, and never leave this machine
            return login | {"user_credentials": self._identity(given.identity)}
        secret = self.secret("password" if given.user else "token", required=bool(given.user))
        if secret and "tls" not in login and not given.unencrypted:
            raise self._over_an_open_line("unencrypted", "false", "natss://, or unencrypted: true")
        known = {"user": given.user, "password": secret} if given.user else {"token": secret}
        return login | known if secret else login

    def _identity(self, file: str) -> Any:
        """Of a file as `nsc` writes it."""
        from nats.aio.client import RawCredentials

        text = (self._config_dir / file).read_text()
        if "BEGIN NATS USER JWT" not in text or "BEGIN USER NKEY SEED" not in text:
            key = f"sources.{self.name}.options.identity"
            told = f"{key} is no file with a JWT and its seed."
            raise SettingsError(told, problems=[(key, file, "a file as `nsc` writes it")])
        return RawCredentials(text)

    def _look(self) -> _Kept:
        info = self._ask(self._client.jsm(timeout=self._seconds).stream_info(self._topic))
        given, state = info.config, info.state
        by_subject = given.max_msgs_per_subject > 0
        if given.retention != "limits":
            raise self._unfit("who takes a message deletes it, for its retention is not `limits`")
        if by_subject and self._options.named_by:
            raise self._unfit("it drops messages by subject, whatever their key")
        limits = (given.max_age, given.max_msgs, given.max_bytes)
        supersedes = by_subject and all(limit in (0, -1) for limit in limits)
        made = microseconds(info.created) if info.created else 0
        return _Kept(max(state.first_seq, 1), state.last_seq + 1, made, supersedes)

    def _unfit(self, why: str) -> SourceError:
        told = f"{self._topic} of source {self.name} cannot be taken from: {why}."
        mend = "Let another stream take its messages (`sources` of its configuration)."
        return SourceError(told, mend=mend, source=self.name, url=self.url)

    def _read(self, offset_of: OffsetOf) -> Batch | None:
        known, made_mark = offset_of(self._topic), f"{self._topic}/made"
        if known is not None and known > self._kept.end:
            self._kept = self._look()  # somebody else took what has come since we looked
        kept, is_other = self._kept, offset_of(made_mark) not in (None, self._kept.made)
        if is_other and not self.accept_loss:
            raise self._lost("the stream was made anew", known or 0, kept.first, kept.end)
        at = kept.first if known is None or is_other else self._still_kept(known)
        messages = self._messages(at)
        if known is not None:
            self._refuse_gaps(at, messages)
        self.taken.lag = self._waiting
        # Where only others' subjects move, a commit says so before they leave the stream.
        is_near = self._position - at < at - kept.first
        if self._position == known or (not messages and not is_other and is_near):
            return None
        marks = {made_mark: kept.made}
        begun, offsets = {self._topic: at, **marks}, {self._topic: self._position, **marks}
        return Batch([self._row(one) for one in messages], begun, offsets, self._waiting)

    def _still_kept(self, at: int) -> int:
        if self._kept.supersedes:
            at = max(at, self._kept.first)
        return self._from(at, self._kept.first, self._kept.end)

    def _refuse_gaps(self, at: int, messages: Sequence[Message]) -> None:
        """Messages between others may be of other subjects, deleted one by one, or too old while
        they were read. Raises `MessagesLost` for the last."""
        there = [at - 1, *(message.offset for message in messages), self._position]
        gap = next((one + 1 for one, other in pairwise(there) if other > one + 1), None)
        if gap is not None:
            self._kept = self._look()
            self._still_kept(gap)

    def _messages(self, at: int) -> list[Message]:
        """The next ones, up to the end as it was, and not more than a commit should hold."""
        client, stream, found, held = self._client, self._topic, list[Message](), 0
        if at != self._position:  # at first, and when somebody else moved on
            self._position, self._waiting = at, 0
            if at < self._kept.end:
                subjects = [*self._options.subjects]
                begun = client.begin(stream, at, subjects, self._seconds)
                self._consumer, self._waiting = self._ask(begun)
        while self._waiting and self._position < self._kept.end:
            if len(found) >= BATCH_MESSAGES or held >= BATCH_BYTES:
                break
            wanted = min(AT_ONCE, BATCH_MESSAGES - len(found), self._waiting)
            pulled = client.pull(stream, self._consumer, wanted, BATCH_BYTES, self._seconds)
            for message in (some := self._ask(pulled)):
                found.append(self._message(message))
                held += len(message.data)
                self._position = message.metadata.sequence.stream + 1
                self._waiting = message.metadata.num_pending
            if not some:
                raise self._silent()
        if not self._waiting:
            self._position = max(self._position, self._kept.end)
        return found

    def _message(self, message: Msg) -> Message:
        """It deletes by the header of a key-value bucket, or as the mark that a server leaves in
        the place of one that grew too old."""
        headers, its = message.headers or {}, message.metadata
        is_deletion = "Nats-Marker-Reason" in headers
        is_deletion |= headers.get("KV-Operation") in ("DEL", "PURGE")
        key = (
            message.subject
            if self._options.named_by is None
            else headers.get(self._options.named_by, "")
        )
        return Message(
            0,
            its.sequence.stream,
            key.encode(errors="surrogateescape"),
            None if is_deletion else message.data,
            microseconds(its.timestamp) // 1000,
            [(name, value.encode()) for name, value in headers.items()],
        )

    def _why(self, error: Exception) -> SourceError:
        told = [str(one) or type(one).__name__ for one in (error, *self._said)]
        for one in told:
            if any(word in one.lower() for word in _REFUSALS):
                return self._refused(one)
        return self._out_of_reach(*told)

    def _refused(self, why: str) -> CredentialsRefused:
        refused = self.credentials_refused(why, "password" if self._options.user else "token")
        if self._options.identity:
            key = f"sources.{self.name}.options.identity"
            refused.mend = f"Let {key} name the file of a user who may read the stream."
        return refused
