"""GET /passage/{citation_id}"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from doclake.serve.context import caller_of, service_of
from doclake.serve.models import PassageRow

router = APIRouter(tags=["search"])


@router.get("/passage/{citation_id}")
async def passage(
    citation_id: str,
    request: Request,
    neighbours: Annotated[int, Query(ge=0, le=50, description="Passages on each side")] = 0,
    section: Annotated[bool, Query(description="With its whole section")] = False,
) -> PassageRow:
    """What a citation id means now, however often its document was ingested since."""
    service, caller = service_of(request), caller_of(request)
    call = partial(service.passage, citation_id, caller.principals, neighbours, section)
    return PassageRow.of(await service.run(call))
