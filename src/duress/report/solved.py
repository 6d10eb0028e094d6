"""A solved game for machines (one JSON object) and for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ..game.classics.catalogue import compare
from ..solve.lattice_solution import LatticeSolution
from ..solve.paths import visits
from ..solve.solution import Solution
from ..solve.tree_solution import TreeSolution

if TYPE_CHECKING:
    from ..game.classics.entry import Classic
    from ..solve.tree_solution import TreeEquilibrium

AnySolution = Solution | TreeSolution | LatticeSolution
"""A game solved by any method."""

Label = Callable[[int, int, str, tuple[str, ...]], str]
"""``label(state, number of the type, type, history)`` names an information set."""


def plain_label(state: int, number: int, kind: str, history: tuple[str, ...]) -> str:
    """Name an information set after the own type and the public history."""
    return f"{kind}|{', '.join(history)}"


def as_json(solution: AnySolution, label: Label, most: int, classic: Classic | None = None) -> dict[str, Any]:
    """Return what ``duress solve --json`` prints; ``behavior`` holds at most ``most`` public histories."""
    run = solution.run
    players = solution.game.players
    certificate = solution.certificate.as_dict()
    behavior: dict[str, dict[str, dict[str, float]]] = {p.name: {} for p in players}
    for player, state, history, policy in _choices(solution, most):
        for number, (kind, choice) in enumerate(policy.items()):
            behavior[player][label(state, number, kind, history)] = choice
    return {
        "status": solution.status,
        "precision": run["precision"],
        "beliefs": run.get("beliefs", {p.name: 0 for p in players}),
        "value": solution.value(),
        "certificate": certificate,
        "behavior": behavior,
        "others": [{"value": other.value()} for other in getattr(solution, "others", ())],
        **({"textbook": textbook(solution, classic)} if classic and isinstance(solution, Solution) else {}),
        "run": run,
    }


def textbook(solution: Solution, classic: Classic) -> dict[str, Any]:
    """Return the citation of a classic, and its known numbers beside those of the solution."""
    return {"citation": classic.citation, "numbers": [c._asdict() for c in compare(classic, solution)]}


def _choices(
    solution: AnySolution, most: int
) -> Iterator[tuple[str, int, tuple[str, ...], dict[str, dict[str, float]]]]:
    if isinstance(solution, (Solution, LatticeSolution)):
        for visit in visits(solution, most):
            yield visit.player, visit.state, visit.history, visit.policy
        return
    for given, (history, state, _, player, policy, _) in enumerate(solution.choices()):
        if given == most:
            return
        yield player, state, history, policy


def print_solved(solution: AnySolution, console: Console, most: int, classic: Classic | None = None) -> None:
    """Print what the game is worth to each type, the likeliest choices, and the certificate."""
    game, run = solution.game, solution.run
    console.print(f"{game.title or 'A game'}: {solution.status}", style="bold")
    console.print(_how(run))
    console.print()
    worth = Table("player", "type", "prior", "worth, in stakes", box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for player in game.players:
        for kind, prior in zip(player.types, player.prior, strict=True):
            worth.add_row(player.name, kind, f"{prior:.3g}", f"{solution.value()[player.name][kind]:+.4f}")
    console.print(worth)
    console.print()
    title = "Choices after the likeliest histories" if isinstance(solution, (Solution, LatticeSolution)) else "Choices"
    choices = Table(
        "after",
        "who",
        "choices of 1% and more",
        title=title,
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for player, state, history, policy in _choices(solution, most):
        # Long histories are told by where they lead.
        where = ", ".join(history) or "the start"
        where = where if len(where) <= 40 else game.state_name(state)
        for kind, choice in policy.items():
            often = [(move, chance) for move, chance in choice.items() if chance >= 0.01]
            said = ", ".join(f"{move} {chance:.0%}" for move, chance in sorted(often, key=lambda c: -c[1])[:4])
            choices.add_row(where, f"{player}, {kind}", said)
            where = ""
    console.print(choices)
    found: tuple[TreeEquilibrium, ...] = getattr(solution, "others", ())
    for number, other in enumerate(found, 2):
        said = "; ".join(f"{p} {k} {v:+.4f}" for p, kinds in other.value().items() for k, v in kinds.items())
        console.print(f"Equilibrium {number}, from another start, is worth: {said}")
    console.print()
    if classic and isinstance(solution, Solution):
        known = textbook(solution, classic)
        numbers = Table("known", "textbook", "ours", "allowed", box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for row in known["numbers"]:
            cells = (f"{row['textbook']:.4f}", f"{row['ours']:.4f}", f"± {row['tolerance']:.2g}")
            numbers.add_row(row["what"], *cells)
        console.print(numbers)
        console.print(known["citation"])
        console.print()
    console.print(solution.certificate.sentence())


def _how(run: dict[str, Any]) -> str:
    precision = ", ".join(f"{name} {value:g}" for name, value in run["precision"].items())
    if run["method"] == "PublicTree":
        return f"On its {run['histories']:,} public histories, precision {precision}, the {run['branch']} branch"
    beliefs = " x ".join(str(n) for n in run["beliefs"].values())
    return f"On {beliefs} beliefs, precision {precision}, branch {run['branch']}, {run['states']:,} states"
