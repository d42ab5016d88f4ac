"""GET /healthz, /readyz and /metrics: what runs the server asks of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from doclake.errors import TokenUnknown
from doclake.serve.context import caller_of, metrics_of, threads_of
from doclake.serve.models import Health

router = APIRouter(tags=["state"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
async def readyz(request: Request, response: Response) -> Health:
    """A request would be answered: the model is loaded, and the index, if there is one to ask, can
    be read."""
    if await run_in_threadpool(threads_of(request).is_ready):
        return Health(status="ok")
    response.status_code = 503
    return Health(status="not ready")


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """For Prometheus. Needs a token where the server knows any; of the lake it tells what stands in
    sources that the caller may search."""
    service, known, caller = threads_of(request), metrics_of(request), caller_of(request)
    if service.settings.knows_tokens and not caller.has_token:
        raise TokenUnknown("Metrics need a token.", mend="Send one that the server knows.")
    lake = await run_in_threadpool(service.gauges, caller)
    known.waiting.set(service.waiting)
    text, kind = known.told(request.headers.get("accept"), lake)
    return Response(text, media_type=kind)
