"""POST /search"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from doclake.serve.context import caller_of, service_of
from doclake.serve.models import Asked, Found

router = APIRouter(tags=["search"])


@router.post("/search")
async def search(asked: Asked, request: Request) -> Found:
    """Passages that answer a question, best first, of what the token's principals and `everyone`
    may see."""
    service, caller = service_of(request), caller_of(request)
    if "if-match" in request.headers:
        service.require_settings(request.headers["if-match"])
    call = partial(service.search, asked.question, asked.k, caller, asked.filters)
    return Found.of(await service.run(call))
