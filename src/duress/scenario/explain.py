"""A scenario read back in plain words, with a star on whatever the file left to a default."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from duress.scenario.explain_mechanisms import (
    bystander_sentences,
    end_sentences,
    lever_sentences,
    party_sentences,
)
from duress.scenario.record import Rule
from duress.scenario.schema import ABOUT, Issue, Lever, Party, Scenario

WIDTH = 80


def explain(scenario: Scenario) -> str:
    """Return the scenario in plain words, at most 80 columns wide; a star marks a default.

    Parameters
    ----------
    scenario : Scenario
        As loaded.

    Returns
    -------
    str
        Lines for people: time, parties, levers, what is in dispute, talks, agreements, notes and sources.
    """
    told = _Told(scenario)
    lines = [*told.opening()]
    for heading, section in (
        ("Parties", told.parties()),
        ("Levers", told.levers()),
        ("In dispute", told.issues()),
        ("Talks", told.talks()),
        ("While terms hold", told.agreement()),
        ("Bystanders", told.bystanders()),
        ("How it ends", told.end()),
        ("Not sure", told.unsure()),
        ("Claims to test", told.claims()),
        ("How a record of real moves is read", told.record()),
        ("Notes", told.notes()),
        ("Sources", told.sources()),
    ):
        body = list(section)
        if body:
            lines += ["", heading, *body]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: int = 0, hang: int = 0) -> list[str]:
    """Break ``text`` into lines; lines after the first are indented by ``hang`` more."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )


def _and(words: Iterable[str]) -> str:
    """Join words with commas and an ``and``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _condition(rule: Rule) -> str:
    """Say which rows a rule is for."""
    given = [part for part in (rule.party, rule.kind, f"'{rule.what}'" if rule.what else "") if part]
    return " + ".join(given) or "any row"


class _Told:
    """The parts of the story, each as lines."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.unit = scenario.period

    def _star(self, value: object, path: str) -> str:
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        return f"{shown}*" if path in self.scenario.defaults else shown

    def opening(self) -> Iterable[str]:
        scenario = self.scenario
        title = f"{scenario.title} ({scenario.name})"
        yield from _wrapped(title)
        if scenario.summary:
            yield ""
            yield from _wrapped(scenario.summary)
        if scenario.bases:
            yield ""
            yield from _wrapped(f"Starts from {', which starts from '.join(scenario.bases)}.")
        yield ""
        first, second = scenario.order
        length = f"{scenario.horizon} {self.unit}" + ("s" if scenario.horizon > 1 else "")
        yield from _wrapped("* marks what the file leaves to a default.")
        yield from _wrapped(
            f"Everything is in stakes: holding all that is in dispute for one {self.unit} is worth 1 to a party. "
            f"The unit of time is the {self._star(self.unit, 'period')}, "
            f"and the horizon {self._star(length, 'horizon')}. "
            f"{self._star('Order of moves', 'order')} in a {self.unit}: {first}, then {second}."
        )

    def parties(self) -> Iterable[str]:
        for party in self.scenario.parties.values():
            yield from _wrapped(party.name, 2)
            path = f"parties.{party.name}"
            discount = self._star(party.discount, f"{path}.discount")
            yield from _wrapped(
                f"Values the next {self.unit} at {discount} of this one. Responds to differences with precision "
                f"{self._star(party.precision, f'{path}.precision')}.",
                4,
            )
            yield from self._types(party, path)
            yield from _wrapped(self._stamina(party, f"{path}.stamina"), 4)
            yield from self._audience(party, f"{path}.audience_cost")
            for sentence in party_sentences(self.scenario, party, self._star):
                yield from _wrapped(sentence, 4)

    def _types(self, party: Party, path: str) -> Iterable[str]:
        opening = "May privately be" if len(party.types) > 1 else "Is known to be"
        yield from _wrapped(f"{self._star(opening, f'{path}.types')}:", 4)
        for kind in party.types.values():
            here = f"{path}.types.{kind.name}"
            left = f"{here}.breach.cost" in self.scenario.defaults and f"{path}.breach.cost" in self.scenario.defaults
            cost = f"{kind.breach_cost:g}{'*' if left else ''}"
            chance = self._star(f"{100 * kind.prior:.4g} %", f"{here}.prior")
            yield from _wrapped(
                f"{kind.name}, {chance}: every harm counts {self._star(kind.bears, f'{here}.bears')} times; "
                f"going back on terms costs it {cost}",
                6,
                2,
            )

    def _stamina(self, party: Party, path: str) -> str:
        stamina, other = party.stamina, self.scenario.other(party.name)
        if not self.scenario.drained(party.name):
            return f"Its stamina plays no part: no lever of {other} drains it."
        start, steps, recovers, below, strain = (
            self._star(getattr(stamina, name), f"{path}.{name}")
            for name in ("start", "steps", "recovers", "strained_below", "strain")
        )
        end = self._star(f"{other}'s demand is imposed", f"{path}.at_zero")
        return (
            f"Stamina starts at {start} (1 fresh, 0 collapsed), counted in {steps} steps; regains {recovers} per "
            f"{self.unit} in which nothing drains it; below {below} costs a further {strain} per {self.unit}. "
            f"At 0, {end}."
        )

    def _audience(self, party: Party, path: str) -> Iterable[str]:
        cost = party.audience_cost
        said = {
            "to talk after refusing to costs it": "talks_after_refusal",
            "to concede after refusing to talk costs it": "concession_after_refusal",
            "to raise a lever after promising not to costs it": "raise_after_promise",
        }
        parts = [f"{words} {getattr(cost, key):g}" for words, key in said.items() if getattr(cost, key) > 0]
        if parts:
            forgotten = self._star(cost.forgotten, f"{path}.forgotten")
            yield from _wrapped(f"In public: {'; '.join(parts)}; forgotten with chance {forgotten} per {self.unit}.", 4)

    def levers(self) -> Iterable[str]:
        if not self.scenario.levers:
            yield "  None."
        for lever in self.scenario.levers.values():
            yield from self._lever(lever)

    def _lever(self, lever: Lever) -> Iterable[str]:
        path, other = f"levers.{lever.name}", self.scenario.other(lever.by)
        start = self._star(lever.levels[lever.start], f"{path}.start")
        step = self._star(lever.step, f"{path}.step")
        yield from _wrapped(
            f"{lever.name}, held by {lever.by}: stands at {start}, moves up to {step} "
            f"level{'s' if lever.step > 1 else ''} at once. Per {self.unit}, harm to {other}, drain of the stamina of "
            f"{other}, cost to {lever.by}:",
            2,
            2,
        )
        for level, harm, drain, cost in zip(lever.levels, lever.harm, lever.drain, lever.cost, strict=True):
            yield from _wrapped(
                f"{level}: harm {self._star(harm, f'{path}.harm')}, drain {self._star(drain, f'{path}.drain')}, "
                f"cost {self._star(cost, f'{path}.cost')}",
                6,
                2,
            )
        for sentence in lever_sentences(self.scenario, lever, self._star):
            yield from _wrapped(sentence, 4, 2)

    def bystanders(self) -> Iterable[str]:
        for bystander in self.scenario.bystanders.values():
            first, *rest = bystander_sentences(self.scenario, bystander, self._star)
            yield from _wrapped(first, 2, 2)
            for sentence in rest:
                yield from _wrapped(sentence, 4, 2)

    def end(self) -> Iterable[str]:
        for sentence in end_sentences(self.scenario, self._star):
            yield from _wrapped(sentence, 2, 2)

    def issues(self) -> Iterable[str]:
        issues = tuple(self.scenario.issues.values())
        for issue in issues:
            stands = self._star(self.scenario.status_quo[issue.name], f"status_quo.{issue.name}")
            yield from _wrapped(
                f"{issue.name}: stands at {stands} while nothing is signed. Worth per {self.unit}:", 2, 2
            )
            for rank, position in enumerate(issue.positions):
                yield from _wrapped(f"{position}: {self._worth(issue, rank)}", 6, 2)
            for party, crossed in issue.red_line.items():
                if crossed:
                    yield from _wrapped(f"Red line: {party} will not sign {_and(crossed)}.", 4, 2)
            for party, prices in issue.crossing.items():
                for position, price in prices.items():
                    yield from _wrapped(f"Red line: signing {position} costs {party} {price:g}, once.", 4, 2)
        if not any(any(issue.red_line.values()) or any(issue.crossing.values()) for issue in issues):
            yield "  Red lines: none*."
        for party, terms in self.scenario.demand.items():
            asked = "; ".join(
                f"{issue}: {self._star(position, f'demand.{party}.{issue}')}" for issue, position in terms.items()
            )
            yield from _wrapped(f"{party} asks for {asked}.", 2, 2)

    def _worth(self, issue: Issue, rank: int) -> str:
        words = []
        for party, by_type in issue.values.items():
            numbers = {kind: values[rank] for kind, values in by_type.items()}
            if len(set(numbers.values())) == 1:
                words.append(f"{next(iter(numbers.values())):g} to {party}")
            else:
                words.append(f"to {party} " + ", ".join(f"{value:g} if {kind}" for kind, value in numbers.items()))
        return "; ".join(words)

    def talks(self) -> Iterable[str]:
        talks = self.scenario.talks
        if not talks.invite:
            yield "  Nobody may invite, so there are none."
            return
        yield from _wrapped(f"{self._star('May invite', 'talks.invite')}: {_and(talks.invite)}.", 2, 2)
        yield from _wrapped(f"{self._star('Replies', 'talks.replies')}: {', '.join(talks.replies)}.", 2, 2)
        for party, levers in talks.ask_first.items():
            if levers:
                asked = _and(
                    f"{name} no higher than {self.scenario.levers[name].levels[k]}" for name, k in levers.items()
                )
                yield from _wrapped(f"{party} may ask first: {asked}.", 2, 2)
        proposer = {
            "alternates": "the parties in turn, the inviter first",
            "inviter": "the inviter",
            "invited": "the invited party",
            "by lot": "drawn by lot each time",
        }.get(talks.proposer, talks.proposer)
        for_terms = talks.about == ABOUT[0]
        yield from _wrapped(
            f"{self._star('Offers terms' if for_terms else 'Speaks', 'talks.proposer')}: {proposer}.", 2, 2
        )
        if not for_terms:
            words = self._star(", ".join(talks.words), "talks.words")
            yield from _wrapped(f"At the table words are exchanged and nothing is signed: {words}.", 2, 2)
            return
        menu = self._star(self.scenario.menu, "menu")
        yield from _wrapped(
            f"On offer: up to {menu} terms that both can sign, and what the proposer asks for. "
            f"Stalling: {self._star(talks.stalling, 'talks.stalling')}.",
            2,
            2,
        )

    def agreement(self) -> Iterable[str]:
        rules = self.scenario.agreement
        if self.scenario.levers:
            relief = [self._relief(name, rank) for name, rank in rules.relief.items()]
            yield from _wrapped(f"Levers move: {'; '.join(relief)}.", 2, 2)
            jumps = [self._goes(name, rank, "agreement.breach.snapback") for name, rank in rules.snapback.items()]
            yield from _wrapped(f"The levers of a party that breaks them jump: {'; '.join(jumps)}.", 2, 2)
        if rules.ratchet:
            undone = self._star(rules.given_back, "agreement.breach.given_back")
            yield from _wrapped(
                f"Who breaks them keeps what they gave it on {_and(rules.ratchet)}, undone with chance {undone} per "
                f"{self.unit}.",
                2,
                2,
            )

    def _goes(self, name: str, rank: int, key: str) -> str:
        return f"{name} to {self._star(self.scenario.levers[name].levels[rank], f'{key}.{name}')}"

    def _relief(self, name: str, rank: int) -> str:
        rules, levels = self.scenario.agreement, self.scenario.levers[name].levels
        if name not in rules.steps:
            return self._goes(name, rank, "agreement.relief")
        takes = self._star(rules.step_takes, "agreement.step_takes")
        steps = " to ".join(levels[step] for step in rules.steps[name])
        return f"{name} from {steps}, a step every {takes} {self.unit}s on average while terms hold"

    def unsure(self) -> Iterable[str]:
        for one in self.scenario.unsure:
            now = f"{self.scenario.numbers[one.path]:g}"
            numbers = [f"{number:g}" for number in one.numbers]
            said = {
                "between": f"anything from {numbers[0]} to {numbers[-1]}",
                "normal": f"about {numbers[0]}, give or take {numbers[-1]} (normal)",
                "one of": f"one of {', '.join(numbers)}",
            }[one.kind]
            yield from _wrapped(f"{one.path}: {now} here; {said}.", 2, 2)

    def claims(self) -> Iterable[str]:
        for asked in self.scenario.claims:
            said = ", ".join(f"{name} {value if isinstance(value, str) else f'{value:g}'}"
                             for name, value in asked.parameters.items())  # fmt: skip
            yield from _wrapped(f"{asked.kind} ({said})." if said else f"{asked.kind}.", 2, 2)

    def record(self) -> Iterable[str]:
        record = self.scenario.record
        if record is None:
            return
        since = self._star(record.since, "replay.since")
        file = f" {record.history} is read if no other file is named." if record.history else ""
        yield from _wrapped(f"{self.unit} 1 begins on {record.starts}; moves count since {since}.{file}", 2, 2)
        for rule in record.rules:
            yield from _wrapped(f"{_condition(rule)}: {self._meant(rule)}.", 2, 2)

    def _meant(self, rule: Rule) -> str:
        if rule.moves:
            return f"{rule.by}: {' or '.join(rule.moves)}"
        if rule.government:
            return f"the government of {rule.government} has changed"
        if rule.level:
            return _and(f"{name} is at {self.scenario.bystanders[name].levels[rank]}" for name, rank in rule.level)
        return f"no move of the game ({rule.aside})"

    def notes(self) -> Iterable[str]:
        for note in self.scenario.notes:
            yield from _wrapped(note, 2, 2)

    def sources(self) -> Iterable[str]:
        for path, where in self.scenario.sources.items():
            words = "; ".join(part for part in (where.source, where.note) if part)
            yield from _wrapped(f"{path or 'scenario'}: {words}", 2, 2)
