"""Two machines that write one lake in S3, killed again and again: each trial tells what is wrong
once both were let run to their end.

    python tests/integration/machines.py FOLDER KILLS [SEED]

The machines are processes that share nothing but the bucket: a lake there has no lock files. In
one trial both take all buckets of the source, in the next each a half; there is one index.
A script and not a test, for the reason that `trials.py` gives. Prints a JSON object with the trials
on its last line: how many kills there were, and a list of problems.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

from children import Child, Ended, Kill, Work, in_child, warm_up  # noqa: E402
from killing import make_project, state_in_child  # noqa: E402
from lake_state import LakeState, differences  # noqa: E402
from little_source import FIRST  # noqa: E402

from doclake.lake import leases  # noqa: E402
from doclake.project import Project  # noqa: E402
from tests.object_store import BUCKET, object_store  # noqa: E402

ALL, LOWER, UPPER = ("00", "01", "02", "03"), ("00", "01"), ("02", "03")
ROUNDS = 2  # in which both machines are killed, before both may end
AGAIN = 5  # times that a machine which lost its lease, as one that is short of processors may, runs


def stages(folder: Path, buckets: Sequence[str]) -> None:
    """Without Dagster, whose history would be shared."""
    from doclake.embed import Embedder
    from doclake.stages import chunks, documents, elements, embeddings, search_index
    from doclake.stages.context import StageContext

    project = Project.open(folder)
    context = StageContext(project, "notes", tuple(buckets))
    for stage in (documents, elements, chunks):
        stage.run(context)
    embeddings.run(context, Embedder(project.settings.embedding))
    search_index.run(project)


def at_once(folder: Path, works: Sequence[Work], kills: Sequence[Kill]) -> list[Ended]:
    """Both works, each killed at its time if it has one."""
    children = [Child(work, folder, kill) for work, kill in zip(works, kills, strict=True)]
    order = sorted(range(len(works)), key=lambda n: kills[n].seconds or float("inf"))
    ends = {n: children[n].wait() for n in order}
    return [ends[n] for n in range(len(works))]


def wrong(end: Ended) -> str:
    """What a machine said that failed; nothing of one that was killed, or must run again."""
    fine = end.killed or not end.code or "LeaseLost" in end.log
    return "" if fine else end.log[-1500:]


def trial(
    folder: Path, number: int, chance: random.Random, seconds: float, wanted: LakeState
) -> tuple[int, list[str]]:
    """Kills, and what differs from the undisturbed lake."""
    project = folder / f"trial-{number}"
    settings = make_project(project, FIRST(), lake=f"s3://{BUCKET}/trial-{number}")
    each = (LOWER, UPPER) if number % 2 else (ALL, ALL)
    works = [partial(stages, buckets=buckets) for buckets in each]
    killed = 0
    for _ in range(ROUNDS):
        kills = [Kill(seconds=chance.uniform(0.2, seconds)) for _ in works]
        ends = at_once(project, works, kills)
        killed += sum(end.killed for end in ends)
        problems = [*map(wrong, ends)]
        if any(problems):
            return killed, [problem for problem in problems if problem]
    for _ in range(AGAIN):
        ends = at_once(project, works, [Kill()] * len(works))
        problems = [problem for problem in map(wrong, ends) if problem]
        if problems or not any(end.code for end in ends):
            break
    if not problems:
        problems = differences(state_in_child(settings, project, True), wanted)
    shutil.rmtree(project)
    return killed, problems


def main() -> None:
    folder, least = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20240501)
    warm_up()
    leases.BEAT, leases.EXPIRY, leases.POLL = 0.5, 5.0, 0.1
    with object_store() as environment:
        os.environ.update(environment)
        settings = make_project(folder / "undisturbed", FIRST())
        assert not in_child(partial(stages, buckets=ALL), folder / "undisturbed").code
        wanted = state_in_child(settings, folder / "undisturbed", True)
        make_project(folder / "measure", FIRST(), lake=f"s3://{BUCKET}/measure")
        ended = in_child(partial(stages, buckets=ALL), folder / "measure")
        assert ended.code == 0, ended.log
        trials: list[tuple[int, list[str]]] = []
        while sum(killed for killed, _ in trials) < least:
            trials.append(trial(folder, len(trials), chance, ended.seconds, wanted))
            print(len(trials), *trials[-1], file=sys.stderr, flush=True)
    print(json.dumps({"kills": sum(killed for killed, _ in trials), "trials": trials}))


if __name__ == "__main__":
    main()
