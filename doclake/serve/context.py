"""What a route finds in its request."""

from __future__ import annotations

from fastapi import Request

from doclake.serve.caller import Caller
from doclake.serve.embedding_service import EmbeddingService
from doclake.serve.judgements import Judgements
from doclake.serve.metrics import Metrics
from doclake.serve.page_images import PageImages
from doclake.serve.service import Service
from doclake.serve.threads import Threads


def caller_of(request: Request) -> Caller:
    """Set by the `Gate`."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def threads_of(request: Request) -> Threads:
    """Whatever this server answers."""
    threads: Threads = request.app.state.service
    return threads


def embeddings_of(request: Request) -> EmbeddingService:
    service: EmbeddingService = request.app.state.service
    return service


def metrics_of(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def page_images_of(request: Request) -> PageImages:
    images: PageImages = request.app.state.page_images
    return images


def judgements_of(request: Request) -> Judgements:
    judgements: Judgements = request.app.state.judgements
    return judgements
