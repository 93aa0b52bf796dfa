import csv

import pytest
from django.core.management import call_command

from jinba.reference import actions as reference
from jinba.reference.models import Certificate, Region, Skill, Trade, Zone
from jinba.reference.places import DATA


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_codes_of_skills_and_bits_of_certificates_fit_the_engine():
    skills, certificates = rows("skills.csv"), rows("certificates.csv")
    assert all(0 < int(row["code"]) < 400 for row in skills)
    assert sorted(int(row["bit"]) for row in certificates) == list(range(len(certificates)))
    assert len(certificates) <= 64
    trades = {row["code"] for row in rows("trades.csv")}
    assert all(row["trade"] in trades and int(row["trade"]) // 100 == int(row["family"]) for row in skills)


def test_the_search_dictionary_has_our_words_once():
    lines = (DATA / "words.txt").read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert len(words) == len(set(words)) >= 300
    assert {"普工", "焊工", "夫妻房", "长白班", "保温杯", "锁具"} <= set(words)


@pytest.mark.django_db
def test_loading_fills_the_tables_and_a_second_time_does_nothing():
    assert reference.load(force=True)["reference_region"] == len(rows("divisions.csv")) + 3
    assert reference.load() == {}
    assert Region.objects.get(pk="330782").path == "浙江省金华市义乌市"
    assert Region.objects.get(pk="1101").path == "北京市"
    assert Region.objects.get(pk="419001").path == "河南省济源市"
    assert Trade.objects.get(pk=206).family_id == 2
    assert Skill.objects.exists()
    assert Certificate.objects.get(pk=0).aliases[0] == "低压电工证"


@pytest.mark.django_db
def test_loading_again_mends_rows_and_leaves_zones_to_the_officers():
    reference.load(force=True)
    Trade.objects.filter(pk=206).update(name="错")
    Zone.objects.filter(pk="330702-kfq").update(note="已核实")
    call_command("load_reference", force=True, verbosity=0)
    assert Trade.objects.get(pk=206).name == "焊工"
    assert Zone.objects.get(pk="330702-kfq").note == "已核实"
