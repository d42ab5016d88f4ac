"""How well a question in one language finds a passage in the other, English and Korean.

    python benchmarks/cross_lingual.py

60 facts of `bilingual_facts/`, each a passage and a question in both languages, and in both a
passage that shares words with the question and does not answer it. Three sets of 120 questions:

* *one language*: all passages are in the language that the question is not in;
* *mixed*: only passages in the other language answer; those that share words stand in both;
* *both*: everything stands in both languages, and an answer in either is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.retrieval import HEAD, RECIPES, JudgedSet, Results, ingested, lines

FACTS = Path(__file__).parent / "bilingual_facts"
LANGUAGES = ("en", "ko")
Fact = dict[str, str]


def facts() -> list[Fact]:
    return [fact for file in sorted(FACTS.glob("*.yaml")) for fact in yaml.safe_load(file.open())]


def sets(known: list[Fact]) -> Iterator[tuple[str, list[JudgedSet]]]:
    """Each with a lake for the questions in either language, or one for both."""
    turns = [("en", "ko"), ("ko", "en")]
    yield "one language", [_set(known, [asked], [held], [held]) for asked, held in turns]
    yield "mixed", [_set(known, [asked], [held], LANGUAGES) for asked, held in turns]
    yield "both", [_set(known, LANGUAGES, LANGUAGES, LANGUAGES)]


def _set(
    known: list[Fact], asked: Iterable[str], held: Iterable[str], near: Iterable[str]
) -> JudgedSet:
    passages = {
        f"{kind}{number:02d}{language}": {"text": fact[key]}
        for number, fact in enumerate(known)
        for kind, languages in (("fact", held), ("near", near))
        for language in languages
        for key in [language if kind == "fact" else f"near_{language}"]
    }
    questions = {
        f"{number:02d}{language}": fact[f"ask_{language}"]
        for number, fact in enumerate(known)
        for language in asked
    }
    answers = {key: {f"fact{key[:2]}{language}" for language in held} for key in questions}
    return JudgedSet("facts", passages, questions, answers)


def main() -> None:
    print(HEAD)
    for name, judged_sets in sets(facts()):
        results = {recipe: Results() for recipe in RECIPES}
        for judged in judged_sets:
            with TemporaryDirectory() as there:
                project = ingested(judged, Path(there), titled=False)
                for recipe, one in results.items():
                    one.ask(recipe, project, judged, list(judged.questions))
        print(*lines(name, results), sep="\n", flush=True)


if __name__ == "__main__":
    main()
