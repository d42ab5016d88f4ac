"""A made set of what agents remember of people and things over five months, and questions about it.

`memory_facts/` holds names, sentences and values in English and Korean; a seeded draw puts them
together. Each session is of one agent and one person or thing. A fact is said in one language; some
are said again, some by two agents, some are replaced later, and some contradicted by a colleague
who corrects nothing. An agent of another team has heard other values, which nobody here may see.
Questions are worded otherwise than statements, half of them in the other language.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

FACTS = Path(__file__).parent / "memory_facts"
TEAM, OUTSIDER = ("ada", "bob", "cy", "dana", "eun"), "otto"
GROUPS = {"pool:team": [f"agent:{name}" for name in TEAM], "pool:other": [f"agent:{OUTSIDER}"]}
LANGUAGES = ("en", "ko")
ASKED_AT = datetime(2026, 7, 1, 9, tzinfo=UTC)
_MONTHS = {2: "February", 3: "March", 4: "April", 5: "May", 6: "June"}
_PER_PERSON = 7  # of ten attributes
_PARTICLE = re.compile(r"(.)\((.)/(.)\)")
Pair = Sequence[str]
"""The same in English and in Korean."""


@dataclass(eq=False)
class Said:
    """One thing that an agent remembers. `replaces` is what it takes the place of, by `correct` or
    by `supersedes`; `is_talk` is what answers nothing."""

    at: datetime
    agent: str
    subject: str
    text: str
    language: str
    importance: float = 0.5
    replaces: Said | None = None
    corrects: bool = False
    is_talk: bool = False

    @property
    def pool(self) -> str:
        return "other" if self.agent == OUTSIDER else "team"


@dataclass(frozen=True)
class Question:
    """`kind` is current, updated, as_of or contradicted; `answer` is the one right text."""

    kind: str
    text: str
    language: str
    answer: Said
    agent: str
    as_of: datetime | None = None

    @property
    def direction(self) -> str:
        return f"{self.language} of {self.answer.language}"


@dataclass
class Conversations:
    """In the order of their time."""

    said: list[Said] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def made(seed: int = 1) -> Conversations:
    """Some 60 people and things, 1,000 statements and 500 questions; a seed gives the same ones."""
    rng, all_of_it = random.Random(seed), Conversations()
    names = yaml.safe_load((FACTS / "names.yaml").read_text("utf-8"))
    for number, (name, fact) in enumerate(_facts(rng, names)):
        _Fact(rng, names["person"], name, fact, number).tell(all_of_it)
    everybody = [name for kind, known in names.items() if kind != "talk" for name in known]
    for name in everybody:
        for talk in rng.sample(names["talk"], 3):
            language = rng.randrange(2)
            text = _sentence(talk[language], name[language])
            one = Said(_moment(rng, rng.randrange(5)), rng.choice(TEAM), name[0], text, "en")
            one.language, one.is_talk = LANGUAGES[language], True
            all_of_it.said.append(one)
    all_of_it.said.sort(key=lambda one: one.at)
    return all_of_it


def _facts(
    rng: random.Random, names: dict[str, list[Pair]]
) -> Iterator[tuple[Pair, dict[str, Any]]]:
    of_people = yaml.safe_load((FACTS / "people.yaml").read_text("utf-8"))
    for name in names["person"]:
        for fact in rng.sample(of_people, _PER_PERSON):
            yield name, fact
    for kind in yaml.safe_load((FACTS / "things.yaml").read_text("utf-8")):
        for name in names[kind["of"]]:
            for fact in kind["facts"]:
                yield name, fact


@dataclass(frozen=True)
class _Fact:
    """One attribute of one person or thing."""

    rng: random.Random
    people: list[Pair]
    name: Pair
    fact: dict[str, Any]
    number: int

    def tell(self, into: Conversations) -> None:
        rng = self.rng
        values = self.people if self.fact["values"] == "people" else self.fact["values"]
        first, later, other, hearsay = rng.sample([one for one in values if one != self.name], 4)
        month, fate = rng.randrange(3), self.number % 10
        said = self._said(first, month)
        into.said.append(said)
        if fate < 4:
            into.questions.append(self._asked("as_of", said, said.at + timedelta(days=1)))
            new = self._said(later, month + 1)
            new.agent, new.replaces, new.corrects = said.agent, said, fate < 2
            into.said.append(new)
            if fate == 0:  # and once more
                between = new.at + timedelta(days=1)
                into.questions.append(self._asked("as_of", new, between))
                newest = self._said(other, month + 2)
                newest.agent, newest.replaces, newest.corrects = new.agent, new, True
                into.said.append(newest)
                new = newest
            into.questions.append(self._asked("updated", new))
        elif fate == 4:
            new = self._said(later, month + 2)
            new.agent = rng.choice([one for one in TEAM if one != said.agent])
            into.said.append(new)
            into.questions.append(self._asked("contradicted", new))
        else:
            into.questions.append(self._asked("current", said))
            if fate in (5, 6):  # by the same agent, or by a second one
                again = Said(**(vars(said) | {"at": _moment(rng, month + 1)}))
                again.agent = said.agent if fate == 5 else rng.choice(TEAM)
                into.said.append(again)
        if rng.random() < 0.15:
            rumour = self._said(hearsay, month)
            rumour.agent = OUTSIDER
            into.said.append(rumour)

    def _said(self, value: Pair, month: int) -> Said:
        language = self.rng.randrange(2)
        form = self.rng.choice(self.fact[LANGUAGES[language]])
        return Said(
            _moment(self.rng, month),
            self.rng.choice(TEAM),
            self.name[0],
            _sentence(form, self.name[language], value[language]),
            LANGUAGES[language],
            self.rng.choice((0.3, 0.5, 0.5, 0.8)),
        )

    def _asked(self, kind: str, answer: Said, as_of: datetime | None = None) -> Question:
        language = self.rng.randrange(2)
        short = LANGUAGES[language]
        form = self.rng.choice(self.fact[f"ask_{short}"])
        when = ""
        if as_of is not None:
            form = self.fact[f"was_{short}"]
            when = _MONTHS[as_of.month] if short == "en" else f"{as_of.month}월"
        text = _sentence(form, self.name[language], when=when)
        return Question(kind, text, short, answer, self.rng.choice(TEAM), as_of)


def _moment(rng: random.Random, month: int) -> datetime:
    """On a day of that month, February being 0, with some days left in it."""
    return datetime(2026, 2 + month, 1, 8, tzinfo=UTC) + timedelta(minutes=rng.randrange(25 * 1440))


def _sentence(form: str, name: str, value: str = "", when: str = "") -> str:
    text = form.format(name=name, value=value, when=when)
    text = _PARTICLE.sub(lambda m: m[1] + m[3 if _ends_open(m[1]) else 2], text)
    return text[0].upper() + text[1:]


def _ends_open(letter: str) -> bool:
    """Whether a syllable of Hangul has no final consonant."""
    return "가" <= letter <= "힣" and (ord(letter) - ord("가")) % 28 == 0
