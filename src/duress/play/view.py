"""Everything a page or a terminal shows for one seat, and nothing that this seat may not know."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ..assess.agenda import agenda_answer, mean_flow
from ..assess.moment import believed, situation_at
from ..assess.record import AgendaAnswer, Situation
from ..assess.story import news_of_types, third_person
from ..report.reading import MODEL_LINE
from ..scenario.phases import Phase
from ..scenario.pressure import harm_on
from ..scenario.words import components_in_words
from ..simulate.outcomes import outcome_by_phase
from ..solve.solution import Beliefs
from .opponents import OPPONENTS
from .prospects import Priced, priced
from .setting import Setting
from .table import HUMAN, Seat, Step, Table

AS_IF = (
    "Beliefs are updated as if both sides played the equilibrium at the table's precision, whoever makes the moves: "
    "each move is read by Bayes' rule, by how much sooner one type would make it than the other."
)


@dataclass(frozen=True)
class Option:
    """A move that may be made now.

    Parameters
    ----------
    number : int
        To choose it by, from 1.
    move : str
        As the scenario words it.
    leads_to : str
        What holds once it is made, in words.
    costs : float
        Stakes it costs one's own type at once.
    """

    number: int
    move: str
    leads_to: str
    costs: float


@dataclass(frozen=True)
class Entry:
    """One line of the public timeline: a move, or what a period brought, and where things stand after it.

    Parameters
    ----------
    turn : int
        Moves made up to here, this one included. Going back to ``turn`` comes back to just after it.
    period : int
        From 0.
    party, move : str
        Who did what; both empty when time passed.
    words : str
        A sentence, and further ones for what the public learnt.
    beliefs : dict
        Party -> type -> public probability, after it.
    pressure : dict
        Party -> stakes per period its levers cost the other, after it.
    stamina : dict
        Party -> stamina after it; without parties that cannot be exhausted.
    no_deal : dict
        Party -> what it gets per period without a deal as things then stand, over its types by their priors: where the
        diamond of the deal space is.
    """

    turn: int
    period: int
    party: str
    move: str
    words: str
    beliefs: dict[str, dict[str, float]]
    pressure: dict[str, float]
    stamina: dict[str, float]
    no_deal: dict[str, float]


@dataclass(frozen=True)
class Offer:
    """Terms put on the table: by whom, when, what they are worth per period to each party on average, and the answer.

    ``answer`` is empty while there is none.
    """

    turn: int
    period: int
    party: str
    words: str
    mean_value: dict[str, float]
    answer: str


@dataclass(frozen=True)
class Ending:
    """How it ended, with everything laid open.

    Parameters
    ----------
    outcome : str
        One of `duress.simulate.histories.outcomes_of`.
    words : str
        The state it stopped in.
    types : dict
        Party -> what it truly was at the end.
    players : dict
        Party -> who played it: a person's name, or the opponent's title and rule.
    stakes, share : dict
        Party -> what the game was worth as it came out: discounted stakes from the start on, and the equivalent
        constant share of the stake per period.
    priced : dict
        Party -> its moves, priced.
    """

    outcome: str
    words: str
    types: dict[str, str]
    players: dict[str, str]
    stakes: dict[str, float]
    share: dict[str, float]
    priced: dict[str, tuple[Priced, ...]]


@dataclass(frozen=True)
class View:
    """A game in progress as one seat sees it. `deal_space` of `duress.figures` draws it as it is.

    Parameters
    ----------
    scenario, title, summary : str
        For people.
    party, other : str
        Whose seat it is, and who sits opposite.
    kind : str
        What the party truly is; told to this seat alone.
    kinds : tuple of str
        What it might be in the other's eyes.
    turn : str
        The party to move; empty when it is over.
    yours, over : bool
        Whether this seat is to move; whether it is over.
    turns : int
        Moves made so far.
    periods : int
        How many there are.
    period_word : str
        Unit of time.
    situation : Situation
        Where things stand: period, levers, stamina, and the state in words.
    options : tuple of Option
        What this seat may do now; empty when it is not its turn.
    about_you, about_other : dict
        Type -> what the other side believes this party is, and what this one believes the other is.
    timeline : tuple of Entry
    offers : tuple of Offer
    agenda : AgendaAnswer
        The deal space: all terms, and what no deal is worth at the pressure in force.
    prior : dict
        Party -> type -> probability at the start.
    priced : tuple of Priced
        The moves made from this seat, each with its price and why.
    stakes : float
        What the party has had so far, discounted to the start.
    ending : Ending, optional
        None until it is over.
    certificate : str
        How far the solution can be trusted, in a sentence.
    precision : dict
        Party -> how sharply it responds in the equilibrium.
    seed : int
    notes : tuple of str
        What is to stay in sight: that this is a model, and how beliefs are updated.
    """

    scenario: str
    title: str
    summary: str
    party: str
    other: str
    kind: str
    kinds: tuple[str, ...]
    turn: str
    yours: bool
    over: bool
    turns: int
    periods: int
    period_word: str
    situation: Situation
    options: tuple[Option, ...]
    about_you: dict[str, float]
    about_other: dict[str, float]
    timeline: tuple[Entry, ...]
    offers: tuple[Offer, ...]
    agenda: AgendaAnswer
    prior: dict[str, dict[str, float]]
    priced: tuple[Priced, ...]
    stakes: float
    ending: Ending | None
    certificate: str
    precision: dict[str, float]
    seed: int
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


def view(table: Table, party: str) -> View:
    """Return what the seat of ``party`` sees.

    Raises
    ------
    InputError
        If it is not a party.
    """
    me = table.seat(party)
    setting, game = table.setting, table.setting.game
    scenario, own, other = game.scenario, game.players[me], game.players[1 - me]
    yours = table.turn == party
    return View(
        scenario=setting.scenario.name,
        title=scenario.title,
        summary=scenario.summary,
        party=own.name,
        other=other.name,
        kind=own.types[table.types[me]],
        kinds=own.types,
        turn=table.turn,
        yours=yours,
        over=table.over,
        turns=table.turns,
        periods=game.periods,
        period_word=scenario.period,
        situation=situation_at(game, table.state, min(table.period, game.periods - 1)),
        options=_options(table, me) if yours else (),
        about_you=believed(own, table.beliefs[me]),
        about_other=believed(other, table.beliefs[1 - me]),
        timeline=timeline(table),
        offers=_offers(table),
        agenda=agenda_answer(game.agenda, game.flow(table.state)),
        prior={p.name: dict(zip(p.types, p.prior, strict=True)) for p in game.players},
        priced=priced(table, me),
        stakes=table.stakes[me],
        ending=ending_of(table) if table.over else None,
        certificate=setting.solution.certificate.sentence(),
        precision=dict(
            zip((p.name for p in game.players), map(float, setting.solution.induction.precisions), strict=True)
        ),
        seed=table.seed,
        notes=(f"{MODEL_LINE}.", AS_IF),
    )


def _options(table: Table, me: int) -> tuple[Option, ...]:
    game = table.setting.game
    here = set(components_in_words(game.standing(table.state)))
    found = []
    for n, a in enumerate(game.moves_of(table.state), 1):
        state = int(game.successors_of(a)[0])
        changed = [part for part in components_in_words(game.standing(state)) if part not in here]
        words = "; ".join([_comes_to(table.setting, game.phases[game.phase[state]]), *changed])
        paid = game.reward[game.row[a], me]
        cost = -float(paid[table.types[0], 0] if me == 0 else paid[0, table.types[1]])
        found.append(Option(n, game.move_name(a), words, cost or 0.0))
    return tuple(found)


def _comes_to(setting: Setting, phase: Phase) -> str:
    """Say what comes after a move: who is to do what; or that time passes, and what goes on then."""
    if not phase.is_chance:
        return setting.describe.phase_words(phase)
    begins = f"a {setting.game.scenario.period} passes" if phase.is_passing else "news comes"
    goes_on = {
        "confrontation": "the confrontation goes on",
        "table": "the talks go on",
        "agreement": "the agreement stays in force",
    }
    return f"{begins}, and {goes_on[phase.onward[0]]}"


def timeline(table: Table) -> tuple[Entry, ...]:
    """Return what everybody has seen so far, in order; the first entry is how things stood at the start."""
    setting, game, steps = table.setting, table.setting.game, table.steps
    states, beliefs = [*(s.state for s in steps), table.state], [*(s.beliefs for s in steps), table.beliefs]
    begins = f"It begins: {'; '.join(components_in_words(game.standing(states[0])))}."
    entries = [_entry(setting, 0, 0, "", "", begins, states[0], beliefs[0], {})]
    for step, state, believes in zip(steps, states[1:], beliefs[1:], strict=True):
        mover = game.players[game.mover[step.state]].name if step.chosen else ""
        name = game.move_name(step.move) if step.chosen else ""
        said = [f"{mover} {third_person(name)}." if step.chosen else _brought(setting, step, state)]
        if step.redrawn >= 0:
            said.append(f"{game.players[step.redrawn].name} has a new government, and its type is drawn anew.")
        said += news_of_types(game, step.beliefs, believes)
        turn, before = entries[-1].turn + step.chosen, entries[-1].stamina
        entries.append(_entry(setting, turn, step.period, mover, name, " ".join(said), state, believes, before))
    return tuple(entries)


def _entry(
    setting: Setting,
    turn: int,
    period: int,
    party: str,
    move: str,
    words: str,
    state: int,
    beliefs: Beliefs,
    before: dict[str, float],
) -> Entry:
    """Return an entry after which things stand as in ``state``; stamina was as ``before``, which an end leaves so."""
    game = setting.game
    at, phase = game.standing(state), game.phases[game.phase[state]]
    stamina = dict(before)
    for i, player in enumerate(game.players):
        if phase.kind == "collapse" and phase.party == i:
            stamina[player.name] = 0.0
        elif game.scenario.drained(player.name) and not phase.is_end:
            stamina[player.name] = float(game.stamina[state, i])
    return Entry(
        turn=turn,
        period=period,
        party=party,
        move=move,
        words=words,
        beliefs={p.name: believed(p, b) for p, b in zip(game.players, beliefs, strict=True)},
        pressure={p.name: float(harm_on(at, 1 - i)[0]) for i, p in enumerate(game.players)},
        stamina=stamina,
        no_deal={p.name: float(v) for p, v in zip(game.players, mean_flow(game.agenda, game.flow(state)), strict=True)},
    )


def _brought(setting: Setting, step: Step, state: int) -> str:
    """Say what the passing of time has changed; how it ended, if it did."""
    game = setting.game
    before = set(components_in_words(game.standing(step.state)))
    phase = game.phases[game.phase[state]]
    changed = [part for part in components_in_words(game.standing(state)) if part not in before]
    if phase.is_end:
        changed.insert(0, setting.describe.phase_words(phase))
    passed = f"A {game.scenario.period} passes" if game.elapsed[step.move] else "News comes"
    return f"{passed}: {'; '.join(changed)}." if changed else f"{passed}."


def _offers(table: Table) -> tuple[Offer, ...]:
    game = table.setting.game
    made = [step for step in table.steps if step.chosen]
    found = []
    for n, step in enumerate(made):
        phase = game.phases[game.phase[int(game.successors_of(step.move)[0])]]
        if phase.kind != "offer" or not game.move_name(step.move).startswith("offer "):
            continue
        worth = game.agenda.mean[phase.terms]
        found.append(
            Offer(
                turn=n + 1,
                period=step.period,
                party=game.players[game.mover[step.state]].name,
                words=game.agenda.words(phase.terms),
                mean_value={p.name: float(w) for p, w in zip(game.players, worth, strict=True)},
                answer=game.move_name(made[n + 1].move) if n + 1 < len(made) else "",
            )
        )
    return tuple(found)


def ending_of(table: Table) -> Ending:
    """Return how a table that is over ended, with everything laid open."""
    game = table.setting.game
    total = table.total()
    names = [p.name for p in game.players]

    def by_party(values: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(names, values, strict=True))

    return Ending(
        outcome=outcome_by_phase(game)[game.phase[table.state]],
        words=game.state_name(table.state),
        types={p.name: p.types[k] for p, k in zip(game.players, table.types, strict=True)},
        players=by_party(tuple(_unmasked(seat) for seat in table.seats)),
        stakes=by_party(total),
        share={n: (1.0 - game.scenario.parties[n].discount) * s for n, s in zip(names, total, strict=True)},
        priced=by_party((priced(table, 0), priced(table, 1))),
    )


def _unmasked(seat: Seat) -> str:
    if seat.player == HUMAN:
        return seat.name or "a person"
    opponent = OPPONENTS[seat.player]
    return f"{opponent.title}. {opponent.rule}"
