"""What a lever has besides its levels, and the world around the parties, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duress.scenario.schema import AT_END, DEMAND_OF, Bystander, Lever, Party, Scenario

Star = Callable[[object, str], str]
"""Shows a value, with a star if the field at the path was left to a default."""


def signed(numbers: dict[str, float]) -> str:
    """Say a number for each type, or one for all."""
    if len(set(numbers.values())) == 1:
        return f"{next(iter(numbers.values())):g}"
    return ", ".join(f"{value:g} if {kind}" for kind, value in numbers.items())


def per_level(levels: tuple[str, ...], numbers: tuple[float, ...]) -> str:
    """Say a number for each level."""
    return ", ".join(f"{number:g} at {level}" for level, number in zip(levels, numbers, strict=True))


def lever_sentences(scenario: Scenario, lever: Lever, star: Star) -> Iterator[str]:
    """Yield a sentence for each thing a lever has besides levels, step, harm, drain and cost."""
    path, unit, other = f"levers.{lever.name}", scenario.period, scenario.other(lever.by)
    yield from _movement(lever, unit, star)
    if lever.breaks:
        yield f"Raising it is a breach of {lever.breaks} by {lever.by}."
    if lever.obligation is not None:
        rule = lever.obligation
        so_far = "is in breach at the start" if rule.breached else "has kept to it so far"
        yield (
            f"An obligation under {rule.of}: {lever.by} may suspend it only after a breach by {rule.only_after}, which "
            f"{star(so_far, f'{path}.obligation.breached')}."
        )
    if lever.stock is not None:
        stock = lever.stock
        here = f"{path}.stock"
        yield (
            f"Builds a stock from {star(stock.start, f'{here}.start')} of 1, counted in "
            f"{star(stock.steps, f'{here}.steps')} steps: per {unit} it grows by "
            f"{per_level(lever.levels, stock.grows)}, and loses {star(stock.decays, f'{here}.decays')} where nothing "
            f"grows. A full one moves {star(stock.weight, f'{here}.weight')} per {unit} from {other} to {lever.by} "
            "while no terms are in force."
        )
    if lever.norm is not None:
        yield f"Going above {lever.levels[lever.norm.above]} for the first time costs {lever.by} {lever.norm.cost:g}."
    if any(lever.hazard):
        yield f"Chance of open conflict per {unit}: {per_level(lever.levels, lever.hazard)}."
    if lever.wears_off is not None:
        rule = lever.wears_off
        here = f"{path}.wears_off"
        yield (
            f"Wears off: per {unit} in force {other} loses {rule.rate:g} less of its effect, down to "
            f"{star(rule.floor, f'{here}.floor')} of it, counted in {star(rule.steps, f'{here}.steps')} steps; out of "
            f"force this is forgotten as fast. Fully adapted, {other} gains "
            f"{star(rule.benefit, f'{here}.benefit')} per {unit}."
        )


def _movement(lever: Lever, unit: str, star: Star) -> Iterator[str]:
    if lever.irreversible:
        yield "It can never be eased, laid down or relieved."
    elif lever.back != lever.step:
        yield f"It is eased up to {lever.back} level{'s' if lever.back > 1 else ''} at once."
    if lever.floor > 0 or lever.ceiling < len(lever.levels) - 1:
        yield f"{lever.by} may move it between {lever.levels[lever.floor]} and {lever.levels[lever.ceiling]} only."
    if lever.in_talks < lever.ceiling:
        yield f"When talks begin it comes down to {lever.levels[lever.in_talks]}."
    if lever.lag:
        yield f"A change takes effect after {lever.lag} {unit}{'s' if lever.lag > 1 else ''}."
    if lever.ramp:
        yield f"Its effect follows by {lever.ramp} level{'s' if lever.ramp > 1 else ''} per {unit}."
    if lever.start_up:
        yield f"Each raise costs {lever.by} a further {lever.start_up:g}, once."


def party_sentences(scenario: Scenario, party: Party, star: Star) -> Iterator[str]:
    """Yield a sentence for each public sign, and for changes of government."""
    unit = scenario.period
    for sign in party.signs:
        words = f"The public may see {sign.name}: chance per {unit} {signed(sign.chance)}"
        if sign.strained != sign.chance:
            words += f"; while stamina is below {party.stamina.strained_below:g}, {signed(sign.strained)}"
        yield f"{words}."
    if party.government is not None:
        draws = ", ".join(f"{kind} {value:g}" for kind, value in party.government.draws.items())
        rule = party.government
        chance = star(rule.chance, f"parties.{party.name}.government.changes.chance")
        when = f"per {unit}" if rule.period is None else f"after {unit} {rule.period}"
        yield (
            f"Its government changes with chance {chance} {when}; the next one is "
            f"{star(draws, f'parties.{party.name}.government.draws')}."
        )


def bystander_sentences(scenario: Scenario, bystander: Bystander, star: Star) -> Iterator[str]:
    """Yield what a bystander is and does."""
    path, unit = f"bystanders.{bystander.name}", scenario.period
    yield (
        f"{bystander.name}: stands at {star(bystander.levels[bystander.start], f'{path}.start')} of "
        f"{', '.join(bystander.levels)}. Chance per {unit} of one level up "
        f"{star(bystander.up, f'{path}.moves.up')}, down {star(bystander.down, f'{path}.moves.down')}."
    )
    for lever, shifts in bystander.shifts.items():
        levels = scenario.levers[lever].levels
        yield f"{lever} adds to the chance of moving up (if negative, down): {per_level(levels, shifts)}."
    for lever, factors in bystander.effect.items():
        yield f"What {lever} does counts: {per_level(bystander.levels, factors)} times."
    for party, relief in bystander.relief.items():
        yield f"Gives {party} per {unit}: {per_level(bystander.levels, relief)}."


def end_sentences(scenario: Scenario, star: Star) -> Iterator[str]:
    """Yield what open conflict is worth, and what holds after the last period."""
    for party, worth in scenario.conflict.items():
        yield f"Open conflict is worth {signed(worth)} per {scenario.period} for ever to {party}."
    then = {
        AT_END[0]: "whatever goes on then goes on for ever",
        AT_END[1]: "nothing is ever signed, levers go to their relief levels, and the issues stay as they stand",
        AT_END[2]: "open conflict breaks out unless terms are in force",
    }.get(scenario.at_end)
    if then is None:
        then = f"the demand of {scenario.at_end.removeprefix(DEMAND_OF)} is imposed unless terms are in force"
    yield f"After {scenario.period} {scenario.horizon}, {star(then, 'ends.then')}."
