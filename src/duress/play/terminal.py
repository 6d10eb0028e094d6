"""A game on a terminal: 80 columns, numbers to choose by, readable without colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console

from ..errors import InputError
from ..report import words
from ..report.page import Page
from ..report.reading import clean
from .link import link_of
from .match import Match
from .prospects import Priced
from .view import View

_SHOWN_AGAIN = 3
"""Entries of the timeline shown again after going back."""

PROMPT = "Your move (a number; h for help): "

_HELP = (
    ("1, 2, ...", "make the move of that number"),
    ("h", "this list"),
    ("s", "show again where things stand, and the moves"),
    ("d", "the deal space: terms that can be signed or are offered, and no deal"),
    ("w", "what each move leads to: its worth to both sides, and the likeliest answer"),
    ("p", "the prices of your moves so far, and why"),
    ("u", "take back your last move; the line you leave is kept as a branch"),
    ("t N", "go back to just after move N of the game"),
    ("b", "the branches so far; b NAME takes one up again"),
    ("l", "the link that holds all of this"),
    ("q", "quit; the game is kept"),
)


@dataclass
class Session:
    """One person at a terminal with one match.

    Parameters
    ----------
    match : Match
        Where it begins; changes as it is played.
    party : str
        Whose seat the person has.
    console : Console
    ask : callable
        Gives what the person types; raises ``EOFError`` when there is no more.
    keep : callable
        Keeps the match and says in a sentence where.
    """

    match: Match
    party: str
    console: Console
    ask: Callable[[str], str]
    keep: Callable[[Match], str]
    told: int = field(default=0, init=False)

    def run(self) -> None:
        """Play until the person quits or the game is over and nothing more is asked for."""
        self.page = Page(self.console)
        self._opening()
        self._show()
        try:
            while self._answered(self.ask(self.page.shown(PROMPT)).strip()):
                pass
        except (EOFError, KeyboardInterrupt):
            self.console.print()
        self.page.say(self.keep(self.match), indent=0)

    def _view(self) -> View:
        return clean(self.match.view(self.party))

    def _answered(self, typed: str) -> bool:
        """Do what was typed; return whether to ask again."""
        word, _, rest = typed.partition(" ")
        try:
            if word.isdecimal():
                self._move(int(word))
            elif word in ("q", "quit", "exit"):
                return False
            elif word == "u":
                self._go(self.match.undo())
            elif word == "t" and rest.strip().isdecimal():
                self._go(self.match.back(int(rest)))
            elif word == "b" and rest:
                self._take_up(rest.strip())
            elif word in self._shows:
                self._shows[word]()
            elif word:
                self.page.say(f"{clean(typed)!r} is neither a move nor a command; h lists them.")
        except InputError as error:
            for fault in error.faults:
                self.page.say(clean(str(fault)))
        return True

    @property
    def _shows(self) -> dict[str, Callable[[], None]]:
        shows = {"h": self._help, "?": self._help, "help": self._help, "s": self._show, "d": self._deal}
        return shows | {"w": self._prospects, "p": self._prices, "b": self._branches, "l": self._link}

    def _move(self, number: int) -> None:
        if not self.match.table.over and self.match.table.turn != self.party:
            self.page.say(f"It is the turn of {clean(self.match.table.turn)}.")
            return
        self.match = self.match.move(number)
        made = self._view().priced[-1]
        self.page.say(f"You chose {made.move}. {_price(made)} {made.why}", indent=0)
        self._show()

    def _go(self, match: Match) -> None:
        self.match = match
        self.told = max(0, len(self._view().timeline) - _SHOWN_AGAIN)
        self.page.say(f"Back after move {match.turns}.", indent=0)
        self._show()

    def _take_up(self, name: str) -> None:
        for branch in self.match.branches:
            if branch.name == name.upper():
                self._go(self.match.go(branch.node))
                return
        self.page.say(f"there is no branch {clean(name)}; b lists them.")

    def _opening(self) -> None:
        view = self._view()
        self.page.say(view.title, "bold", indent=0)
        self.page.say(view.summary, indent=0)
        unknown = f"; {view.other} knows only what you might be: {words.listed(view.kinds)}" if view.kinds[1:] else ""
        self.page.say(
            f"You are {view.party}, and you are {view.kind}{unknown}. Values are discounted stakes: one stake is "
            f"everything in dispute, held for one {view.period_word}.",
            indent=0,
        )
        for note in view.notes:
            self.page.say(note, "dim", indent=0)
        self.page.say(f"Seed {view.seed}. {view.certificate}", "dim", indent=0)

    def _show(self) -> None:
        """Show what happened since it was last shown, where things stand, and the moves there are."""
        view = self._view()
        if self.told < len(view.timeline):
            self.page.head("What happened")
            for entry in view.timeline[self.told :]:
                self.page.say(f"{view.period_word} {entry.period + 1}: {entry.words}")
            self.told = len(view.timeline)
        if view.ending is not None:
            self._end(view)
            return
        self._standing(view)
        self.page.head(f"Your moves as {view.party} ({view.kind})")
        costs = any(option.costs for option in view.options)
        columns = [("", 2), ("move", 0), ("leads to", 0), *([("costs", 6)] if costs else [])]
        rows = [
            [str(o.number), o.move, o.leads_to, *([words.number(o.costs) if o.costs else ""] if costs else [])]
            for o in view.options
        ]
        self.page.table(columns, rows)

    def _standing(self, view: View) -> None:
        now = view.situation
        self.page.head(f"Where things stand ({now.date_words})")
        rows = [[s.lever, s.owner, f"{s.level} (level {s.rank + 1} of {len(s.levels)})"] for s in now.levers]
        rows += [["stamina", party, f"{left:.2f} (1 fresh, 0 collapsed)"] for party, left in now.stamina.items()]
        self.page.table([("what", 0), ("whose", 0), ("stands at", 0)], rows)
        self.page.say(f"{view.other} believes you are {_chances(view.about_you)}.")
        self.page.say(f"You believe {view.other} is {_chances(view.about_other)}.")

    def _help(self) -> None:
        self.page.head("What you may type")
        self.page.table([("type", 0), ("to", 0)], [list(row) for row in _HELP])

    def _deal(self) -> None:
        view = self._view()
        self.page.head(f"The deal space (stakes per {view.period_word}, on average over types)")
        first, second = view.prior
        away = view.agenda.mean_walk_away(view.prior).values()
        shown = [t for t in view.agenda.terms if t.labels or t.on_frontier]
        rows = [["no deal, as things stand", *(words.signed(value) for value in away), ""]]
        rows += [
            [t.words, *(words.signed(t.mean_value[p]) for p in (first, second)), ", ".join(t.labels) or "frontier"]
            for t in shown
        ]
        self.page.table([("terms", 0), (first[:12], 12), (second[:12], 12), ("known as", 0)], rows)
        for offer in view.offers[-3:]:
            answer = f"answered: {offer.answer}" if offer.answer else "not answered yet"
            self.page.say(f"{view.period_word} {offer.period + 1}: {offer.party} offered {offer.words}; {answer}.")

    def _prospects(self) -> None:
        if self.match.table.over:
            self.page.say("The game is over.")
            return
        view = self._view()
        self.page.head("What each move leads to, if both play on as in equilibrium")
        rows = []
        for p in clean(self.match.prospects(self.party)):
            answer = max(p.answers, key=p.answers.__getitem__, default="")
            likeliest = f"{answer} ({words.percent(p.answers[answer])})" if answer else ""
            rows.append([p.move, words.signed(p.value), words.signed(p.other_value), likeliest])
        columns = [("move", 0), ("to you", 9), (f"to {view.other}"[:12], 12), ("likeliest answer at once", 0)]
        self.page.table(columns, rows)

    def _prices(self) -> None:
        view = self._view()
        self.page.head("What your moves cost you")
        if not view.priced:
            self.page.say("You have made none yet.")
        for made in view.priced:
            self.page.say(f"{view.period_word} {made.period + 1}, {made.move}: {_price(made)} {made.why}")

    def _branches(self) -> None:
        self.page.head("Branches")
        rows = [
            [
                b.name + (" (here)" if b.current else ""),
                str(b.forks_at),
                str(len(b.moves)),
                clean(b.moves[b.forks_at]) if 0 < b.forks_at < len(b.moves) else "",
                "over" if b.over else "open",
            ]
            for b in self.match.branches
        ]
        self.page.table([("branch", 0), ("parts after", 8), ("moves", 6), ("with", 0), ("is", 0)], rows)

    def _link(self) -> None:
        # Not folded: a link is copied whole.
        self.console.print(link_of(self.match), soft_wrap=True)

    def _end(self, view: View) -> None:
        ending = view.ending
        assert ending is not None
        self.page.head(f"It is over: {ending.outcome}")
        self.page.say(f"In the end: {ending.words}.")
        for party in (view.party, view.other):
            who = "you" if party == view.party else ending.players[party]
            self.page.say(f"{party} was {ending.types[party]}, played by {who}".rstrip(".") + ".")
        rows = [
            [
                party,
                words.signed(ending.stakes[party]),
                words.number(ending.share[party]),
                words.number(sum(made.price for made in ending.priced[party])),
            ]
            for party in ending.stakes
        ]
        self.page.table([("party", 0), ("worth, stakes", 13), ("as a share", 10), ("its moves' prices", 17)], rows)
        self.page.head("Your moves, priced")
        self.page.table(
            [("", 3), (view.period_word, 7), ("move", 0), ("best", 0), ("price", 6)],
            [[str(m.turn), str(m.period + 1), m.move, m.best, words.number(m.price)] for m in view.priced],
        )
        if view.priced:
            worst = max(view.priced, key=lambda made: made.price)
            self.page.say(f"The dearest, {worst.move} in {view.period_word} {worst.period + 1}: {worst.why}")
        self.page.say("Take back a move (u), go back to one (t N), or quit (q). h lists what else there is.")


def _price(made: Priced) -> str:
    price = words.number(made.price)
    return "It was the best there was." if not float(made.price) else f"Its price: {price} stakes."


def _chances(belief: dict[str, float]) -> str:
    return words.listed(f"{kind} with {words.percent(chance)}" for kind, chance in belief.items())


def keeping(game: int | None) -> Callable[[Match], str]:
    """Return what keeps a match in the store, in place of ``game`` if given, and says so; the link if it cannot."""

    def keep(match: Match) -> str:
        from .store import Store

        try:
            store = Store()
            try:
                number = store.keep(match, game)
            finally:
                store.close()
        except InputError as error:
            return f"The game could not be kept ({error}). Its link: {link_of(match, sealed=True)}"
        return f"Kept as game {number}: duress play --game {number} goes on with it."

    return keep
