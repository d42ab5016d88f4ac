"""What nats-py lacks for a stream of which nothing may be skipped, and for secrets.

Its `fetch` drops a message with a header `Status`; its connection dies of a subject that is no
UTF-8; and where a server offers no encryption it logs in without, though asked for it.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import SecureConnWantedError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

_FORGOTTEN_AFTER = 30.0
"""Seconds after which the server forgets a consumer that nobody asks."""

_CLOSES_WITHIN = 1.0  # seconds


class StreamClient(Client):
    """Bytes of a subject that are no UTF-8 become surrogates."""

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: Any
    ) -> Msg:
        name = subject.decode(errors="surrogateescape")
        return Msg(self, name, reply.decode(), data, headers, _sid=sid)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        """The server's first word. Raises `SecureConnWantedError` before we say anything."""
        if "tls" in self.options and not info.get("tls_required"):
            raise SecureConnWantedError
        await super()._process_info(info, initial_connection)

    async def begin(
        self, stream: str, at: int, subjects: list[str], seconds: float
    ) -> tuple[str, int]:
        """A consumer of these subjects from a sequence on, and how many messages wait for it."""
        consumer = ConsumerConfig(
            name=self.new_inbox().rpartition(".")[2],
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=at,
            ack_policy=AckPolicy.NONE,
            filter_subjects=subjects or None,
            inactive_threshold=_FORGOTTEN_AFTER,
            mem_storage=True,
        )
        info = await self.jsm(timeout=seconds).add_consumer(stream, consumer)
        return info.name, info.num_pending or 0

    async def pull(
        self, stream: str, consumer: str, number: int, most_bytes: int, seconds: float
    ) -> list[Msg]:
        """So many of the messages that wait, or fewer if they would hold more bytes; one at least,
        however large, unless none waits any more."""
        inbox = self.new_inbox()
        asked = {"batch": number, "no_wait": True, "max_bytes": most_bytes + self.max_payload}
        replies = await self.subscribe(inbox, pending_bytes_limit=0)  # 0: nothing is dropped
        try:
            next_ones = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
            await self.publish(next_ones, json.dumps(asked).encode(), reply=inbox)
            found: list[Msg] = []
            while len(found) < number:
                message = await replies.next_msg(seconds)
                if not message.reply:  # a word of the server: these are all
                    break
                found.append(message)
            return found
        finally:
            await replies.unsubscribe()

    async def end(self) -> None:
        """After a handshake that failed it would wait for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.close(), _CLOSES_WITHIN)
