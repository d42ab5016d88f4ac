"""A run that fails says why in the words of the error, whoever raised it."""

from __future__ import annotations

import dagster as dg
import pytest

from doclake.errors import DoclakeError, LakeError, ModelError
from doclake_dagster.pipelines.run_errors import cause_of

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def _wrapped() -> None:
    try:
        raise ModelError("The model e5 is not there.", mend="Fetch it.")
    except ModelError as error:
        raise RuntimeError("Embedding stopped: ") from error


def _raised(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        (
            lambda: _raised(LakeError("The disk is full: 0 bytes.", mend="Make room.")),
            "lake_error: The disk is full: 0 bytes. Make room.",
        ),
        (_wrapped, "model_error: The model e5 is not there. Fetch it."),
        (lambda: _raised(ValueError("no: number")), "ValueError: no: number"),
        (lambda: _raised(KeyError("a")), "KeyError: 'a'"),
        (lambda: _raised(DoclakeError("Odd.")), "doclake_error: Odd."),
    ],
)
def test_the_error_that_failed_a_step_is_told_and_not_that_a_step_failed(instance, fail, said):
    @dg.op
    def step() -> None:
        fail()

    @dg.job
    def job() -> None:
        step()

    result = job.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)
    failed = [event for event in result.all_events if event.is_step_failure]
    assert cause_of(failed) == said


def test_a_run_without_an_error_has_no_cause(instance):
    @dg.job
    def job() -> None:
        pass

    result = job.execute_in_process(instance=instance, run_config=QUIET)
    assert cause_of(result.all_events) is None
