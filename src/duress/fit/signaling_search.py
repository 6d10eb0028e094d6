"""The search for estimates of the crisis-signaling game, by each of its methods.

References
----------
Aguirregabiria, V. & Mira, P. (2007). Sequential estimation of dynamic discrete games. Econometrica 75(1).
Silvey, S. (1959). The Lagrangian multiplier test. Annals of Mathematical Statistics 30(2).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from .design import Design, Terms
from .equilibria import FARTHEST, Equilibria, equilibria
from .expectations import FirstStage
from .information import VAGUE, check_curved, inverse_information
from .likelihood import climb_rows
from .maximise import Top, climb
from .model import Estimated, Step
from .pseudo import answer, gap, given_expectations, in_equilibrium, log_chances, loglik, settle
from .signaling_game import challenge

Array = NDArray[np.float64]
Selection = Literal["likeliest", "lowest", "highest"]

_STEP = 1e-5
_NESTED_MOST = 500
_LOST_MOST = 3
"""Rounds without a maximum after which expectations are given up."""
_RESELECT_MOST = 6
_SAME = 1e-6
"""Difference in the probability that B resists below which two equilibria are one."""
_CLIMB_MOST = 50
_SCATTER = (0.3, 1.0, 2.0)
"""How far from the likeliest estimates a search under a rule begins, in standard errors."""
_DRAWS = 12


def log_odds(p: Array) -> Array:
    """Return log(p / (1 − p))."""
    with np.errstate(divide="ignore"):
        return np.log(p) - np.log1p(-p)


def chances_at(u: Array, t: Array) -> Array:
    """Return log probabilities of the outcomes, shape (n, 4), where B resists with log odds ``t``, infinite or not."""
    t = np.clip(t, -FARTHEST, FARTHEST)
    S, V, _, W, _, a, _ = u.T
    with np.errstate(over="ignore"):
        c = (S - V) * (1.0 + np.exp(-t)) + V
        return log_chances(challenge(c, W, a), t)


def nearest(found: Equilibria, t: Array) -> Array:
    """Return for each game the equilibrium nearest to ``t`` in the probability that B resists."""
    away = np.abs(expit(found.t) - expit(t[found.game]))
    order = np.lexsort((away, found.game))
    first = np.searchsorted(found.game[order], np.arange(len(t)))
    return found.t[order][first]


def _ends(found: Equilibria, games: int, selection: Selection) -> Array:
    edge = np.searchsorted(found.game, np.arange(games) + (selection == "highest"))
    return found.t[edge - (selection == "highest")]


class Search:
    """The data of one estimation, and its likelihoods."""

    def __init__(self, design: Design, observed: Array, step: Step | None) -> None:
        self.design, self.observed, self.step = design, observed, step

    def pseudo_terms(self, at: Array, resist: Array, firm: Array) -> Terms:
        """Return the pseudo-log-likelihood by row."""
        return given_expectations(self.design.at(at), self.observed, resist, firm)

    def pseudo_top(self, start: Array, resist: Array, firm: Array) -> Top:
        """Return the maximum of the pseudo-likelihood."""
        return climb_rows(lambda at: self.pseudo_terms(at, resist, firm), self.design, start, self.step)

    def pseudo(self, top: Top, stages: tuple[FirstStage, FirstStage], vcov: Array | None) -> Estimated:
        """Return pseudo-likelihood estimates; what the first stage is uncertain of, or ``vcov`` says, is carried on."""
        resist, firm = (stage.chance for stage in stages)
        terms = self.pseudo_terms(top.at, resist, firm)
        bread = -self.design.curvature(terms.bend)
        inverse = inverse_information(bread, top.at)
        influence = self.design.scores(terms.slope)
        crosses = [self.design.scores(self._cross(top.at, resist, firm, of)) for of in (0, 1)]
        for stage, cross in zip(stages, crosses, strict=True):
            influence = influence + stage.influence @ (cross.T @ stage.moves).T
        notes: tuple[str, ...] = ()
        carried = None
        if vcov is not None:
            both = np.concatenate(crosses)
            carried = both.T @ vcov @ both
        elif not stages[0].moves.shape[1]:
            notes = ("Expectations are taken as known: the errors leave out what the first stage is uncertain of.",)
        held = {"log_odds": log_odds(resist)}
        return Estimated(
            top.at, top.value, terms.value, influence, inverse, None, top.reached, top.steps, notes, held, carried
        )

    def _cross(self, at: Array, resist: Array, firm: Array, of: int) -> Array:
        """Return derivatives of the scores by one of the expectations, by utility, shape (n, utilities)."""
        both, sides = [resist, firm], []
        size = _STEP * np.minimum(both[of], 1.0 - both[of])
        for sign in (1.0, -1.0):
            moved = both.copy()
            moved[of] = both[of] + sign * size
            sides.append(self.pseudo_terms(at, moved[0], moved[1]).slope)
        return (sides[0] - sides[1]) / (2.0 * size[:, None])

    def nested(self, first: Top, resist: Array, firm: Array) -> tuple[Top, Array, Array, bool]:
        """Return estimates at which expectations are what they lead to, and whether there are such."""
        top, steps, lost = first, first.steps, 0
        for count in range(_NESTED_MOST):
            u = self.design.at(top.at)
            log_rho, _ = answer(u, resist)
            rho = (1.0 - firm) / firm
            resist_next = np.clip(ndtr(u[:, 4] + rho * u[:, 6] - (1.0 + rho) * u[:, 2]), 1e-12, 1.0 - 1e-12)
            firm_next = np.clip(expit(-log_rho), 1e-12, 1.0 - 1e-12)
            new = self.pseudo_top(top.at, resist_next, firm_next)
            moved = (new.at - top.at, resist_next - resist, firm_next - firm)
            steps += new.steps
            top, resist, firm = new._replace(steps=steps), resist_next, firm_next
            if self.step is not None:
                self.step(count, top.value)
            if max(float(np.abs(part).max()) for part in moved) < 1e-9:
                return top, resist, firm, True
            lost = 0 if new.reached else lost + 1
            if lost == _LOST_MOST:
                break
        return top, resist, firm, False

    def nested_result(self, top: Top, resist: Array, firm: Array, settled: bool) -> Estimated:
        """Return nested estimates. Expectations move with the parameters, as the equilibrium they are part of does."""
        t = log_odds(resist)
        terms = self.pseudo_terms(top.at, resist, firm)

        def slope(u: Array, t: Array, counts: Array) -> Array:
            log_rho, _ = answer(u, expit(t))
            return given_expectations(u, counts, expit(t), expit(-log_rho)).slope

        bend, followed = self._following(self.design.at(top.at), t, slope)
        bread = -self._curvature(bend)
        notes = () if settled else ("Expectations did not settle; try cmle.",)
        if not followed:
            notes += ("An equilibrium could not be followed: errors are not to be trusted.",)
        influence = self.design.scores(terms.slope)
        inverse_information(-self.design.curvature(terms.bend), top.at)
        inverse = np.linalg.inv(bread).astype(np.float64)
        vcov = inverse @ -self.design.curvature(terms.bend) @ inverse.T
        held = {"log_odds": t}
        reached = top.reached and settled
        return Estimated(top.at, top.value, terms.value, influence, inverse, vcov, reached, top.steps, notes, held)

    def _following(self, u: Array, t: Array, slope: object) -> tuple[Array, bool]:
        """Return derivatives of ``slope(u, t, counts)`` by the utilities, the equilibrium following, (n, K, K)."""
        n, many = u.shape
        moves = _STEP * np.concatenate([np.eye(many), -np.eye(many)])
        every = (u + moves[:, None, :]).reshape(-1, many)
        _, by_t, by_u, _ = gap(u, t)
        ts, good = settle(every, (t - moves @ (by_u / by_t[:, None]).T).ravel())
        slopes = slope(every, ts, np.tile(self.observed, (2 * many, 1)))  # type: ignore[operator]
        slopes = slopes.reshape(2, many, n, many)
        return np.moveaxis(slopes[0] - slopes[1], 0, 2) / (2.0 * _STEP), bool(good.all())

    def _curvature(self, bend: Array) -> Array:
        """Return derivatives of the summed scores by the parameters, where ``bend`` need not be symmetric."""
        parts = self.design.blocks
        return np.block(
            [
                [one.T @ (bend[:, k, m, None] * other) for m, other in enumerate(parts) if other.shape[1]]
                for k, one in enumerate(parts)
                if one.shape[1]
            ]
        )

    def full(self, starts: list[Array], selection: Selection, constrained: bool) -> Estimated:
        """Return likelihood estimates: from every start, with the equilibrium of each row chosen by ``selection``."""
        found = [self._selected(start, "likeliest") for start in starts]
        top, t, chosen = max(found, key=lambda one: (one[2], one[0].value))
        most = top.value
        if selection != "likeliest":
            top, t = self._ruled(top, t, selection)
        u = self.design.at(top.at)
        value, slope = in_equilibrium(u, self.observed, t)
        bend, followed = self._following(u, t, lambda u, t, counts: in_equilibrium(u, counts, t)[1])
        bread = -self._curvature(0.5 * (bend + np.swapaxes(bend, 1, 2)))
        notes: tuple[str, ...] = ()
        if not constrained:
            rule = {"likeliest": "the one what was seen is likeliest in", "lowest": "the one in which B resists least"}
            said = rule.get(selection, "the one in which B resists most")
            notes += (f"Where there are several equilibria, {said} is taken.",)
        if not chosen:
            notes += ("The equilibria that suit rows best at the estimates lead elsewhere, time and again.",)
        if selection != "likeliest" and not top.reached:
            notes += (
                "The likelihood jumps where the equilibrium of this rule vanishes; these are the best estimates found "
                f"beside a jump, {most - top.value:.2f} below those of cmle, which no rule exceeds, and their "
                "errors know nothing of the jump. cmle needs no rule.",
            )
        if not followed:
            notes += ("An equilibrium could not be followed: errors are not to be trusted.",)
        influence = self.design.scores(slope)
        if top.reached:
            vcov = inverse = inverse_information(bread, top.at)
        else:
            check_curved(bread, top.at)
            inverse = np.linalg.inv(bread).astype(np.float64)
            vcov = np.linalg.pinv(influence.T @ influence).astype(np.float64)
        reached = top.reached and chosen
        held = {"log_odds": t}
        return Estimated(top.at, top.value, value, influence, inverse, vcov, reached, top.steps, notes, held)

    def _selected(self, start: Array, selection: Selection) -> tuple[Top, Array, bool]:
        """Return the maximum reached from ``start``, equilibria chosen anew until the choice stays."""
        at, chosen, near = start, False, True
        t = self._choose(at, selection)
        top = None
        for _ in range(_RESELECT_MOST):
            new, t = self._top(at, t, None)
            top = new if top is None else new._replace(steps=top.steps + new.steps)
            again = self._choose(top.at, selection)
            chosen = bool(np.abs(expit(again) - expit(t)).max() < _SAME)
            if chosen or not (top.reached or (near and np.abs(top.at).max() < VAGUE)):
                break
            at, t, near = top.at, again, top.reached
        assert top is not None
        return top, t, chosen

    def _ruled(self, near: Top, t: Array, selection: Selection) -> tuple[Top, Array]:
        """Return the maximum with the equilibria of a rule, looked for around ``near``.

        No rule does better than the equilibria that suit rows best, so where it chooses the same there is nothing to
        look for. Else the likelihood jumps where the equilibrium of the rule comes into being or vanishes in a row, so
        the search begins at the best of some draws as far away as estimates scatter, and takes only steps that climb
        in spite of jumps.
        """
        if np.abs(expit(self._choose(near.at, selection)) - expit(t)).max() < _SAME:
            return near, t
        u = self.design.at(near.at)
        bend, _ = self._following(u, t, lambda u, t, counts: in_equilibrium(u, counts, t)[1])
        information = -self.design.curvature(0.5 * (bend + np.swapaxes(bend, 1, 2)))
        if not np.isfinite(information).all():
            return near, t
        values, axes = np.linalg.eigh(information)
        spread = axes / np.sqrt(np.maximum(values, 1e-6 * values.max()))
        random = np.random.default_rng(0)
        away = [
            np.zeros(len(near.at)),
            *(s * random.normal(size=len(near.at)) for s in _SCATTER for _ in range(_DRAWS)),
        ]
        draws = [near.at + spread @ one for one in away]
        chosen = [self._choose(at, selection) for at in draws]
        best = int(np.argmax([self._value(at, one) for at, one in zip(draws, chosen, strict=True)]))
        return self._top(draws[best], chosen[best], selection)

    def _value(self, at: Array, t: Array) -> float:
        total = float(loglik(self.observed, chances_at(self.design.at(at), t)).sum())
        return total if np.isfinite(total) else -np.inf

    def _choose(self, at: Array, selection: Selection) -> Array:
        u = self.design.at(at)
        found = equilibria(u)
        t = np.clip(found.t, -FARTHEST, FARTHEST)
        if selection != "likeliest":
            return _ends(Equilibria(found.game, t), len(u), selection)
        likely = loglik(self.observed[found.game], chances_at(u[found.game], t))
        order = np.lexsort((-likely, found.game))
        return t[order][np.searchsorted(found.game[order], np.arange(len(u)))]

    def _top(self, start: Array, t: Array, rule: Selection | None) -> tuple[Top, Array]:
        """Return the maximum reached from ``start``, each row's equilibrium followed from ``t`` or chosen by a rule."""
        kept = {start.tobytes(): t}
        last = t

        def followed(at: Array) -> Array | None:
            key = at.tobytes()
            if key not in kept and rule is not None:
                kept[key] = self._choose(at, rule)
            elif key not in kept:
                found, good = settle(self.design.at(at), last)
                if not good.all():
                    return None
                kept[key] = found
            return kept[key]

        def value(at: Array) -> float:
            found = followed(at)
            return -np.inf if found is None else self._value(at, found)

        def derivatives(at: Array) -> tuple[Array, Array]:
            nonlocal last
            last = kept[at.tobytes()]
            kept.clear()
            kept[at.tobytes()] = last
            u = self.design.at(at)
            slope = in_equilibrium(u, self.observed, last)[1]
            bend, _ = self._following(u, last, lambda u, t, counts: in_equilibrium(u, counts, t)[1])
            bend = 0.5 * (bend + np.swapaxes(bend, 1, 2))
            return self.design.gradient(slope), self.design.curvature(bend)

        top = climb(value, derivatives, start, tolerance=1e-9, most=_CLIMB_MOST, progress=self.step)
        return top, kept[top.at.tobytes()]
