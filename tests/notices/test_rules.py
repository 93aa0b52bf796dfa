"""Every kind of notice that the code can write has a rule, and every rule a kind: read from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from employers.actions.employers import TITLES
from jinba.accounts.choices import Role
from jinba.notices import rules
from jinba.notices.choices import Channel, Topic
from labor.applications.choices import Stage
from tests.test_house_rules import ROOT, python_files

TELLERS = {"tell", "tell_all"}
ANY = r"[\w.]+"


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Kinds:
    """The kinds that a module tells of, as patterns: a constant is itself, what varies matches anything."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)

    def calls(self, names: set[str]) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
        """Each call of one of these, with the function it stands in."""

        def walk(node: ast.AST, inside: ast.FunctionDef | None) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Call) and name_of(child.func) in names:
                    yield child, inside
                yield from walk(child, child if isinstance(child, ast.FunctionDef) else inside)

        yield from walk(self.tree, None)

    def told(self) -> set[str]:
        found: set[str] = set()
        for call, inside in self.calls(TELLERS):
            kind = next((word.value for word in call.keywords if word.arg == "kind"), None)
            if kind is not None:
                found |= self.patterns(kind, inside)
        return found

    def patterns(self, kind: ast.expr, inside: ast.FunctionDef | None) -> set[str]:
        if isinstance(kind, ast.Constant):
            return {re.escape(str(kind.value))}
        if isinstance(kind, ast.IfExp):
            return self.patterns(kind.body, inside) | self.patterns(kind.orelse, inside)
        if isinstance(kind, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ANY for part in kind.values]
            return {"".join(parts)}
        if isinstance(kind, ast.Name):
            return self.given(kind.id, inside) or self.constant(kind.id)
        return set()

    def given(self, name: str, inside: ast.FunctionDef | None) -> set[str]:
        """What the callers in this module give for a parameter of that name."""
        if inside is None:
            return set()
        places = [argument.arg for argument in inside.args.args]
        if name not in places and name not in [argument.arg for argument in inside.args.kwonlyargs]:
            return set()
        found: set[str] = set()
        for call, around in self.calls({inside.name}):
            named = next((word.value for word in call.keywords if word.arg == name), None)
            if named is None and name in places and places.index(name) < len(call.args):
                named = call.args[places.index(name)]
            if named is not None:
                found |= self.patterns(named, around)
        return found

    def constant(self, name: str) -> set[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and name in [name_of(target) for target in node.targets]:
                return self.patterns(node.value, None)
        return set()


def told_in(path: Path) -> set[str]:
    source = path.read_text(encoding="utf-8")
    kinds = Kinds(source)
    unread = [
        call.lineno
        for call, inside in kinds.calls(TELLERS)
        for word in call.keywords
        if word.arg == "kind" and not kinds.patterns(word.value, inside)
    ]
    assert not unread, f"{path.relative_to(ROOT)}: cannot read which kind is told of in line {unread}"
    return kinds.told()


def all_told() -> set[str]:
    own = ROOT / "jinba/notices/actions"  # where `tell` itself lives
    return {kind for path in python_files() if not path.is_relative_to(own) for kind in told_in(path)}


def test_every_kind_that_is_told_has_a_rule() -> None:
    told = all_told()
    assert len(told) > 8
    assert [kind for kind in told if not any(re.fullmatch(kind, ruled) for ruled in rules.RULES)] == []


def test_every_rule_is_for_a_kind_that_is_told() -> None:
    told = all_told()
    assert [ruled for ruled in rules.RULES if not any(re.fullmatch(kind, ruled) for kind in told)] == []


def test_every_stage_and_every_state_that_is_told_has_a_rule() -> None:
    assert {f"application.{stage}" for stage in Stage} - set(rules.RULES) == set()
    assert {f"employer_{state}" for state in TITLES} - set(rules.RULES) == set()


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ('tell(kind="one")', {"one"}),
        ('notices.tell_all(kind="one" if late else "two")', {"one", "two"}),
        ('tell(kind=f"step.{stage}")', {rf"step\.{ANY}"}),
        ('def say(a, kind):\n    tell(kind=kind)\nsay(1, "one")\nsay(1, kind="two")', {"one", "two"}),
        ('KIND = "one"\ndef say():\n    tell(kind=KIND)', {"one"}),
        ('tell("a", rows)', set()),
    ],
)
def test_the_walk_reads_kinds_however_they_are_written(source: str, kinds: set[str]) -> None:
    assert Kinds(source).told() == kinds


def test_kinds_fit_their_column_and_reach_somebody() -> None:
    for kind, rule in rules.RULES.items():
        assert len(kind) <= 40
        assert rule.to, kind
        assert rule.sms <= rule.to and (rule.email or rule.to) <= rule.to, kind


def test_a_kind_without_a_rule_stays_on_the_site(caplog: pytest.LogCaptureFixture) -> None:
    rule = rules.rule_of("nobody wrote this")
    assert not any(rule.goes_by(channel, role) for channel in Channel for role in Role)
    assert "no rule" in caplog.text


def test_a_text_is_worth_it_to_the_side_that_has_to_know() -> None:
    offered = rules.rule_of("application.offered")
    assert offered.goes_by(Channel.SMS, Role.SEEKER)
    assert not offered.goes_by(Channel.SMS, Role.EMPLOYER)
    assert offered.goes_by(Channel.EMAIL, Role.EMPLOYER)
    assert not offered.goes_by(Channel.EMAIL, Role.OFFICER)


def test_each_role_chooses_among_what_it_is_told_of() -> None:
    assert Topic.OFFERS in rules.topics_of(Role.SEEKER)
    assert Topic.DESK not in rules.topics_of(Role.SEEKER)
    assert Topic.DESK in rules.topics_of(Role.EMPLOYER)
    assert rules.channels_of(Topic.OFFERS, Role.SEEKER) == [Channel.SMS, Channel.EMAIL]
    assert rules.channels_of(Topic.PEOPLE, Role.EMPLOYER) == [Channel.EMAIL]


def test_new_applications_are_texted_to_those_alone_who_ask_for_it() -> None:
    assert not rules.is_on_at_first(Topic.ARRIVALS, Channel.SMS)
    assert rules.is_on_at_first(Topic.ARRIVALS, Channel.EMAIL)
    assert rules.is_on_at_first(Topic.OFFERS, Channel.SMS)


def test_texts_of_kinds_whose_title_may_name_somebody_have_words_of_their_own() -> None:
    """A text lies on a telephone's screen for everybody: it names no other person."""
    folder = ROOT / "templates/notices"
    about_others = {
        kind
        for kind, rule in rules.RULES.items()
        if rule.sms
        and (
            rule.topic == Topic.PEOPLE
            or (kind.startswith(("application.", "silence.")) and rule.sms <= rules.EMPLOYERS)
        )
    }
    assert "application.accepted" in about_others
    assert {kind for kind in about_others if not (folder / kind / "sms.txt").exists()} == set()


def test_templates_of_a_kind_belong_to_a_kind() -> None:
    folders = {path.parent.name for path in (ROOT / "templates/notices").glob("*/*")}
    assert folders - set(rules.RULES) == set()
