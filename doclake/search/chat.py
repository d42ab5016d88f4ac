"""Asks the chat server of the settings, within what a day may cost."""

from __future__ import annotations

import json
import math
from collections.abc import Generator
from contextlib import closing
from typing import Any

from doclake import tracing
from doclake.errors import ServerRefused
from doclake.servers.budget import Budget
from doclake.servers.client import Body, Server, Servers
from doclake.settings import ChatSettings

_LETTERS_PER_TOKEN = 2  # no fewer, of a server whose tokens nobody knows
_REST = 60.0  # seconds without a question after several that failed
_PATH = "/v1/chat/completions"


class Chat:
    """What one process asks. Threads may share it."""

    def __init__(self) -> None:
        self._servers = Servers(_REST)
        self.budget = Budget("chat")

    def ask(
        self, settings: ChatSettings, rules: str, question: str, until: float = math.inf
    ) -> Completion:
        """What the server says under these rules; it is asked when that is read, and has time to
        `until` on the monotonic clock."""
        server = self._servers.of("chat", settings)
        return Completion(server, self.budget, settings, rules, question, until)


class Completion:
    """What the server says, piece by piece; to be read once.

    `tokens` is what it took, prompt included, as far as it was read. `finish` says how it ended,
    in the server's word: `stop`, `length`; None if it broke off.
    """

    def __init__(
        self,
        server: Server,
        budget: Budget,
        settings: ChatSettings,
        rules: str,
        question: str,
        until: float,
    ) -> None:
        self.tokens = 0
        self.finish: str | None = None
        self._server, self._budget, self._settings = server, budget, settings
        self._rules, self._question, self._until = rules, question, until

    def __iter__(self) -> Generator[str, None, None]:
        """Raises `BudgetSpent`, `ServerUnavailable` and `ServerRefused`, the latter two also in
        the middle."""
        estimate = (len(self._rules) + len(self._question)) // _LETTERS_PER_TOKEN
        reserved = estimate + self._settings.answer_tokens
        self._budget.reserve(self._settings, reserved)
        counted, said, began = 0, 0, tracing.now()
        try:
            with closing(self._server.stream(_PATH, self._body(), self._until)) as events:
                for event in events:
                    if _at(event, "error"):
                        raise ServerRefused("The chat server answers with an error.")
                    counted = _tokens(event) or counted
                    self.finish = _finish(event) or self.finish
                    piece = _text(event)
                    said += len(piece)
                    self.tokens = counted or estimate + said
                    if piece:
                        yield piece
        finally:
            self._budget.settle(reserved, self.tokens)
            with tracing.span("doclake.ask.chat", self._traced(), kind="CLIENT", began=began):
                pass

    def _traced(self) -> tracing.Attributes:
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": self._settings.model or "",
            "gen_ai.response.finish_reasons": (self.finish or "none",),
            "doclake.chat.tokens": self.tokens,
        }

    def _body(self) -> Body:
        asked: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [
                {"role": "system", "content": self._rules},
                {"role": "user", "content": self._question},
            ],
            "temperature": 0,
            "max_tokens": self._settings.answer_tokens,
        }
        if self._settings.stream:
            asked |= {"stream": True, "stream_options": {"include_usage": True}}
        data = json.dumps(asked).encode()
        return Body("application/json", len(data), lambda: [data])


def _at(value: Any, *path: str | int) -> Any:
    """What lies there in JSON of a stranger; None if nothing does."""
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return None
    return value


def _text(event: Any) -> str:
    """Of a piece of an answer, or of a whole one."""
    texts = [_at(event, "choices", 0, part, "content") for part in ("delta", "message")]
    return "".join(text for text in texts if isinstance(text, str))


def _finish(event: Any) -> str | None:
    reason = _at(event, "choices", 0, "finish_reason")
    if isinstance(reason, str) and reason:
        return reason
    return "stop" if _at(event, "choices", 0, "message") is not None else None


def _tokens(event: Any) -> int | None:
    total = _at(event, "usage", "total_tokens")
    return total if isinstance(total, int) and total > 0 else None
