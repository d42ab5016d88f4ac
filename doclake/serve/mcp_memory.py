"""Memory as tools of the Model Context Protocol: the verbs that a conversation needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from pydantic import Field, ValidationError

from doclake.errors import RequestInvalid
from doclake.memory.recall import MOST
from doclake.search.for_models import WITHHELD
from doclake.serve.caller import Caller
from doclake.serve.failures import told_to_model
from doclake.serve.memory_verbs import (
    Correct,
    FilterValues,
    Forget,
    Given,
    History,
    Kind,
    Recall,
    Remember,
    Share,
    Verb,
)
from doclake.serve.service import Service
from doclake.tables.memories import SUSPICIOUS

Agent = Annotated[str | None, Field(description="Which, if you speak for several agents")]
CallerOf = Callable[[Context[Any, Any]], Caller]


def add_tools(server: MCPServer[Any], service: Service, caller_of: CallerOf) -> None:
    """`caller_of` says who asks."""

    async def do(verb: type[Verb], ctx: Context[Any, Any], **said: Any) -> Given:
        with told_to_model():
            asked = _checked(verb, said)
            told = await service.run(partial(service.remembered, asked, caller_of(ctx)))
            return _without_orders(told)

    @server.tool()
    async def remember(
        text: Annotated[str, Field(description="In one sentence, whole by itself")],
        ctx: Context[Any, Any],
        kind: Annotated[
            Kind, Field(description="A fact, what happened, how to do it")
        ] = "semantic",
        subject: Annotated[str | None, Field(description="Whom or what it is about")] = None,
        session: Annotated[str | None, Field(description="In which conversation")] = None,
        pool: Annotated[str | None, Field(description="Share it with this pool")] = None,
        importance: Annotated[float, Field(ge=0, le=1)] = 0.5,
        supersedes: Annotated[
            list[str], Field(description="Ids of memories that it takes the place of")
        ] = [],  # noqa: B006 (MCP reads it as the default)
        agent: Agent = None,
    ) -> Given:
        """Keep something for later sessions. What is known already is kept once."""
        about = {"kind": kind, "subject": subject, "session": session, "pool": pool}
        weighed = {"importance": importance, "supersedes": supersedes}
        return await do(Remember, ctx, text=text, agent=agent, **about, **weighed)

    @server.tool()
    async def recall(
        question: Annotated[str, Field(description="In words")],
        ctx: Context[Any, Any],
        k: Annotated[int, Field(description=f"Number of memories, 1 to {MOST}")] = 5,
        filters: Annotated[
            FilterValues | None, Field(description="What narrows the recall")
        ] = None,
        agent: Agent = None,
    ) -> Given:
        """What was remembered that answers a question, best first. What tells a model to do
        something is left out, and counted under `left_out`."""
        asked = {"question": question, "k": k, "filters": filters or {}, "agent": agent}
        found = (await do(Recall, ctx, **asked))["memories"]
        kept = [one for one in found if one["trust"] != SUSPICIOUS]
        left_out = {SUSPICIOUS: len(found) - len(kept)} if len(kept) < len(found) else {}
        return {"memories": kept, "left_out": left_out}

    @server.tool()
    async def correct_memory(
        memory_id: str, text: str, ctx: Context[Any, Any], agent: Agent = None
    ) -> Given:
        """Put what is right in the place of what was remembered."""
        return await do(Correct, ctx, memory_id=memory_id, text=text, agent=agent)

    @server.tool()
    async def forget_memory(memory_id: str, ctx: Context[Any, Any], agent: Agent = None) -> Given:
        """Recall something no more."""
        return await do(Forget, ctx, memory_id=memory_id, agent=agent)

    @server.tool()
    async def share_memory(
        memory_id: str, pool: str, ctx: Context[Any, Any], agent: Agent = None
    ) -> Given:
        """Let the agents of a pool recall it."""
        return await do(Share, ctx, memory_id=memory_id, pool=pool, agent=agent)

    @server.tool()
    async def memory_history(memory_id: str, ctx: Context[Any, Any], agent: Agent = None) -> Given:
        """What was remembered before and after, and what was done with it. What tells a model to
        do something has no text."""
        return await do(History, ctx, memory_id=memory_id, agent=agent)


def _checked(verb: type[Verb], said: dict[str, Any]) -> Verb:
    try:
        return verb(**said)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"]))
        raise RequestInvalid(f"{where}: {wrong['msg']}.", mend="Correct it.") from None


def _without_orders(told: Given) -> Given:
    """No memory keeps a text that tells a model what to do, whichever verb gives it."""
    for one in told.get("memories", [told]):
        if one["trust"] == SUSPICIOUS:
            one["text"] = WITHHELD
    return told
