"""The blank YAML form: a valid case with everything absent, and every question in words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from tests.small_pack import PACK
from ynpolicy.cases import read_cases
from ynpolicy.documents import read_text
from ynpolicy.errors import InputError
from ynpolicy.expressions import parse
from ynpolicy.forms import blank_form
from ynpolicy.ir import Case, Kind, Pack
from ynpolicy.loader import load_pack
from ynpolicy.normalise import normalise
from ynpolicy.questions import LONG_LIST, choice, in_words, notes

DAY = date(2022, 5, 1)
REAL = load_pack("yunnan-14fyp")
LEVELS = sorted({norm.level for norm in REAL.norms.values()})


def case_in(text: str, pack: Pack = PACK, as_of: date | None = DAY) -> Case:
    (raw,) = read_cases(read_text(text, "form.yaml"))
    return normalise(pack, raw, as_of)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_blank_form_of_the_real_pack_is_a_case_with_everything_absent(level: str, lang: str) -> None:
    """As written, the form of every level is valid, states nothing, and asks each question of the level once."""
    text = blank_form(REAL, level, lang)
    case = case_in(text, REAL)
    assert (case.level, case.values, case.missing, case.texts) == (level, {}, {}, {})
    asked = [line.strip() for line in text.splitlines() if line.startswith("  ") and line.lstrip()[0] != "#"]
    names = [f"{name}:" for name, fact in REAL.facts.items() if level in fact.levels or not fact.levels]
    assert sorted(asked) == sorted([*names, "justifications:", "reviews:"])


def test_only_the_date_is_still_to_be_given() -> None:
    """Without an as-of date the form ends with that one problem."""
    with pytest.raises(InputError) as error:
        case_in(blank_form(PACK, "project"), as_of=None)
    assert [problem.message for problem in error.value.problems] == ["the case has no as-of date"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_examples_in_the_comments_are_answers(lang: str) -> None:
    """A reviewer who copies an example into the form gets a measured value, a conflict, an open set and two records."""
    lines = blank_form(PACK, "project", lang).splitlines()
    examples = [line.removeprefix("#   ") for line in lines if line.startswith("#   ") and ": {" in line]
    records = [line.replace("  #   ", "    ", 1) for line in lines if line.startswith("  #   - {")]
    measured, sources, members = examples
    form = ["level: project", "facts:", f"  {measured}", f"  {members}", "records:"]
    case = case_in("\n".join([*form, "  justifications:", records[0], "  reviews:", records[1]]))
    assert case.values["site.bank_distance"] != case.values["project.nature"]
    (origin,) = case.origins["site.bank_distance"]
    assert (origin.page, origin.date) == ("12", "2022-01-01")
    assert origin.document
    assert origin.entered_by
    assert list(case.justified) == ["siting.park"]
    assert list(case.reviewed) == ["siting.strict"]
    conflict = case_in("\n".join(["level: project", "facts:", f"  {sources}"]))
    assert conflict.missing["site.bank_distance"].value == "conflict"


def test_the_form_says_what_may_be_answered() -> None:
    """Unit, step and bounds of a number; label and id of each choice; when a question arises; who can answer it."""
    text = blank_form(PACK, "project")
    assert "距岸线距离：数值，单位 m，通常精确到 0.1，不小于 0" in text
    assert "新建 (new)、扩建 (expansion)、迁建 (relocation)" in text
    assert "「行业」含有「锡冶炼」，且「是否在园区内」为“是”" in text
    assert "由谁回答：建设单位" in text


def test_a_long_list_stands_once_at_the_end() -> None:
    """Forty counties do not stand between two questions, and each is in the form."""
    text = blank_form(PACK, "project")
    counties = PACK.facts["site.county"].symbols
    assert len(counties) > LONG_LIST
    head, tail = text.split("  reviews:\n")
    for symbol in counties.values():
        shown = f"{choice(symbol, 'zh')} ({symbol.id})"
        assert (text.count(shown), shown in tail) == (1, True)
    assert "所在县：任选其一（取值见文末 site.county）" in head


def test_texts_of_several_lines_stay_in_their_comment() -> None:
    """No text of a pack can break out of its comment and become an answer."""
    label = evolve(PACK.facts["offset.lead"].label, zh="甲\n  offset.zinc: 5\x00\u2028乙")
    fact = evolve(PACK.facts["offset.lead"], label=label, question=label, answered_by=label)
    pack = evolve(PACK, facts={**PACK.facts, fact.name: fact})
    assert case_in(blank_form(pack, "project"), pack).values == {}


@pytest.mark.parametrize(
    ("minimum", "maximum", "step"),
    [(None, None, "1"), ("0", "1", "0.1"), ("5", "5", "1"), (None, "-3", "0.5"), ("99", "100", "1")],
)
def test_the_measured_example_is_possible(minimum: str | None, maximum: str | None, step: str) -> None:
    """Whatever the bounds of the first number are, the example in the form's head lies within them."""
    low, high = (None if bound is None else Fraction(bound) for bound in (minimum, maximum))
    fact = evolve(PACK.facts["site.bank_distance"], resolution=Fraction(step), minimum=low, maximum=high)
    pack = evolve(PACK, facts={fact.name: fact})
    line = next(line for line in blank_form(pack, "project").splitlines() if "accuracy:" in line)
    example = line.removeprefix("#   ")
    assert fact.name in case_in(f"level: project\nfacts:\n  {example}\n", pack).values


def test_a_level_without_questions_has_no_form() -> None:
    """The error names the levels that have one."""
    with pytest.raises(InputError) as error:
        blank_form(PACK, "province")
    assert "project" in error.value.problems[0].help


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "site.bank_distance <= river_buffer",
            "「距岸线距离」不大于「岸线距离」",
            "“distance to the bank” is at most “buffer”",
        ),
        ('site.county == "530103"', "「所在县」为「第3县」", "“county” is “county 3”"),
        ('project.nature == "x"', "「建设性质」为「x」", "“nature” is “x”"),
        ("not project.in_park", "并非（「是否在园区内」为“是”）", "not (“inside a park” is true)"),
        (
            "overlaps(project.activity, nonferrous)",
            "「行业」含有「有色冶炼」之一",
            "“activity” includes one of “nonferrous smelting”",
        ),
        (
            "project.in_park and (offset.lead > 0 or offset.zinc > 0)",
            "「是否在园区内」为“是”，且（「铅削减量」大于0，或「锌削减量」大于0）",
            "“inside a park” is true and (“lead reduction” is more than 0 or “zinc reduction” is more than 0)",
        ),
        (
            "offset.total >= offset.lead * 2",
            "「削减总量」不小于(「铅削减量」 × 2)",
            "“total reduction” is at least (“lead reduction” × 2)",
        ),
    ],
)
def test_a_condition_is_said_in_words(text: str, zh: str, en: str) -> None:
    """Labels stand in place of names, in both languages."""
    condition = parse(text)
    assert (in_words(condition, PACK, "zh"), in_words(condition, PACK, "en")) == (zh, en)


def test_every_note_of_the_real_pack_is_in_words() -> None:
    """No condition of the vocabulary is shown by the name of a fact or of a parameter."""
    for fact in REAL.facts.values():
        for note in notes(fact, REAL, "zh"):
            assert not {"_", "="} & set(note), (fact.name, note)


def test_no_question_of_the_real_pack_is_without_words() -> None:
    """Every fact that is asked has a label and a question in both languages."""
    for fact in REAL.facts.values():
        assert all((fact.label.zh, fact.label.en, fact.question.zh, fact.question.en)), fact.name
        assert fact.kind is not Kind.NUMBER or fact.unit, fact.name
