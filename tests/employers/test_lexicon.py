"""The lexicon: what it finds, what it lets pass, and how fast. Most of it needs no database."""

import csv
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employers.actions import lexicon
from employers.choices import PhraseFamily
from employers.intake import job51
from employers.lexicon import Entry, Matcher, asks_for_children, version_of
from employers.lexicon.plain import places, plain
from employers.models import Phrase
from jinba.accounts.models import User
from jinba.core.errors import Refused
from tests.employers.corpus import CLEAN, FLAGGED, sentences

SAMPLE = Path(__file__).parent.parent / "intake" / "data" / "postings_51job_sample.csv"
WRONG = [(family, sentence) for family, text in FLAGGED.items() for sentence in sentences(text)]
RIGHT = sentences(CLEAN)
WITH_NUMBERS = ("contact", "age", "minor", "health")


@cache
def shipped() -> Matcher:
    with lexicon.SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Matcher([Entry(row["family"], row["phrase"], row["advice"]) for row in rows])


def found(text: str) -> set[str]:
    return {hit.family for hit in shipped().find({"duties": text})}


def test_the_corpus_is_large_enough_and_says_nothing_twice() -> None:
    everything = [sentence for _, sentence in WRONG] + RIGHT
    assert len(everything) == len(set(everything)) >= 250
    assert set(FLAGGED) == set(PhraseFamily.values)


@pytest.mark.parametrize("family", FLAGGED)
def test_what_may_be_unlawful_is_flagged_in_its_family(family: str) -> None:
    assert [sentence for sentence in sentences(FLAGGED[family]) if family not in found(sentence)] == []


def test_what_is_lawful_is_not_flagged() -> None:
    assert {sentence: families for sentence in RIGHT if (families := found(sentence))} == {}


def test_blanks_between_the_characters_hide_nothing() -> None:
    # Numbers and names in Latin letters are read with their blanks: not these families.
    spaced = {"\u3000".join(sentence): family for family, sentence in WRONG if family not in WITH_NUMBERS}
    assert {sentence: family for sentence, family in spaced.items() if family not in found(sentence)} == {}


def test_every_shipped_phrase_finds_itself_and_carries_advice() -> None:
    with lexicon.SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 500
    deaf = [
        row["phrase"]
        for row in rows
        if row["family"] not in found(row["phrase"].replace("…", "")) and "…" not in row["phrase"]
    ]
    assert deaf == []
    assert all(len(row["phrase"]) >= 2 and 0 < len(row["advice"]) <= 120 for row in rows)
    assert {row["family"] for row in rows} <= set(PhraseFamily.values)


def test_real_postings_are_left_alone_unless_somebody_should_look() -> None:
    offers = [offer for offer in job51.read_offers(SAMPLE) if isinstance(offer, job51.Offer)]
    flagged = [
        offer.title
        for offer in offers
        if shipped().find({"title": offer.title, "requirements": "、".join([*offer.tags.wanted, *offer.tags.benefits])})
    ]
    assert len(offers) > 500
    assert len(flagged) <= len(offers) // 50, flagged


def test_a_hit_names_the_phrase_shows_the_place_and_hides_numbers() -> None:
    hit, *more = shipped().find({"duties": "站立作业，两班倒。要求:限 女 ，熟练工，电话13800001111"})
    assert (hit.field, hit.text) == ("duties", "限女")
    assert "限 女" in hit.excerpt and hit.advice
    assert [one.family for one in more] == ["contact"]
    assert all("1380000" not in part for one in (hit, *more) for part in one)


def test_the_same_phrase_in_one_field_is_one_hit_in_two_fields_two() -> None:
    assert len(shipped().find({"duties": "限女，限女", "requirements": "限女"})) == 2


def test_the_version_names_the_phrases_and_not_their_order() -> None:
    one, two = Entry("gender", "限男", ""), Entry("gender", "限女", "")
    assert version_of([one, two]) == version_of([two, one]) != version_of([one])
    assert version_of([one]) != version_of([one._replace(advice="改成不限")])
    assert version_of([one]) != version_of([one], "other wages")
    assert len(version_of([])) == 16


@given(st.text(max_size=200))
def test_no_text_breaks_the_matcher_and_every_place_is_in_the_text(text: str) -> None:
    shipped().find({"duties": text})
    assert len(places(text)) == len(plain(text))
    assert all(0 <= place < len(text) for place in places(text))


@given(st.sampled_from(RIGHT), st.sampled_from(RIGHT))
def test_two_lawful_sentences_stay_lawful_beside_each_other(one: str, other: str) -> None:
    assert found(f"{one}。{other}") == set()


@pytest.mark.parametrize("sentence", ["满15岁即可", "14-18岁", "15周岁以上", "招 12 岁以上学徒", "年龄：15-20 岁"])
def test_who_plainly_seeks_children_is_told_so(sentence: str) -> None:
    assert asks_for_children(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "满16周岁",
        "18岁以上",
        "教6-12岁儿童",
        "照顾10岁以上孩子",
        "不招15岁以下",
        "未满16岁勿扰",
        "15人一组",
        "3-5年经验",
    ],
)
def test_who_does_not_is_left_alone(sentence: str) -> None:
    assert asks_for_children(sentence) == ""


def test_hundreds_of_postings_are_read_in_a_second() -> None:
    text = "操作冲床，两人一台，有师傅带，每天先点检设备，不限性别，肯学就行。" * 12
    shipped().find({"duties": text})
    started = time.perf_counter()
    for _ in range(50):
        shipped().find({"title": "冲压工", "duties": text, "requirements": text[:200]})
    assert time.perf_counter() - started < 1


# Phrases in the database ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_loading_twice_adds_nothing_and_keeps_what_officers_changed(officer: User) -> None:
    assert lexicon.load() > 500
    phrase = Phrase.objects.get(text="限男")
    lexicon.change(phrase=phrase, by=officer, family="gender", advice="自己写的", is_active=False)
    assert lexicon.load() == 0
    assert lexicon.load(force=True) == 0
    phrase.refresh_from_db()
    assert (phrase.advice, phrase.is_active) == ("自己写的", False)


@pytest.mark.django_db
def test_officers_add_and_retire_phrases_and_the_version_follows(
    officer: User, letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = lexicon.current()
    with django_capture_on_commit_callbacks(execute=True):
        phrase = lexicon.add(by=officer, family="fee", text=" 进厂 先给钱 ", advice="请删掉。")
    assert ("employers.tasks.rescan", {}) in letters
    assert (phrase.text, phrase.added_by) == ("进厂 先给钱", officer)
    now = lexicon.current()
    assert now.version != before.version
    assert [hit.text for hit in now.find({"duties": "进厂先给钱"})] == ["进厂 先给钱"]
    lexicon.retire(phrase=phrase, by=officer)
    assert lexicon.current().version == before.version


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "family", "words"),
    [
        ("男", "gender", "至少 2 个字"),
        ("…", "gender", "至少 2 个字"),
        ("", "fee", "至少 2 个字"),
        ("进厂先给钱", "none", "类别"),
        ("限男", "gender", "已经有"),
    ],
)
def test_a_phrase_that_would_do_harm_is_refused(officer: User, text: str, family: str, words: str) -> None:
    Phrase.objects.create(family="gender", text="限男")
    with pytest.raises(Refused, match=words):
        lexicon.add(by=officer, family=family, text=text)
