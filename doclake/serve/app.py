"""The application: the gate, the routes, the errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from doclake.project import Project
from doclake.search import audit
from doclake.serve import failures, mcp
from doclake.serve.caller import Callers
from doclake.serve.gate import BODY, NO_TELEMETRY, Gate
from doclake.serve.judgements import Judgements
from doclake.serve.mcp import caller_of_request, create_mcp
from doclake.serve.metrics import Metrics
from doclake.serve.page_images import PageImages
from doclake.serve.routes import ask, documents, judgements, memory, page, passages, search, state
from doclake.serve.service import Service

ROUTERS = tuple(
    group.router for group in (page, search, ask, passages, documents, judgements, memory, state)
)


def create_app(project: Project, operator_key: str | None = None) -> FastAPI:
    """Raises `SettingsError` if the file of tokens is wrong. `app.state.service` is its `Service`,
    which is not warm yet."""
    service, callers, metrics = Service(project), Callers(operator_key), Metrics()
    callers.check(project.settings)
    images = PageImages(project.settings.limits)
    tools = create_mcp(service, caller_of_request)
    tool_routes = mcp.routes(tools, BODY)

    @asynccontextmanager
    async def sessions(_: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            try:
                yield
            finally:
                images.close()
                audit.write()

    app = FastAPI(
        title="Doclake",
        description="Search with citations. Every error is {code, message, mend, problems}.",
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
        responses=failures.REFUSED,
        telemetry=NO_TELEMETRY,
        lifespan=sessions,
    )
    app.state.service, app.state.metrics, app.state.page_images = service, metrics, images
    app.state.judgements = Judgements()
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.extend(tool_routes)
    failures.install(app)
    app.add_middleware(Gate, service=service, callers=callers, metrics=metrics, mounted=[mcp.PATH])
    return app
