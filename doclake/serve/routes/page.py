"""GET / and its files: the page, as it lies in `doclake/serve/page`."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from doclake.errors import NothingThere

router = APIRouter(include_in_schema=False)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing but the files here runs or loads, and no text can become markup."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Content and tag of each file, by its name."""
    found = {}
    for file in (files("doclake") / "serve" / "page").iterdir():
        if file.name[file.name.rfind(".") :] in _TYPES:
            content = file.read_bytes()
            found[file.name] = content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return found


@router.get("/")
async def index(request: Request) -> Response:
    return _answer("index.html", request)


@router.get("/page/{name}")
async def part(name: str, request: Request) -> Response:
    if name not in _files():
        raise NothingThere("Nothing is there.", mend="The page is at /.")
    return _answer(name, request)


def _answer(name: str, request: Request) -> Response:
    content, tag = _files()[name]
    headers = {
        "content-security-policy": POLICY,
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-cache",
        "etag": tag,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[name[name.rfind(".") :]], headers=headers)
