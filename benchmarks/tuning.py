"""What `doclake tune` gains: nDCG@10 of held-out questions before and after, end to end.

    python benchmarks/tuning.py [SET ...] [--model all-MiniLM-L6-v2] [--epochs 2]

Without a SET it takes two that the project has. *House words*: 480 notes of a firm that calls 40
common things by names of its own; a question uses the common word, a note the firm's, and each fact
is told of every thing. Nothing but a pair tells which name means what. *Facts*: `bilingual_facts/`,
120 questions in plain words, which leave a good model little to learn. A SET is a folder as
`benchmarks/retrieval.py` takes it. Documents are held out by the stage itself. Intervals hold 95 %
of 2,000 bootstrap samples of the paired differences.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.cross_lingual import LANGUAGES, facts
from benchmarks.retrieval import JudgedSet, read
from doclake import Project
from doclake.evaluate.gate import Verdict
from doclake.stages import tuned_model

THINGS = {
    "Heron": "travel expense system", "Quartz": "staff canteen", "Maple": "holiday calendar",
    "Otter": "car pool", "Basalt": "payroll run", "Finch": "customer newsletter",
    "Juniper": "spare parts store", "Lynx": "front gate", "Cobalt": "server room",
    "Willow": "suggestion box", "Raven": "night shift", "Topaz": "first aid course",
    "Badger": "waste collection", "Cedar": "meeting room booking", "Plover": "parcel desk",
    "Garnet": "fire drill", "Stoat": "parking garage", "Hazel": "works council",
    "Osprey": "data backup", "Opal": "visitor tour", "Marten": "forklift training",
    "Alder": "supplier portal", "Kestrel": "telephone exchange", "Onyx": "coffee machine",
    "Beaver": "water treatment", "Rowan": "trainee programme", "Swift": "courier service",
    "Agate": "quality inspection", "Weasel": "pest control", "Larch": "company archive",
    "Curlew": "price list", "Jasper": "complaints office", "Moose": "cold store",
    "Aspen": "sick leave form", "Wren": "door locks", "Beryl": "paint shop",
    "Ibex": "lift maintenance", "Elder": "pension fund", "Tern": "company bus",
    "Zircon": "laundry service",
}  # fmt: skip
TOLD = [
    ("When does the {} close on Fridays?", "{} shuts at {} o'clock on the last working day."),
    ("Who is in charge of the {}?", "Whoever has trouble with {} turns to Ms {}."),
    ("What does the {} cost in a month?", "{} is booked with {} euros every four weeks."),
    ("In which building is the {}?", "You find {} in house {}, behind the yard."),
    ("How many people use the {}?", "On a normal day {} serves {} of us."),
    ("When was the {} last renewed?", "{} was overhauled in the spring of {}."),
    ("Which telephone number has the {}?", "Dial {1} if {0} does not answer."),
    ("Which rule applies to the {}?", "Section {1} of the handbook is about {0}."),
    ("Why was the {} out of order?", "A burst pipe in room {1} put {0} out of action."),
    ("What must be brought to the {}?", "Nobody gets anything from {} without form {}."),
    ("Who may change the {}?", "Only the holder of key {1} may alter anything about {0}."),
    ("What will be new about the {} next year?", "From January on {} gets {} more places."),
]


def house_words() -> JudgedSet:
    rng, notes, asked = random.Random(3), dict[str, dict[str, str]](), dict[str, str]()
    for name, thing in THINGS.items():
        for number, (question, told) in enumerate(TOLD):
            key = f"{name.lower()}{number:02d}"
            notes[key] = {"text": told.format(name, rng.randrange(10, 2000))}
            asked[key] = question.format(thing)
    return JudgedSet("house words", notes, asked, {key: {key} for key in notes})


def bilingual() -> JudgedSet:
    passages, asked = dict[str, dict[str, str]](), dict[str, str]()
    answers = dict[str, set[str]]()
    for number, fact in enumerate(facts()):
        for language in LANGUAGES:
            for kind, key in (("fact", language), ("near", f"near_{language}")):
                passages[f"{kind}{number:02d}{language}"] = {"text": fact[key]}
            asked[f"{number:02d}{language}"] = fact[f"ask_{language}"]
            answers[f"{number:02d}{language}"] = {f"fact{number:02d}{language}"}
    return JudgedSet("facts", passages, asked, answers)


def ingested(judged: JudgedSet, folder: Path, model: str, epochs: int) -> Project:
    (folder / "documents").mkdir()
    for name, row in judged.passages.items():
        (folder / "documents" / f"{name}.md").write_text(row["text"], "utf-8")
    entries = [
        {"question": text, "documents": [f"{name}.md" for name in sorted(judged.answers[key])]}
        for key, text in judged.questions.items()
        if key in judged.answers
    ]
    lines = [f"- {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries]
    (folder / "questions.yaml").write_text("".join(lines), "utf-8")
    source = {"url": "documents", "access": ["everyone"], "questions": "questions.yaml"}
    config = {"sources": {"set": source}, "lake": "lake", "embedding": {"model": model}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config | {"tuning": {"epochs": epochs}}))
    project = Project.open(folder)
    project.ingest()
    return project


def line(judged: JudgedSet, model: str, epochs: int) -> str:
    """A row of the table for one set."""
    with TemporaryDirectory() as there:
        project = ingested(judged, Path(there), model, epochs)
        wall, cpu = time.perf_counter(), time.process_time()
        tuned = tuned_model.run(project)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    verdict: Verdict = tuned.trial.verdicts()["all"]
    change, counts = verdict.change, tuned.report.counts
    assert change is not None
    return (
        f"| {judged.name} | {model} | {counts['pairs']} | {change.n} | {verdict.before:.3f} "
        f"| {verdict.after:.3f} | {change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f}) "
        f"| {'use it' if tuned.trial.is_better else 'refused'} | {wall:.0f} | {cpu:.0f} |"
    )


def sets(folders: list[Path]) -> Iterator[JudgedSet]:
    if folders:
        yield from map(read, folders)
    else:
        yield from (house_words(), bilingual())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("sets", type=Path, nargs="*", help="folders of judged sets")
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=int, default=2)
    given = parser.parse_args()
    print("| set | model | pairs | held out | before | after | change | verdict | s | CPU-s |")
    print("|---|---|---:|---:|---:|---:|---|---|---:|---:|")
    for judged in sets(given.sets):
        print(line(judged, given.model, given.epochs), flush=True)


if __name__ == "__main__":
    main()
