"""What is learned and what is held out never meet in a document or in a text."""

from __future__ import annotations

from dataclasses import replace

from doclake.evaluate.questions import golden
from doclake.tables.generated_questions import GENERATED_QUESTIONS, GeneratedQuestion
from doclake.tune.examples import examples
from doclake.tune.pairs import held_out_texts, is_held_out, sides
from tests.tune.conftest import TOLD, configure


def _sides(flow, **options):
    return sides(flow.project, ["notes"], with_generated=False, **options)


def _generate(flow, unused: str | None = None) -> list[str]:
    """A question of the chat server about each text; their texts."""
    rows = list[GeneratedQuestion]()
    for number, chunk in enumerate(flow.lake.read("chunks").to_pylist()):
        place = {name: chunk[name] for name in ("source", "bucket", "text_hash")}
        asked = {"question": f"What is said in note {number}?", "model_name": "m", "unused": unused}
        rows.append(GENERATED_QUESTIONS.empty_row() | place | asked)
    flow.lake.append(GENERATED_QUESTIONS.name, GENERATED_QUESTIONS.arrow(rows))
    return [row["question"] for row in rows]


def test_a_document_stands_on_one_side_the_same_each_time_whatever_else_is_asked(house):
    parted = _sides(house)
    learned = {path for one in parted.learned for path in one.documents}
    held_out = {path for one in parted.held_out for path in one.documents}
    assert learned and held_out and not learned & held_out
    assert len(parted.learned) + len(parted.held_out) == len(golden(house.project, "notes"))
    with (house.folder / "questions.yaml").open("a") as file:
        file.write('- {"question": "Who wears the keys?", "documents": ["Lynx0.txt"]}\n')
    again = _sides(house)
    assert {path for one in again.held_out for path in one.documents} == held_out
    configure(house, held_out=0.6)
    assert len(_sides(house).held_out) > len(again.held_out)


def test_a_question_that_both_sides_answer_is_on_none(house):
    parted = _sides(house)
    both = [parted.learned[0].documents[0], parted.held_out[0].documents[0]]
    with (house.folder / "questions.yaml").open("a") as file:
        file.write(f'- {{"question": "What is in both?", "documents": {both}}}\n')
    again = _sides(house)
    assert again.across == 1
    assert (len(again.learned), len(again.held_out)) == (len(parted.learned), len(parted.held_out))


def test_questions_of_the_chat_server_count_only_where_they_are_wanted(house):
    asked = _generate(house)
    alone = _sides(house)
    mixed = sides(house.project, ["notes"], with_generated=True)
    assert not any(one.generated for one in (*alone.learned, *alone.held_out))
    added = [one.text for one in (*mixed.learned, *mixed.held_out) if one.generated]
    assert sorted(added) == sorted(asked)
    house.lake.delete(GENERATED_QUESTIONS.name, house.context().scope)
    _generate(house, unused="not_found")
    assert sides(house.project, ["notes"], with_generated=True) == alone


def test_no_text_of_a_held_out_document_is_learned_not_even_as_a_wrong_answer(house):
    share = house.settings.tuning.held_out
    parted = _sides(house)
    copied = parted.learned[0].documents[0]
    number = next(n for n in range(99) if is_held_out("notes", f"copy{n}.txt", share))
    house.write(f"copy{number}.txt", (house.documents / copied).read_text())
    house.run()
    held_out = held_out_texts(house.project, ["notes"])
    made = examples(house.project, _sides(house).learned, lambda _: None)
    shown = {key for one in made for key in (one.text_hash, *(key for key, _ in one.wrong))}
    assert not shown & held_out
    assert len(made) == len(parted.learned) - 1  # whose text stands on both sides


def test_each_question_learns_its_passage_and_others_that_search_takes_for_it(house):
    made = examples(house.project, _sides(house).learned, lambda _: None)
    texts = {path.name: path.read_text().strip() for path in house.documents.iterdir()}
    for one in made:
        assert one.passage == texts[one.question.documents[0]]
        assert [text for _, text in one.wrong if text != one.passage]
        assert len(one.wrong) == 1
    kinds = [told.split("{}")[-1].strip() for told in TOLD.values()]
    alike = [
        any(kind and kind in one.passage and kind in text for kind in kinds)
        for one in made
        for _, text in one.wrong
    ]
    assert sum(alike) > len(alike) / 3  # by chance it would be 1 in 6


def test_a_question_whose_passage_nobody_knows_teaches_nothing(house):
    learned = _sides(house).learned[:5]
    gone = replace(learned[0], text="Who feeds the goats?", documents=("goats.txt",))
    made = examples(house.project, [gone, *learned], lambda _: None)
    assert [one.question for one in made] == learned
