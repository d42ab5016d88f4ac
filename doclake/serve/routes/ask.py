"""POST /ask"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from doclake.errors import DoclakeError
from doclake.search.answer import Event, Reply
from doclake.search.prompt_context import Context
from doclake.search.statements import Statement
from doclake.serve.context import caller_of, service_of
from doclake.serve.failures import failure_of
from doclake.serve.models import Answered, AskedInWords

router = APIRouter(tags=["search"])
EVENTS = "text/event-stream"
_UNBUFFERED = {"x-accel-buffering": "no"}  # by a proxy
_STREAMED = {
    "description": "An answer. As events, where `Accept` asks for them: `passages`, then "
    "`statement` or `refused` for each sentence as it comes, `done` with the whole answer; `error` "
    "in its place if there is none.",
    "content": {EVENTS: {"schema": {"type": "string"}}},
}


@router.post("/ask", response_model=Answered, responses={200: _STREAMED})
async def ask(asked: AskedInWords, request: Request) -> Any:
    """An answer in words, each sentence with the passages that bear it out, of what the token's
    principals and `everyone` may see; without a chat server, the passages."""
    service, caller = service_of(request), caller_of(request)
    call = (asked.question, caller, asked.filters)
    if EVENTS not in request.headers.get("accept", ""):
        return Answered(**(await service.run(partial(service.ask, *call))).as_dict())
    events = service.each(service.answer(*call))
    first = await anext(events)  # what is wrong with the question is an answer like any other
    sent = _sent(first, events, caller.is_operator)
    return StreamingResponse(sent, media_type=EVENTS, headers=_UNBUFFERED)


async def _sent(
    first: Event, others: AsyncGenerator[Event, None], in_full: bool
) -> AsyncIterator[bytes]:
    async with aclosing(others):
        yield _event(*_named(first))
        try:
            async for event in others:
                yield _event(*_named(event))
        except DoclakeError as error:
            yield _event("error", failure_of(error, in_full=in_full).model_dump(mode="json"))


def _named(event: Event) -> tuple[str, dict[str, Any]]:
    if isinstance(event, Context):
        return "passages", {
            "question": event.question,
            "passages": event.as_dicts(),
            "left_out": event.left_out,
        }
    if isinstance(event, Reply):
        return "done", event.as_dict()
    return ("statement" if isinstance(event, Statement) else "refused"), asdict(event)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
