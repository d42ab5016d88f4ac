"""Search as tools of the Model Context Protocol, over stdio and as a route of the server."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import Field
from starlette.routing import BaseRoute, Route

from doclake.errors import RequestInvalid
from doclake.project import Project
from doclake.search import door
from doclake.search.for_models import answer_for_model, passage_for_model
from doclake.search.suspicion import SUSPICIOUS
from doclake.serve.caller import Caller
from doclake.serve.failures import told_to_model
from doclake.serve.mcp_memory import CallerOf, add_tools
from doclake.serve.models import FilterValues, Found, PassageRow, SourceRow
from doclake.serve.service import Service
from doclake.serve.tokens import SCOPES

PATH = "/mcp"
_ABOUT = (
    "Search documents in English and Korean. Every passage says where it stands: cite it by its "
    "`citation`. Ask `sources` for the names that the filter `source` takes."
)


class _Strict(MCPServer[Any]):
    """Refuses what no tool takes: a filter that is left out without a word searches everything."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        tools = {tool.name: tool for tool in await self.list_tools()}
        if name in tools:
            taken = list(tools[name].input_schema["properties"])
            with told_to_model():
                _require_known(arguments, taken)
        return await super().call_tool(name, arguments, context)


def _require_known(arguments: Collection[str], taken: Sequence[str]) -> None:
    unknown = [ascii(one)[1:-1][:80] for one in arguments if one not in taken]
    if unknown:
        raise RequestInvalid(
            f"No such argument: {', '.join(unknown[:5])}.",
            mend=f"It takes: {', '.join(taken) or 'none'}.",
        )


def create_mcp(service: Service, caller_of: CallerOf) -> MCPServer[Any]:
    """`caller_of` says who asks."""
    server: MCPServer[Any] = _Strict(
        "doclake", title="Doclake", instructions=_ABOUT, log_level="WARNING"
    )

    @server.tool()
    async def search(
        question: Annotated[str, Field(description="In words, in any language of the documents")],
        ctx: Context[Any, Any],
        k: Annotated[int, Field(description=f"Number of passages, 1 to {door.MOST}")] = 5,
        filters: Annotated[
            FilterValues | None, Field(description="What narrows the search")
        ] = None,
    ) -> Found:
        """Passages that answer a question, best first, of those that the caller may see. What a
        passage tells a model to do is left out, and counted under `left_out`."""
        asked = partial(service.search, question, k, caller_of(ctx), filters or {})
        with told_to_model():
            answer, withheld = answer_for_model(service.project(), await service.run(asked))
            left_out = {SUSPICIOUS: withheld} if withheld else {}
            return Found.of(answer).model_copy(update={"left_out": left_out})

    @server.tool()
    async def fetch(
        citation_id: Annotated[str, Field(description="Of a passage that `search` gave")],
        ctx: Context[Any, Any],
        neighbours: Annotated[int, Field(ge=0, le=50, description="Passages on each side")] = 1,
    ) -> PassageRow:
        """A passage as it stands now, with what stands around it."""
        asked = partial(service.passage, citation_id, caller_of(ctx).principals, neighbours, False)
        with told_to_model():
            found = await service.run(asked)
            return PassageRow.of(passage_for_model(service.project(), found))

    @server.tool()
    async def sources(ctx: Context[Any, Any]) -> list[SourceRow]:
        """The places that documents come from, of those that the caller may see."""
        with told_to_model():
            found = door.sources(service.project(), caller_of(ctx).principals)
            return [SourceRow(name=name, description=about) for name, about in found.items()]

    add_tools(server, service, caller_of)
    return server


def routes(server: MCPServer[Any], body: int) -> list[BaseRoute]:
    """Of the streamable HTTP transport. Whoever adds them must run `server.session_manager`.

    The gate has looked at host and origin already. A GET would open a stream of events that a
    server without sessions never sends nor ends: the protocol lets it be refused, with 405.
    """
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=body,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    (route,) = app.routes
    assert isinstance(route, Route)
    return [Route(PATH, route.endpoint, methods=["POST"])]


def caller_of_request(ctx: Context[Any, Any]) -> Caller:
    """The caller that the gate found."""
    request = ctx.request_context.request
    assert request is not None
    caller: Caller = request.scope["state"]["caller"]
    return caller


def run_stdio(project: Project, principals: tuple[str, ...]) -> None:
    """Serve one client over standard input and output until it goes. Raises `SettingsError` for a
    principal that is no name."""
    service = Service(project)
    service.warm_up()
    caller = Caller(principals, scopes=SCOPES)
    create_mcp(service, lambda _: caller).run("stdio")
