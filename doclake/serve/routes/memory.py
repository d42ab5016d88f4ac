"""POST /memory/remember, /memory/recall ...: a route for each verb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter, Request

from doclake.serve.context import caller_of, service_of
from doclake.serve.memory_verbs import VERBS, Given, Verb

router = APIRouter(tags=["memory"], prefix="/memory")


def _route(kind: type[Verb]) -> Callable[..., Awaitable[Given]]:
    async def do(asked: Verb, request: Request) -> Given:
        service, caller = service_of(request), caller_of(request)
        return await service.run(partial(service.remembered, asked, caller))

    do.__annotations__["asked"] = kind
    return do


for _kind in VERBS:
    _name = _kind.__name__.lower()
    router.post(
        f"/{_name}",
        name=_name,
        description=_kind.__doc__,
        response_model=None,  # an answer is sent as it is
        responses={200: {"model": _kind.gives}},
    )(_route(_kind))
