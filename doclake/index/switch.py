"""From one model to another: how the state of the index changes, step by step.

Each function gives the next state. Saving it is one step, so searches see the one or the other, and
a run that died between two goes on from the state it finds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from doclake import clock
from doclake.errors import IndexStateError
from doclake.index.state import Candidate, Former, IndexState

CHECK = "no_model_is_held_back"
ROLLED_BACK = "it was rolled back by hand"


def held(candidate: Candidate, reason: str, judged_by: str) -> Candidate:
    """One that waits for other questions or settings, or for a person."""
    return replace(candidate, held=reason, judged_by=judged_by)


def told(state: IndexState) -> tuple[str, str] | None:
    """What people must know of a candidate that is held, and what to do; None if there is none."""
    candidate = state.candidate
    if candidate is None or candidate.held is None:
        return None
    return (
        f"Searches go on with {state.model_name}, {candidate.state.model_name} does not take over: "
        f"{candidate.held}. Of documents that changed since, searches find what they held before.",
        "`doclake index promote` lets it take over; else set `embedding.model` back.",
    )


def promoted(state: IndexState) -> IndexState:
    """Searches use the candidate; the table they used is the one to go back to. Raises
    `IndexStateError` if no candidate is complete."""
    candidate = state.candidate
    if candidate is None or not candidate.is_built:
        raise IndexStateError(
            "No other model's index is complete beside the one that searches use.",
            mend="Name the model under `embedding.model` and run `doclake ingest`.",
        )
    former = Former(_alone(state), clock.now().isoformat())
    return replace(candidate.state, former=former).after(state)


def rolled_back(state: IndexState) -> IndexState:
    """Searches use the table of the model before; the other one waits for a person. Raises
    `IndexStateError` if there is none any more."""
    former = state.former
    if former is None:
        raise IndexStateError(
            "There is no index of a model before to go back to.",
            mend="One is kept after a change of the model, for `retention.former_index`. Name the "
            "model that you want under `embedding.model` and run `doclake ingest`.",
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
