"""POST /ask"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from doclake.serve.context import caller_of, service_of
from doclake.serve.models import Answered, AskedInWords

router = APIRouter(tags=["search"])


@router.post("/ask")
async def ask(asked: AskedInWords, request: Request) -> Answered:
    """An answer in words, each sentence with the passages that bear it out, of what the token's
    principals and `everyone` may see; without a chat server, the passages."""
    service, caller = service_of(request), caller_of(request)
    call = partial(service.ask, asked.question, caller.principals, asked.filters)
    return Answered(**(await service.run(call)).as_dict())
