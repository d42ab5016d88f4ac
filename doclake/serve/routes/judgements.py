"""POST /judgements: what people say of hits, for those whom the settings let judge."""

from __future__ import annotations

from fastapi import APIRouter, Request

from doclake.serve import judgements
from doclake.serve.context import caller_of, judgements_of, service_of
from doclake.serve.models import AskedAbout, Judged, Judgement

router = APIRouter(tags=["judgements"])


@router.post("/judgements")
async def judge(given: Judgement, request: Request) -> list[Judged]:
    """Keep that a passage answers a question as a golden question of its source, or take that back.
    Gives all judgements of the question."""
    service, caller, kept = service_of(request), caller_of(request), judgements_of(request)
    found = await service.run(
        lambda: kept.judge(
            service.project(),
            given.question,
            given.citation_id,
            answers=given.answers,
            words=given.text,
            principals=caller.principals,
        )
    )
    return [Judged.of(one) for one in found]


@router.post("/judgements/of")
async def judged(asked: AskedAbout, request: Request) -> list[Judged]:
    """The judgements of a question, of sources that the caller may judge."""
    service, caller = service_of(request), caller_of(request)
    found = await service.run(
        lambda: judgements.judged(service.project(), asked.question, caller.principals)
    )
    return [Judged.of(one) for one in found]
