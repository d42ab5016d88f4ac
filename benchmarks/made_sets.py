"""Judged sets that the project makes: exact names, and long documents.

    python benchmarks/made_sets.py

*Names*: 400 passages alike but for a part number, a file or an error code, and 400 questions that
differ in it alone; the share whose first hit is the right passage. *Long documents*: 60 manuals of
some 40 sections, and questions about one fact of one; the share whose fact stands in the first 512
tokens of the hits, read in order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from doclake import Project
from doclake.embed import TokenCounter
from doclake.search.searcher import Searcher

NAMES, MANUALS, SECTIONS, READ = 400, 60, 40, 512
PARTS = [
    ("pump", "펌프"), ("valve", "밸브"), ("motor", "모터"), ("filter", "필터"),
    ("sensor", "센서"), ("hose", "호스"), ("bearing", "베어링"), ("gasket", "개스킷"),
    ("relay", "릴레이"), ("fan", "팬"),
]  # fmt: skip
FACTS = [
    ("torque of its bolts", "Tighten them to {} Nm.", "볼트 토크", "{} Nm로 조입니다."),
    ("interval of its inspection", "Inspect it every {} hours.", "점검 주기", "{}시간마다 봅니다."),
    ("highest pressure", "It bears {} kPa.", "최고 압력", "최대 {} kPa까지 견딥니다."),
    ("storage temperature", "Store it at {} kelvin.", "보관 온도", "{} 켈빈에서 보관합니다."),
]
FILLER = (
    "Read the safety notes before you begin. Wear gloves and goggles, switch the supply off and "
    "hang a sign at the switch. Keep the workplace clean, and collect what drips in a pan. Worn "
    "pieces are replaced in pairs. When the work is done, close the covers and note the date. "
)
FILLER_KO = (
    "작업을 시작하기 전에 안전 수칙을 읽으십시오. 장갑과 보안경을 착용하고 전원을 끄십시오. "
    "작업장을 깨끗이 하고 흐르는 액체는 받침에 받으십시오. 닳은 부품은 쌍으로 바꿉니다. "
    "끝나면 덮개를 닫고 날짜를 적으십시오. "
)


def named(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Names, each with a question for it."""
    for number in range(NAMES):
        serial = rng.randrange(10**5)
        match number % 4:
            case 0:
                name = f"KX-{serial:05d}-{rng.choice('ABCD')}"
                yield name, f"What does {name} weigh?"
            case 1:
                name = f"report_{serial:05d}_v{rng.randrange(1, 9)}.pdf"
                yield name, f"Who wrote {name}?"
            case 2:
                name = f"ERR-{serial:05d}"
                yield name, f"{name} 오류는 무엇을 뜻합니까?"
            case _:
                name = f"0x{rng.getrandbits(32):08X}"
                yield name, f"how do I get rid of {name.lower()}"


def names_first(folder: Path) -> float:
    rng = random.Random(1)
    asked = list(named(rng))
    for number, (name, _) in enumerate(asked):
        text = f"{name} weighs {rng.randrange(900)} grams. Kim wrote it. It means that the link is "
        text += f"down; start the device again. {name} 항목은 점검 대상입니다."
        (folder / f"note{number:03d}.txt").write_text(text, "utf-8")
    project = _ingested(folder)
    answers = Searcher(project).search_many([question for _, question in asked], k=1)
    right = [
        answer.hits[0].path == f"note{number:03d}.txt" for number, answer in enumerate(answers)
    ]
    return sum(right) / len(right)


def answered_in_time(folder: Path) -> float:
    rng = random.Random(2)
    asked: list[tuple[str, str]] = []
    for number in range(MANUALS):
        korean = number % 2 == 1
        lines = [f"# {'설명서' if korean else 'Manual'} M{number:02d}"]
        sections = rng.sample([(p, f) for p in PARTS for f in FACTS], SECTIONS)
        chosen = rng.randrange(SECTIONS)
        for place, ((part, part_ko), (what, says, what_ko, says_ko)) in enumerate(sections):
            value = f"{rng.randrange(1000, 9999)}"
            fact = (says_ko if korean else says).format(value)
            heading = f"{part_ko}: {what_ko}" if korean else f"{part.title()}: {what}"
            body = f"{FILLER_KO if korean else FILLER}{fact} {FILLER_KO if korean else FILLER}"
            lines += [f"## {heading}", body]
            if place == chosen:
                question = (
                    f"설명서 M{number:02d}에서 {part_ko}의 {what_ko}는 얼마입니까?"
                    if korean
                    else f"In manual M{number:02d}, what is the {what} for the {part}?"
                )
                asked.append((question, fact))
        (folder / f"M{number:02d}.md").write_text("\n\n".join(lines), "utf-8")
    project = _ingested(folder)
    counter = TokenCounter.from_settings(project.settings.embedding)
    answers = Searcher(project).search_many([question for question, _ in asked], k=10)
    read = [
        fact in _first(answer.hits, counter)
        for (_, fact), answer in zip(asked, answers, strict=True)
    ]
    return sum(read) / len(read)


def _first(hits: list, counter: TokenCounter) -> str:
    text = "\n".join(hit.text for hit in hits)
    ends = counter.offsets(text)[:READ]
    return text[: ends[-1][1]] if ends else ""


def _ingested(folder: Path) -> Project:
    place = folder.parent
    config = {"sources": {"made": {"url": folder.name, "access": ["everyone"]}}, "lake": "lake"}
    (place / "doclake.yaml").write_text(yaml.safe_dump(config))
    project = Project.open(place)
    project.ingest()
    return project


def main() -> None:
    print("| set | measure | goal | reached |")
    print("|---|---|---|---|")
    for name, measure, goal, score in (
        ("names", "right passage first", 1.0, names_first),
        ("long documents", f"answer within {READ} tokens", 0.985, answered_in_time),
    ):
        with TemporaryDirectory() as there:
            folder = Path(there) / "documents"
            folder.mkdir()
            print(f"| {name} | {measure} | {goal:.3f} | {score(folder):.3f} |", flush=True)


if __name__ == "__main__":
    main()
