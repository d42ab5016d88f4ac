"""Errors as JSON: {code, message, mend, problems}, with the status that fits.

What the asker did wrong is told in full. What is wrong here is told to the log; the asker learns
its code, and only the operator more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from doclake import errors
from doclake.errors import DoclakeError, RequestInvalid

STATUS: Mapping[type[DoclakeError], int] = {
    errors.QuestionEmpty: 400,
    errors.FilterError: 400,
    errors.RequestInvalid: 400,
    errors.TokenUnknown: 401,
    errors.RequestForbidden: 403,
    errors.ScopeMissing: 403,
    errors.NothingThere: 404,
    errors.PassageGone: 404,
    errors.MemoryGone: 404,
    errors.MemoryChanged: 409,
    errors.MemoryRefused: 400,
    errors.PageNotShown: 404,
    errors.DocumentChanged: 409,
    errors.JudgementRefused: 409,
    errors.PushRefused: 409,
    errors.SettingsDiffer: 412,
    errors.BodyTooLarge: 413,
    errors.TooManyRequests: 429,
    errors.ServerBusy: 503,
    errors.GroupsUnknown: 503,
    errors.IndexStateError: 503,
    errors.ModelError: 503,
    errors.LakeError: 503,
}
_HIDDEN = "The server cannot answer this now."
_TRY = "Try again later; its operator finds the reason in its log."
_log = logging.getLogger(__name__)


class Failure(BaseModel):
    """Why a request was not answered."""

    code: str = Field(description="Stable name of what went wrong")
    message: str
    mend: str = Field(description="What to do about it")
    problems: list[tuple[str, str, str]] = Field(
        [], description="Key, what was found and what was expected, for each"
    )


REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (400, 401, 403, 404, 413, 429, 500, 503)
}
"""What any route may answer, as OpenAPI describes it."""


def status_of(error: DoclakeError) -> int:
    """Of a source that is not configured 400, though other errors of settings are no fault of the
    asker."""
    if isinstance(error, errors.SettingsError):
        return 500 if "file" in error.facts else 400
    kinds = [kind for kind in type(error).__mro__ if kind in STATUS]
    return STATUS[kinds[0]] if kinds else 500


def failure_of(error: DoclakeError, *, in_full: bool = False) -> Failure:
    """What the asker is told; `in_full` whatever it is."""
    if status_of(error) < 500 or isinstance(error, errors.ServerBusy) or in_full:
        problems = [tuple(map(str, each)) for each in error.facts.get("problems", [])]
        return Failure(code=error.code, message=error.message, mend=error.mend, problems=problems)
    _log.error("%s: %s", error.code, error)
    return Failure(code=error.code, message=_HIDDEN, mend=_TRY)


@contextmanager
def told_to_model() -> Iterator[None]:
    """Tell the model what is wrong and what to do: of any other error it learns nothing."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except DoclakeError as error:
        failure = failure_of(error)
        raise ToolError(f"{failure.code}: {failure.message} {failure.mend}".strip()) from None


def response_of(error: DoclakeError, *, in_full: bool = False) -> JSONResponse:
    headers = {}
    if isinstance(error, errors.TokenUnknown):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyRequests | errors.ServerBusy):
        headers["Retry-After"] = str(error.facts.get("retry_after", 1))
    content = failure_of(error, in_full=in_full).model_dump(mode="json")
    return JSONResponse(content, status_of(error), headers)


def install(app: FastAPI) -> None:
    """Answer every error of a route as a `Failure`."""
    app.add_exception_handler(DoclakeError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DoclakeError)
    caller = request.scope.get("state", {}).get("caller")
    return response_of(error, in_full=caller is not None and caller.is_operator)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        (
            ".".join(map(str, each["loc"][1:])) or "body",
            ascii(each.get("input"))[:80],
            str(each["msg"]),
        )
        for each in error.errors()
    ]
    return response_of(
        RequestInvalid(
            "The request is not what this route takes.",
            mend="Correct it; /openapi.json says what it takes.",
            problems=[
                (ascii(key)[1:-1][:80], found, expected) for key, found, expected in problems
            ],
        )
    )


async def _of_framework(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known: dict[int, DoclakeError] = {
        404: errors.NothingThere("Nothing is there.", mend="/openapi.json lists the routes."),
        413: errors.BodyTooLarge("The body is too large.", mend="Send a shorter question."),
    }
    told = known.get(error.status_code) or RequestInvalid(
        "The request is not what this route takes.",
        mend="Correct it; /openapi.json says what it takes.",
    )
    answer = response_of(told)
    answer.status_code = error.status_code
    answer.headers.update(error.headers or {})
    return answer


async def _unforeseen(_: Request, __: Exception) -> JSONResponse:
    content: dict[str, Any] = Failure(
        code="internal_error", message=_HIDDEN, mend=_TRY
    ).model_dump()
    return JSONResponse(content, 500)
