"""Extensive-form files of Gambit (``.efg``), read into games of our class and written from them.

A file is in the class if it has two players; if an opening move of chance, where there is one that somebody cannot see,
deals either player its type, independently; and if all that follows is public: an information set then is a type of its
owner after one public history.

References
----------
Savani, R. & Turocy, T. Gambit: the package for computation in game theory, "The extensive game (.efg) file format".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import NoReturn

import numpy as np

from ..errors import InputError
from .builder import Branch, GameBuilder
from .efg_text import File, FileNode, adding_up, parse, plain, quoted
from .game import MAX_TYPES, Game, Player

_TOLERANCE = 1e-9

Pair = tuple[int, int]
"""Number of the type of the first player, and of the second."""


@dataclass(frozen=True)
class ExtensiveForm:
    """A game read from a file.

    Parameters
    ----------
    game : Game
        A state for each public history, named after its moves.
    labels : dict
        (state, number of the type) -> what the file calls the information set: its label, or else its number.
    deal : dict
        (type of the first, type of the second) -> chance, as the file says it: product of the priors but for rounding.
    """

    game: Game
    labels: dict[tuple[int, int], str]
    deal: dict[Pair, float]


def read_efg(source: str | Path) -> ExtensiveForm:
    """Read an ``.efg`` file.

    Parameters
    ----------
    source : str or Path
        A path; or the text itself, if a string that begins with ``EFG``.

    Raises
    ------
    InputError
        If the file cannot be read or is not in the format, with the line; or if it is outside the class, with the rule
        it breaks.
    """
    return _Reader(parse(_text(source))).form()


def _text(source: str | Path) -> str:
    if isinstance(source, str) and source.lstrip().upper().startswith("EFG"):
        return source
    try:
        return Path(source).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(source)!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{str(source)!r} is not text in UTF-8") from None


class _Reader:
    """Walks through the subtrees of all pairs of types at once."""

    def __init__(self, file: File) -> None:
        self.file = file
        if len(file.players) != 2:
            raise InputError(f"{len(file.players)} players; a game here has two")
        if file.players[0] == file.players[1]:
            raise InputError(f"both players are called {file.players[0]!r}; their names must differ")
        self.owned: dict[tuple[int, int], tuple[int, int]] = {}
        self.labels: dict[tuple[int, int], str] = {}
        self.states = 0

    def form(self) -> ExtensiveForm:
        roots, priors, names = self._deal()
        self.types = len(priors[0]), len(priors[1])
        # Types of the two may be called the same; while the game is built they must not be.
        marked = [{f"{i}:{k}": p for k, p in enumerate(prior)} for i, prior in enumerate(priors)]
        self.builder = GameBuilder(
            (self.file.players[0], marked[0]), (self.file.players[1], marked[1]), title=self.file.title
        )
        dealt = np.array(self.file.root.payoff) if self.file.root is not roots[0, 0] else np.zeros(2)
        self._walk(roots, np.broadcast_to(dealt[:, None, None], (2, *self.types)))
        game = self.builder.build("start")
        players = tuple(
            Player(name, tuple(kinds), tuple(prior))
            for name, kinds, prior in zip(self.file.players, names, priors, strict=True)
        )
        deal = {pair: 1.0 for pair in roots}
        if self.file.root is not roots[0, 0]:
            # Exactly as it stands, so that writing it gives the same text.
            deal = {
                pair: chance
                for chance, child in zip(self.file.root.chances, self.file.root.children, strict=True)
                for pair, node in roots.items()
                if node is child
            }
        return ExtensiveForm(replace(game, players=(players[0], players[1])).check(), self.labels, deal)

    def _deal(self) -> tuple[dict[Pair, FileNode], list[list[float]], list[list[str]]]:
        """Return the subtree of each pair of types, the priors, and the names of types."""
        root = self.file.root
        alone = {(0, 0): root}, [[1.0], [1.0]], [["any"], ["any"]]
        if root.kind != "c" or len(root.actions) == 1 or all(node.owner < 0 for node in _below(root)):
            return alone
        if abs(sum(root.chances) - 1) > _TOLERANCE:
            self._fail(root, f"chances sum to {sum(root.chances):.6g}, not to 1")
        kinds = _both_told(*(_told_apart(root.children, i) for i in (0, 1)))
        branches = len(root.actions)
        if all(len(set(kind)) == branches for kind in kinds):
            return alone  # Everybody sees what chance does: a public move, which deals nobody a type.
        pairs = list(zip(*kinds, strict=True))
        counts = [len(set(kind)) for kind in kinds]
        if max(counts) > MAX_TYPES:
            self._fail(root, f"it deals {max(counts)} types to a player; 1 to {MAX_TYPES} are allowed")
        if len(set(pairs)) < branches:
            first = next(n for n in range(branches) if pairs[n] in pairs[:n])
            same = pairs.index(pairs[first])
            self._fail(
                root,
                f'nobody can tell "{root.actions[same]}" from "{root.actions[first]}": what chance hides must be one '
                "player's type",
            )
        if branches != counts[0] * counts[1]:
            self._fail(
                root, f"it deals {branches} of {counts[0] * counts[1]} pairs of types: types must be independent"
            )
        joint = np.zeros((counts[0], counts[1]))
        for pair, chance in zip(pairs, root.chances, strict=True):
            joint[pair] = chance
        first, second = joint.sum(axis=1), joint.sum(axis=0)
        worst = np.unravel_index(np.argmax(np.abs(joint - np.outer(first, second))), joint.shape)
        if abs(joint[worst] - first[worst[0]] * second[worst[1]]) > _TOLERANCE:
            name = root.actions[pairs.index((int(worst[0]), int(worst[1])))]
            apart = first[worst[0]] * second[worst[1]]
            self._fail(
                root,
                f'types must be dealt independently: "{name}" has chance {joint[worst]:.6g}, and the product of the '
                f"chances of its types is {apart:.6g}",
            )
        names = _type_names(root.actions, pairs, counts)
        return dict(zip(pairs, root.children, strict=True)), [_rounded(first), _rounded(second)], names

    def _walk(self, roots: dict[Pair, FileNode], paid: np.ndarray) -> None:
        waiting = [("start", roots, paid)]
        names = {"start"}
        while waiting:
            name, nodes, before = waiting.pop()
            payoff = np.array(before)
            for pair, node in nodes.items():
                payoff[:, pair[0], pair[1]] += node.payoff
            here = self._agree(nodes, name)
            if here.kind == "t":
                self.builder.end(name, {p: payoff[i] for i, p in enumerate(self.file.players)})
                self.states += 1
                continue
            mover = max(here.owner, 0)
            self.builder.state(name, mover=self.file.players[mover])
            after = []
            for number, action in enumerate(here.actions):
                label = action if here.kind == "p" else str(number + 1)
                base = label if name == "start" else f"{name}.{label}"
                unique = base
                while unique in names:
                    unique += "'"
                names.add(unique)
                after.append(unique)
            if here.kind == "p":
                self._own(nodes, here, name, self.states)
                for action, following in zip(here.actions, after, strict=True):
                    self.builder.move(name, action, to=following)
            else:
                self.builder.move(name, "chance", to=self._chance(nodes, after, name))
            self.states += 1
            # The last first, as the list is taken from its end.
            for number in reversed(range(len(after))):
                waiting.append((after[number], {pair: n.children[number] for pair, n in nodes.items()}, payoff))

    def _agree(self, nodes: dict[Pair, FileNode], name: str) -> FileNode:
        """Return one of the nodes of a public history, whose form is that of all."""
        first = nodes[0, 0]
        for node in nodes.values():
            if (node.kind, node.owner, node.actions) != (first.kind, first.owner, first.actions):
                self._fail(
                    node,
                    f'after "{name}" it differs from line {first.line}: who moves, and how, must not depend on types',
                )
        return first

    def _own(self, nodes: dict[Pair, FileNode], here: FileNode, name: str, state: int) -> None:
        """Check that information sets are types of their owner after one public history, and note their labels."""
        numbers: dict[int, int] = {}
        for pair, node in nodes.items():
            kind = pair[here.owner]
            if numbers.setdefault(kind, node.number) != node.number:
                self._fail(node, f'{self._set(node)} sees the type of the other player after "{name}"')
        for kind, number in numbers.items():
            node = next(n for pair, n in nodes.items() if pair[here.owner] == kind)
            other = self.owned.setdefault((here.owner, number), (state, kind))
            if other[0] != state:
                self._fail(node, f"{self._set(node)} joins different public histories: all moves must be public")
            if other[1] != kind:
                self._fail(node, f"{self._set(node)} joins types that are told apart elsewhere: nobody may forget")
            self.labels[state, kind] = node.label or str(number)

    def _set(self, node: FileNode) -> str:
        label = f' ("{node.label}")' if node.label else ""
        return f"information set {node.number}{label} of {self.file.players[node.owner]}"

    def _chance(self, nodes: dict[Pair, FileNode], after: list[str], name: str) -> list[Branch]:
        table = np.empty((*self.types, len(after)))
        for pair, node in nodes.items():
            if abs(sum(node.chances) - 1) > _TOLERANCE:
                self._fail(node, f"chances sum to {sum(node.chances):.6g}, not to 1")
            table[pair] = node.chances
        by_first = np.abs(table - table[:1]).max() > 0
        by_second = np.abs(table - table[:, :1]).max() > 0
        if by_first and by_second:
            self._fail(
                nodes[0, 0], f'chance after "{name}" depends on the types of both players; one at most may enter'
            )
        if not by_first and not by_second:
            return [Branch(to, float(p)) for to, p in zip(after, table[0, 0], strict=True)]
        i, rows = (0, table[:, 0]) if by_first else (1, table[0])
        return [Branch(to, {f"{i}:{k}": float(row[n]) for k, row in enumerate(rows)}) for n, to in enumerate(after)]

    def _fail(self, node: FileNode, sentence: str) -> NoReturn:
        raise InputError(f"line {node.line}: {sentence}")


def _rounded(chances: np.ndarray) -> list[float]:
    """Return chances to 15 digits, so that what products and sums add in the last place does not pile up."""
    return [float(f"{p:.15g}") for p in chances]


def _told_apart(subtrees: list[FileNode], player: int) -> list[int] | None:
    """Return the number of the group of each subtree, those in which the player sees a common information set.

    None if the player never moves, so that no information set says what it knows.
    """
    if all(node.owner != player for subtree in subtrees for node in _below(subtree)):
        return None
    group = list(range(len(subtrees)))
    first: dict[int, int] = {}
    for n, subtree in enumerate(subtrees):
        for node in _below(subtree):
            if node.owner == player:
                old, new = group[n], group[first.setdefault(node.number, n)]
                group = [new if g == old else g for g in group]
    return [sorted(set(group), key=group.index).index(g) for g in group]


def _both_told(first: list[int] | None, second: list[int] | None) -> tuple[list[int], list[int]]:
    """Return the type of either player in each branch of the deal.

    What the other player cannot tell apart is a type of a player who never moves, told in the order of the branches.
    """
    seen = second if first is None else first
    assert seen is not None, "somebody moves"
    if first is None or second is None:
        rest = [seen[:n].count(kind) for n, kind in enumerate(seen)]
        return (seen, rest) if second is None else (rest, seen)
    return first, second


def _below(node: FileNode) -> Iterator[FileNode]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(here.children)


def _type_names(actions: tuple[str, ...], pairs: list[Pair], counts: list[int]) -> list[list[str]]:
    """Name types after the labels of the deal, where those are made of two parts; else by number."""
    common = 0
    while all(len(a) > common + 2 and a[common] == actions[0][common] for a in actions):
        common += 1
    parts: list[list[tuple[str, ...]]] = [[tuple(a.split(mark)) for a in actions] for mark in (", ", "|", ",", " ")]
    parts.append([tuple(a[:common] + letter for letter in a[common:]) for a in actions])
    if min(counts) == 1:
        parts.insert(0, [(a, "any") if counts[1] == 1 else ("any", a) for a in actions])
    for split in parts:
        if any(len(part) != 2 for part in split):
            continue
        found: list[dict[int, set[str]]] = [{}, {}]
        for pair, part in zip(pairs, split, strict=True):
            for i in (0, 1):
                found[i].setdefault(pair[i], set()).add(part[i])
        names = [[next(iter(kinds[k])) for k in range(count)] for kinds, count in zip(found, counts, strict=True)]
        single = all(len(kind) == 1 for kinds in found for kind in kinds.values())
        if single and all(len(set(kinds)) == len(kinds) for kinds in names):
            return names
    return [["any"] if count == 1 else [f"type {k + 1}" for k in range(count)] for count in counts]


def write_efg(source: Game | ExtensiveForm, periods: int | None = None, limit: int = 1_000_000) -> str:
    """Return a game as the text of an ``.efg`` file: every history, for every pair of types.

    Payoffs of a file count from its start, so discounts go into them. For perfectly rational players that is the same
    game; a logit response at a later move is then as much less sharp as what follows is discounted.

    Parameters
    ----------
    source : Game or ExtensiveForm
        A game; or one read from a file, of which the chances of the deal are then written as they stood.
    periods : int, optional
        Periods to unroll; by default the game's own. What remains is worth what the game says of its horizon.
    limit : int
        Most nodes.

    Raises
    ------
    InputError
        If there are too many nodes, or the game draws types anew, which the format can only say with moves nobody else
        sees.
    """
    game = source.game if isinstance(source, ExtensiveForm) else source
    periods = game.periods if periods is None else periods
    if periods < 1:
        raise InputError(f"periods: is {periods}; it must be at least 1")
    first, second = game.players
    lines = [f"EFG 2 R {quoted(game.title)} {{ {quoted(first.name)} {quoted(second.name)} }}", '""', ""]
    writer = _Writer(game, periods, limit, lines)
    pairs = list(product(range(len(first.types)), range(len(second.types))))
    if len(pairs) > 1:
        deal = {(k0, k1): first.prior[k0] * second.prior[k1] for k0, k1 in pairs}
        if isinstance(source, ExtensiveForm):
            deal = source.deal
        chances = adding_up([float(deal[pair]) for pair in pairs])
        dealt = [f"{quoted(_pair_name(game, *pair))} {chance}" for pair, chance in zip(pairs, chances, strict=True)]
        lines.append(f'c "" 1 "" {{ {" ".join(dealt)} }} 0')
        writer.chances = 1
    for pair in pairs:
        writer.subtree(pair)
    return "\n".join(lines) + "\n"


def _pair_name(game: Game, k0: int, k1: int) -> str:
    named = [p.types[k] for p, k in zip(game.players, (k0, k1), strict=True) if len(p.types) > 1]
    return ", ".join(named)


@dataclass(frozen=True)
class _Place:
    """A history on its way into the text; ``move`` is one whose chance comes next, or -1."""

    state: int
    move: int
    period: int
    history: tuple[str, ...]
    factor: np.ndarray
    paid: np.ndarray


class _Writer:
    def __init__(self, game: Game, periods: int, limit: int, lines: list[str]) -> None:
        self.game, self.periods, self.limit, self.lines = game, periods, limit, lines
        self.sets: tuple[dict, dict] = ({}, {})
        self.chances = self.ends = 0

    def subtree(self, pair: Pair) -> None:
        """Write all histories of one pair of types, each node before what follows it."""
        game = self.game
        waiting = [_Place(game.start, -1, 0, (), np.ones(2), np.zeros(2))]
        while waiting:
            place = waiting.pop()
            if len(self.lines) > self.limit:
                raise InputError(
                    f"{self.periods} periods take more than {self.limit:,} nodes; write fewer periods or a smaller game"
                )
            if place.move >= 0:
                waiting.extend(reversed(self._chance(place, pair)))
            elif game.mover[place.state] < 0 or place.period == self.periods:
                worth = place.paid + place.factor * game.closing[game.closing_row[place.state], :, pair[0], pair[1]]
                self.ends += 1
                self.lines.append(f't "" {self.ends} "" {{ {plain(worth[0])}, {plain(worth[1])} }}')
            else:
                moves = game.moves_of(place.state)
                if len(moves) > 1:
                    self._choice(place.state, place.history, pair)
                waiting.extend(reversed([self._after(place, a, len(moves) > 1, pair) for a in moves]))

    def _after(self, place: _Place, move: int, chosen: bool, pair: Pair) -> _Place:
        """Return where ``move`` leads: a state, or a node of chance."""
        game, row = self.game, self.game.row[move]
        branches = game.successors_of(move)
        return _Place(
            state=int(branches[0]),
            move=move if len(branches) > 1 or game.redraw_row[game.first_branch[move]] else -1,
            period=place.period + int(game.elapsed[move]),
            history=(*place.history, game.move_name(move)) if chosen else place.history,
            factor=place.factor * game.discount[row],
            paid=place.paid + place.factor * game.reward[row, :, pair[0], pair[1]],
        )

    def _chance(self, place: _Place, pair: Pair) -> list[_Place]:
        """Write a node of chance; return where it leads."""
        game = self.game
        after, names, chances = [], [], []
        branches = np.arange(game.first_branch[place.move], game.first_branch[place.move + 1])
        when = np.full(len(branches), place.period - int(game.elapsed[place.move]))
        for n, (b, probability) in enumerate(zip(branches, game.chances(branches, when), strict=True), 1):
            if game.redraw_row[b]:
                name = game.players[int(game.redraw_player[game.redraw_row[b]])].name
                raise InputError(f"the type of {name} is drawn anew: an .efg file in the class cannot say that")
            factors = game.likelihood[game.likelihood_row[b]]
            chances.append(float(probability * factors[0, pair[0]] * factors[1, pair[1]]))
            names.append(quoted(str(n)))
            after.append(replace(place, state=int(game.successor[b]), move=-1, history=(*place.history, str(n))))
        self.chances += 1
        drawn = " ".join(f"{name} {chance}" for name, chance in zip(names, adding_up(chances), strict=True))
        self.lines.append(f'c "" {self.chances} "" {{ {drawn} }} 0')
        return after

    def _choice(self, state: int, history: tuple[str, ...], pair: Pair) -> None:
        mover = int(self.game.mover[state])
        kind = self.game.players[mover].types[pair[mover]]
        number = self.sets[mover].setdefault((kind, history), len(self.sets[mover]) + 1)
        actions = " ".join(quoted(self.game.move_name(a)) for a in self.game.moves_of(state))
        several = len(self.game.players[mover].types) > 1
        label = quoted((f"{kind}|" if several else "") + ".".join(history))
        self.lines.append(f'p "" {mover + 1} {number} {label} {{ {actions} }} 0')
