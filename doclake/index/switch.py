"""From one model or recipe of chunks to another: how the state of the index changes.

Each function gives the next state. Saving it is one step, so searches see the one or the other, and
a run that died between two goes on from the state it finds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from doclake import clock
from doclake.errors import IndexStateError
from doclake.index.state import Candidate, Former, IndexState

CHECK = "no_index_is_held_back"
ROLLED_BACK = "it was rolled back by hand"


def held(candidate: Candidate, reason: str, judged_by: str) -> Candidate:
    """One that waits for other questions or settings, or for a person."""
    return replace(candidate, held=reason, judged_by=judged_by)


def told(state: IndexState) -> tuple[str, str] | None:
    """What people must know of a candidate that is held, and what to do; None if there is none."""
    candidate = state.candidate
    if candidate is None or candidate.held is None:
        return None
    old, new = difference(state, candidate.state)
    return (
        f"Searches go on with {old}, {new} do not take over: {candidate.held}.",
        "`doclake index promote` lets them take over; else set the model and the recipe back.",
    )


def difference(state: IndexState, other: IndexState) -> tuple[str, str]:
    """What tells the tables of two states from each other, said of each."""
    if state.model != other.model:
        as_set = " with the settings of today" if other.model_name == state.model_name else ""
        return f"the vectors of {state.model_name}", f"those of {other.model_name}{as_set}"
    sources = sorted(
        name for name, recipe in other.recipes.items() if state.recipes.get(name, recipe) != recipe
    )
    return "the chunks of before", f"the new chunks of {', '.join(sources)}"


def promoted(state: IndexState) -> IndexState:
    """Searches use the candidate; the table they used is the one to go back to. Raises
    `IndexStateError` if no candidate is complete."""
    candidate = state.candidate
    if candidate is None or not candidate.is_built:
        raise IndexStateError(
            "No other index is complete beside the one that searches use.",
            mend="Name another model under `embedding.model`, or change how a source is cut "
            "(`recipe.chunk`), and run `doclake ingest`.",
        )
    former = Former(_alone(state), clock.now().isoformat())
    return replace(candidate.state, former=former).after(state)


def rolled_back(state: IndexState) -> IndexState:
    """Searches use the table of before; the other one waits for a person. Raises
    `IndexStateError` if there is none any more."""
    former = state.former
    if former is None:
        raise IndexStateError(
            "There is no index of before to go back to.",
            mend="One is kept after a change of the model or of a chunk recipe, for "
            "`retention.former_index`. Set back what you changed and run `doclake ingest`.",
        )
    candidate = Candidate(_alone(state), is_built=True, held=ROLLED_BACK)
    return replace(former.state, candidate=candidate).after(state)


def forgotten(state: IndexState, keep: timedelta) -> IndexState:
    """Without a former table that has stood long enough."""
    former = state.former
    if former is None or clock.now() - datetime.fromisoformat(former.since) < keep:
        return state
    return replace(state, former=None)


def _alone(state: IndexState) -> IndexState:
    return replace(state, retired={}, candidate=None, former=None)
