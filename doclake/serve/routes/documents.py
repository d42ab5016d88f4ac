"""GET /sources and /documents: what the page shows beside the answers. POST /documents: pushes."""

from __future__ import annotations

from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from doclake.errors import RequestInvalid
from doclake.search import door
from doclake.serve import document_view, pushes, slides
from doclake.serve.context import caller_of, page_images_of, service_of
from doclake.serve.document_view import DocumentView
from doclake.serve.judgements import judging
from doclake.serve.models import PushedDocument, SearchedSource
from doclake.serve.slides import SlideSketch

router = APIRouter(tags=["documents"])
PAGE_POINTS = "Doclake-Page-Points"
_Page = Annotated[int, Path(ge=1, le=10_000_000)]


@router.get("/sources")
async def sources(request: Request) -> list[SearchedSource]:
    """The places that documents come from, of those that the caller may search."""
    service, caller = service_of(request), caller_of(request)

    def rows() -> list[SearchedSource]:
        project, own = service.project(), caller.principals
        return [
            SearchedSource(name=name, description=about, judging=judging(project, name, own))
            for name, about in door.sources(project, own).items()
        ]

    return await service.run(rows)


@router.post(
    "/documents",
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}, "required": True}},
)
async def push(
    request: Request,
    source: Annotated[str, Query(description="The source whose folder takes it")],
    path: Annotated[str, Query(description="Where in it, such as 2026/report.pdf")],
    replace: Annotated[bool, Query(description="Also where another document is there")] = False,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> PushedDocument:
    """Put the body as a document into the folder of a source. Repeated with its `Idempotency-Key`
    it changes nothing."""
    service, caller = service_of(request), caller_of(request)
    project = await service.run(lambda: service.project().today())
    own, serve = caller.principals, project.settings.serve
    where = await service.run(lambda: pushes.place(project, source, path, own))
    try:
        with anyio.fail_after(serve.push_timeout.total_seconds()):
            received = await pushes.receive(where, request.stream(), serve.push_mb * 1_000_000)
    except TimeoutError:
        raise RequestInvalid("The body came too slowly.", mend="Send it at once.") from None
    except ClientDisconnect:
        raise RequestInvalid("The body ended early.", mend="Send it whole.") from None
    try:
        done = await service.run(
            lambda: pushes.keep(project, where, received, own, key=idempotency_key, replace=replace)
        )
    except BaseException:  # a server that is busy never begins with it
        received[0].unlink(missing_ok=True)
        raise
    return PushedDocument(source=source, path=path, **done._asdict())


@router.get("/documents/{citation_id}")
async def document(citation_id: str, request: Request) -> DocumentView:
    """The passage of a citation id in its place, and what the tables hold of its document."""
    service, caller = service_of(request), caller_of(request)
    return await service.run(
        lambda: document_view.view(service.project(), citation_id, caller.principals)
    )


@router.get(
    "/documents/{citation_id}/pages/{page}.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def page_picture(citation_id: str, page: _Page, request: Request) -> Response:
    """A page of the document as it was indexed. The header `Doclake-Page-Points` holds its width
    and height in points, in which boxes are."""
    service, caller = service_of(request), caller_of(request)
    images = page_images_of(request)
    async with images.turn:
        picture = await service.run(
            lambda: images.draw(service.project(), citation_id, page, caller.principals)
        )
    points = f"{picture.width:.2f} {picture.height:.2f}"
    return Response(picture.data, media_type="image/png", headers={PAGE_POINTS: points})


@router.get("/documents/{citation_id}/slides/{page}")
async def slide(citation_id: str, page: _Page, request: Request) -> SlideSketch:
    """A sketch of a slide from its texts, for presentations, of which there are no pictures."""
    service, caller = service_of(request), caller_of(request)
    return await service.run(
        lambda: slides.sketch(service.project(), citation_id, page, caller.principals)
    )
