"""The application of `doclake serve embeddings`: the gate, the routes, the errors."""

from __future__ import annotations

from fastapi import FastAPI

from doclake.project import Project
from doclake.serve import failures
from doclake.serve.caller import Callers
from doclake.serve.embedding_service import EmbeddingService
from doclake.serve.gate import NO_TELEMETRY, Gate
from doclake.serve.metrics import Metrics
from doclake.serve.routes import embeddings, state


def create_app(project: Project) -> FastAPI:
    """Raises `SettingsError` if the file of tokens is wrong. `app.state.service` is its
    `EmbeddingService`, which is not warm yet."""
    service, callers, metrics = EmbeddingService(project), Callers(), Metrics()
    callers.check(project.settings)
    app = FastAPI(
        title="Doclake embeddings",
        description="OpenAI's routes. Every error is {code, message, mend, problems}.",
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
        responses=failures.REFUSED,
        telemetry=NO_TELEMETRY,
    )
    app.state.service, app.state.metrics = service, metrics
    app.include_router(embeddings.router)
    app.include_router(state.router)
    failures.install(app)
    app.add_middleware(Gate, service=service, callers=callers, metrics=metrics)
    return app
