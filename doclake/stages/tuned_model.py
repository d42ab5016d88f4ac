"""tuned_model: an embedding model that has learned from questions whose answers are known.

It is tried on questions about documents that it has learned nothing of, and its report is kept
beside those of the model that searches use. It takes nothing over by itself: a person names it in
doclake.yaml, and from then on it is a new model like any other (`index_switch`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doclake.embed import release_model
from doclake.embed.models.resolve import resolve
from doclake.errors import PairsLacking
from doclake.evaluate.measures import FEWEST
from doclake.progress import Progress, silent
from doclake.project import Project
from doclake.stages import retrieval_report
from doclake.stages.report import StageReport
from doclake.tune.examples import STAGE, examples
from doclake.tune.models import TunedModel, finish, tuned_model
from doclake.tune.pairs import sides
from doclake.tune.train import require, train
from doclake.tune.trial import Trial, trial

_MORE = (
    "Judge hits or add golden questions; or let the chat server write some, by `doclake generate` "
    "and `tuning.generated: true`."
)


@dataclass(frozen=True)
class Tuned:
    """What came of it: the model, and how it did in its trial."""

    report: StageReport
    model: TunedModel
    trial: Trial


def run(
    project: Project,
    sources: Iterable[str] = (),
    *,
    progress: Progress = silent,
    run_id: str = "",
) -> Tuned:
    """Tune the model of the settings on the questions to some sources, or to all, and try it. What
    was trained before is not trained again, and a training that was stopped is gone on with.

    Raises `PairsLacking`, `ExtraMissing`, `IndexStateError`, `ModelError` and, for a file of
    questions that is wrong, `SettingsError`; nothing takes its place before it is whole.
    """
    require()
    report, settings = StageReport(STAGE), project.settings
    names = list(sources) or list(settings.sources)
    parted = sides(project, names, with_generated=settings.tuning.generated)
    _require(len(parted.held_out), FEWEST, "documents that are held out", "tuning.held_out")
    learned = examples(project, parted.learned, progress)
    _require(len(learned), settings.tuning.min_pairs, "the others", "tuning.min_pairs")
    report.add("questions_held_out", len(parted.held_out))
    report.add("questions_across", parted.across)
    report.add("questions_without_passage", len(parted.learned) - len(learned))
    report.add("pairs", len(learned))
    model = tuned_model(project, learned)
    if not model.is_whole:
        release_model()  # two at once take twice the memory
        with model.being_trained():
            steps = train(
                resolve(settings.embedding),
                learned,
                settings.tuning,
                model.work,
                device=settings.embedding.device,
                threads=settings.processing.workers,
                progress=progress,
            )
            finish(project, model, learned, steps, run_id)
        report.add("steps", steps)
    tried = trial(project, model.settings(settings.embedding), parted.held_out, progress)
    report.add("passages", tried.chunks)
    for name, found in tried.after.items():
        verdict = tried.verdicts()[name]
        report.rows += retrieval_report.write(
            project, tried.tuned, found, verdict, tried.is_better, run_id, is_trial=True
        )
    return Tuned(report.finished(), model, tried)


def _require(found: int, needed: int, which: str, setting: str) -> None:
    if found < needed:
        raise PairsLacking(
            f"{found} questions are known with the passage that answers them about {which}, and "
            f"{needed} are needed.",
            mend=f"{_MORE} Else change {setting}.",
            found=found,
            needed=needed,
        )
