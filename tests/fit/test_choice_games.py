"""Strategic choice games and the ultimatum game: against play by agents who draw their errors, and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.special import expit, ndtr, xlogy

import duress as du
from duress import Egame12, Egame122, Egame123, Ultimatum
from duress.errors import InputError
from duress.fit.choice_games import ChoiceGame, Link, Move, Uncertainty, leaves
from duress.fit.effects import why_no_error

Array = NDArray[np.float64]

WAYS: tuple[tuple[Link, Uncertainty], ...] = (("probit", "agent"), ("logit", "agent"), ("probit", "private"))
GAMES = [kind(link, uncertainty) for kind in (Egame12, Egame122, Egame123) for link, uncertainty in WAYS]
FORMULAS = {
    "egame12": {"u1(L)": "1 + x1", "u1(RR)": "1 + x2", "u2(RR)": "1 + z1"},
    "egame122": {"u1(LL)": "1 + x1", "u1(LR)": "1", "u1(RR)": "0 + x2", "u2(LR)": "1 + z1", "u2(RR)": "1 + z2"},
    "egame123": {
        "u1(L)": "1 + x1", "u1(RRL)": "0 + x2", "u1(RRR)": "1", "u2(RRL)": "1", "u2(RRR)": "1 + z1",
        "u3(RRR)": "1 + z2",
    },
}  # fmt: skip


def name(game: ChoiceGame) -> str:
    return f"{game.name} {game.method_said}"


def utilities(game: ChoiceGame, rows: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(rows, len(game.utilities)))


def played(game: ChoiceGame, u: Array, seed: int) -> Array:
    """Play each row once, by agents with errors: the number of the outcome.

    Each knows its own errors and the distribution of those of the others, so that what it expects of them is what the
    probabilities of the game below say.
    """
    random, outcomes = np.random.default_rng(seed), leaves(game.tree)
    names = {n: u[:, k] for k, n in enumerate(game.utilities)}
    private = {p: random.normal(size=(len(u), len(outcomes))) for p in "123"}

    def draw() -> Array:
        if game.link == "probit":
            return random.normal(size=len(u)) - random.normal(size=len(u))
        return np.sqrt(2) * random.logistic(size=len(u))

    def chances(tree: Move | str) -> dict[str, Array]:
        if isinstance(tree, str):
            return {tree: np.ones(len(u))}
        below = {True: chances(tree.yes), False: chances(tree.no)}
        index, spread = np.zeros(len(u)), np.zeros(len(u))
        for yes, part in below.items():
            for outcome, chance in part.items():
                index += (1 if yes else -1) * chance * names.get(f"u{tree.player}({outcome})", np.zeros(len(u)))
                spread += chance**2
        scale = np.sqrt(2) if game.uncertainty == "agent" else np.sqrt(spread)
        p = ndtr(index / scale) if game.link == "probit" else expit(index / np.sqrt(2))
        return {o: c * (p if yes else 1 - p) for yes, part in below.items() for o, c in part.items()}

    def choose(tree: Move | str) -> Array:
        if isinstance(tree, str):
            return np.full(len(u), outcomes.index(tree))
        gain = np.zeros(len(u))
        for branch, sign in ((tree.yes, 1.0), (tree.no, -1.0)):
            for outcome, chance in chances(branch).items():
                worth = names.get(f"u{tree.player}({outcome})", np.zeros(len(u)))
                if game.uncertainty == "private":
                    worth = worth + private[tree.player][:, outcomes.index(outcome)]
                gain += sign * chance * worth
        if game.uncertainty == "agent":
            gain += draw()
        return np.where(gain > 0, choose(tree.yes), choose(tree.no))

    return choose(game.tree)


@pytest.mark.parametrize("game", GAMES, ids=name)
def test_agents_who_draw_their_errors_play_as_the_probabilities_say(game: ChoiceGame) -> None:
    u = np.repeat(utilities(game, 3), 60_000, axis=0)
    seen = played(game, u, 1).reshape(3, -1)
    expected = game.chances(u[::60_000], {})
    for row in range(3):
        found = np.bincount(seen[row].astype(int), minlength=len(game.outcomes)) / 60_000
        assert found == pytest.approx(expected[row], abs=0.008)


@pytest.mark.parametrize("game", GAMES, ids=name)
def test_slopes_and_bends_are_those_of_the_likelihood(game: ChoiceGame) -> None:
    u = utilities(game, 20)
    observed = np.random.default_rng(2).integers(0, 4, size=(20, len(game.outcomes))).astype(float)
    here, size = game.terms(u, observed), 1e-5
    assert here.value == pytest.approx(xlogy(observed, game.chances(u, {})).sum(axis=1), rel=1e-12)
    for k in range(u.shape[1]):
        up, down = (game.terms(u + s * size * np.eye(u.shape[1])[k], observed) for s in (1, -1))
        assert here.slope[:, k] == pytest.approx((up.value - down.value) / (2 * size), abs=1e-7)
        assert here.bend[:, k] == pytest.approx((up.slope - down.slope) / (2 * size), abs=1e-6)


def test_three_outcomes_by_hand() -> None:
    u = np.array([[0.4, -0.2, 0.7, 0.3]])
    p = ndtr(0.3 / np.sqrt(2))
    right = ndtr((p * 0.7 + (1 - p) * -0.2 - 0.4) / np.sqrt(2))
    assert Egame12().chances(u, {})[0] == pytest.approx([1 - right, right * (1 - p), right * p])
    private = ndtr((p * 0.7 + (1 - p) * -0.2 - 0.4) / np.sqrt(1 + p**2 + (1 - p) ** 2))
    assert Egame12(uncertainty="private").chances(u, {})[0, 0] == pytest.approx(1 - private)
    q = expit(0.3 / np.sqrt(2))
    assert Egame12("logit").predict(u)["2 right"][0] == pytest.approx(q)


def drawn(game: ChoiceGame, rows: int, seed: int) -> tuple[pl.DataFrame, dict[str, float]]:
    """Return data of a game and the coefficients they were drawn at, 0.8 and −0.6 in turn."""
    random = np.random.default_rng(seed)
    frame = pl.DataFrame({n: random.normal(size=rows) for n in ("x1", "x2", "z1", "z2")})
    truth: dict[str, float] = {}
    u = np.zeros((rows, len(game.utilities)))
    for k, utility in enumerate(game.utilities):
        for term in FORMULAS[game.name].get(utility, "0").split(" + "):
            if term != "0":
                truth[f"{utility}:{term}"] = (0.8, -0.6)[len(truth) % 2]
                u[:, k] += truth[f"{utility}:{term}"] * (1.0 if term == "1" else frame[term].to_numpy())
    labels = [game.outcomes[k] for k in played(game, u, seed + 1)]
    return frame.with_columns(y=pl.Series(labels)), truth


@pytest.mark.parametrize("game", GAMES, ids=name)
def test_what_was_played_is_estimated(game: ChoiceGame) -> None:
    data, truth = drawn(game, 3000, 3)
    fitted = du.fit(game, data, FORMULAS[game.name], outcome="y")
    assert fitted.reached
    assert set(fitted.names) == set(truth)
    away = [(fitted[n] - truth[n]) / se for n, se in zip(fitted.names, fitted.standard_errors, strict=True)]
    assert np.abs(away).max() < 3.5
    assert fitted.several == 0


@pytest.mark.parametrize("game", [Egame12(), Egame122(), Egame123()], ids=name)
def test_labels_moves_and_counts_are_the_same_data(game: ChoiceGame) -> None:
    data, _ = drawn(game, 400, 4)
    stages = [f"move{k}" for k in range(len(game.stages))]
    moves = {stage: [] for stage in stages}
    for label in data["y"]:
        for stage, decisions in zip(stages, game.stages, strict=True):
            moves[stage].append(int(any(label in d.yes for d in decisions)))
    wide = data.with_columns(
        *(pl.Series(stage, values) for stage, values in moves.items()),
        *((pl.col("y") == o).cast(int).alias(o) for o in game.outcomes),
    )
    fits = [du.fit(game, wide, FORMULAS[game.name], outcome=way) for way in ("y", stages, game.outcomes)]
    assert fits[1].loglik == fits[0].loglik
    assert fits[2].loglik == fits[0].loglik


def test_moves_after_the_end_do_not_matter() -> None:
    data, _ = drawn(Egame12(), 300, 5)
    moves = data.with_columns(a=(pl.col("y") != "L").cast(int), b=(pl.col("y") == "RR").cast(int))
    odd = moves.with_columns(b=pl.when(pl.col("y") == "L").then(1).otherwise(pl.col("b")))
    one, other = (du.fit(Egame12(), frame, FORMULAS["egame12"], outcome=("a", "b")) for frame in (moves, odd))
    assert one.loglik == other.loglik


def test_what_is_not_identified_is_said() -> None:
    data, _ = drawn(Egame12(), 200, 6)
    everywhere = {"u1(L)": "1 + x1", "u1(RL)": "0 + x1", "u1(RR)": "1 + x1", "u2(RR)": "1"}
    with pytest.raises(
        InputError, match=r"u1\(L\): 'x1' is in every utility of player 1 \(u1\(L\), u1\(RL\) and u1\(RR\)\)"
    ):
        du.fit("egame12", data, everywhere, outcome="y")
    data, _ = drawn(Egame123(), 200, 7)
    with pytest.raises(InputError, match="a constant is in every utility of player 2"):
        du.fit(
            "egame123", data, {"u1(L)": "1", "u2(RL)": "1", "u2(RRL)": "1", "u2(RRR)": "1", "u3(RRR)": "1"}, outcome="y"
        )


def test_parameters_the_data_do_not_tell_apart_are_named() -> None:
    """Where player 2 always answers the same way by half, what player 1 gets of either answer is one number."""
    data, _ = drawn(Egame12(), 200, 8)
    with pytest.raises(InputError, match=r"do not tell these parameters apart: u1\(RL\):1, u1\(RR\):1"):
        du.fit("egame12", data, {"u1(RL)": "1", "u1(RR)": "1", "u2(RR)": "1"}, outcome="y")


def test_perfect_separation_of_either_player_is_said() -> None:
    data, _ = drawn(Egame12(), 200, 9)
    told = data.with_columns(told=pl.when(pl.col("y") == "RR").then(1.0).otherwise(-1.0))
    with pytest.raises(InputError, match=r"u2\(RR\): perfect separation: 'told' tells whether player 2 will 2 right"):
        du.fit("egame12", told, {"u1(L)": "1", "u2(RR)": "1 + told"}, outcome="y")


def test_a_column_that_nearly_tells_a_move_is_noted() -> None:
    data, _ = drawn(Egame12(), 400, 10)
    only = data.with_columns(rare=((pl.col("y") == "RR") & (pl.col("z1") > 1.2)).cast(int))
    fitted = du.fit("egame12", only, {"u1(L)": "1", "u2(RR)": "1 + rare"}, outcome="y")
    assert any("hardly tell u2(RR):rare" in note for note in fitted.notes)


@pytest.mark.parametrize("errors", ["model", "robust"])
def test_an_error_that_means_nothing_is_not_given(errors: Any, tmp_path: Path) -> None:
    data, _ = drawn(Egame12(), 400, 10)
    only = data.with_columns(rare=((pl.col("y") == "RR") & (pl.col("z1") > 1.2)).cast(int))
    fitted = du.fit("egame12", only, {"u1(L)": "1", "u2(RR)": "1 + rare"}, outcome="y", errors=errors)
    fitted.save(tmp_path / "fit.json")
    for one in (fitted, du.load_fit(tmp_path / "fit.json")):
        assert one.untold == ("u2(RR):rare",)
        assert np.isnan(one.standard_errors).tolist() == [False, False, True]
        assert one.table.select("std_error", "z", "p", "low", "high").row(2) == (None,) * 5
        (line,) = [line for line in one.summary().splitlines() if line.startswith("  rare")]
        assert line.split()[2:] == ["n/a"] * 5
        assert "(n/a)" in one.to_latex()
        assert one.as_json()["coefficients"][2]["std_error"] is None
        with pytest.raises(InputError, match=r"u2\(RR\):rare has no standard error"):
            one.profile("u2(RR):rare")
        effect = one.effect("rare")
        assert effect.select("std_error", "low", "high", "p").rows() == [(None,) * 4] * 3
        why = "The data give no error of u2(RR):rare, and so none of this effect."
        assert why_no_error(one, "rare", None, None) == why
        assert effect["effect"].abs().max() == pytest.approx(0.1309, abs=1e-3)


def test_an_effect_has_its_error_where_another_column_has_none() -> None:
    data, _ = drawn(Egame12(), 400, 10)
    only = data.with_columns(rare=((pl.col("y") == "RR") & (pl.col("z1") > 1.2)).cast(int))
    fitted = du.fit("egame12", only, {"u1(L)": "1 + x1", "u2(RR)": "1 + rare"}, outcome="y")
    assert fitted.untold == ("u2(RR):rare",)
    effect = fitted.effect("x1")
    assert why_no_error(fitted, "x1", None, None) == ""
    assert (effect["std_error"] > 0.0).all()


def test_settings_that_are_not_allowed() -> None:
    wrong: Any = "cauchy"
    with pytest.raises(InputError, match="link: must be probit or logit; found 'cauchy'"):
        Egame12(wrong)
    with pytest.raises(InputError, match="uncertainty: must be agent or private; found 'cauchy'"):
        Egame12(uncertainty=wrong)
    with pytest.raises(InputError, match="link: must be probit with private information"):
        Egame12("logit", "private")
    with pytest.raises(InputError, match="largest: must be above 0"):
        Ultimatum(0.0)


TRUTH = {"R1:1": 3.0, "R1:x": -1.0, "R2:1": 2.0, "R2:z": 1.0, "log_s1:1": 0.3, "log_s2:1": -0.2}
RESERVATION = {"R1": "1 + x", "R2": "1 + z"}


def bargains(rows: int, seed: int) -> pl.DataFrame:
    """Return offers that are best for a proposer who knows its own error, found on a grid, and the answers to them."""
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, rows))
    s1, s2 = np.exp(0.3), np.exp(-0.2)
    R1 = 3.0 - x + s1 * random.logistic(size=rows)
    grid = np.linspace(0.0, 10.0, 4001)
    offers = np.empty(rows)
    for i in range(rows):
        accepted = expit((grid - 2.0 - z[i]) / s2)
        offers[i] = grid[np.argmax(accepted * (10.0 - grid) + (1 - accepted) * R1[i])]
    accept = (offers > 2.0 + z + s2 * random.logistic(size=rows)).astype(int)
    return pl.DataFrame({"x": x, "z": z, "offer": offers, "accept": accept})


def test_the_ultimatum_game_as_proposers_play_it_is_estimated() -> None:
    data = bargains(1500, 11)
    assert (data["offer"] == 0.0).any()
    fitted = du.fit(Ultimatum(10.0), data, RESERVATION)
    assert fitted.reached
    away = [(fitted[n] - TRUTH[n]) / se for n, se in zip(fitted.names, fitted.standard_errors, strict=True)]
    assert np.abs(away).max() < 3.5
    alone = du.fit(Ultimatum(10.0), data, RESERVATION, outcome="offer")
    assert abs(alone["R2:z"] - 1.0) < 0.2
    assert alone["R2:z"] != fitted["R2:z"]


def test_the_predicted_offer_is_the_best_of_a_proposer_without_error() -> None:
    fitted = du.fit(Ultimatum(10.0), bargains(400, 12), RESERVATION)
    u = fitted.design.at(fitted.coefficients)[:20]
    grid = np.linspace(0.0, 10.0, 20_001)
    for (R1, R2, _, log_s2), offer in zip(u, fitted.predict()["offer"], strict=False):
        accepted = expit((grid - R2) / np.exp(log_s2))
        assert offer == pytest.approx(grid[np.argmax(accepted * (10.0 - grid) + (1 - accepted) * R1)], abs=1e-3)


def test_slopes_and_bends_of_the_ultimatum_game() -> None:
    game = Ultimatum(10.0)
    u = np.random.default_rng(13).normal(size=(30, 4)) * 0.3 + np.array([3.0, 2.0, 0.3, -0.2])
    offers = np.concatenate([np.zeros(5), np.full(5, 10.0), np.random.default_rng(14).uniform(1, 6, size=20)])
    observed: Array = np.stack([offers, (np.arange(30) % 2).astype(float)], axis=1)
    here, size = game.terms(u, observed), 1e-5
    for k in range(4):
        up, down = (game.terms(u + s * size * np.eye(4)[k], observed) for s in (1, -1))
        assert here.slope[:, k] == pytest.approx((up.value - down.value) / (2 * size), rel=1e-5, abs=1e-5)
        assert here.bend[:, k] == pytest.approx((up.slope - down.slope) / (2 * size), rel=1e-5, abs=1e-3)


def test_offers_that_are_none_are_refused() -> None:
    data = bargains(60, 15)
    with pytest.raises(InputError, match="outcome: column 'offer' must hold offers from 0 to 2, the largest; found"):
        du.fit(Ultimatum(2.0), data, RESERVATION)
    with pytest.raises(InputError, match="outcome: column 'accept' must hold 0 and 1; found 2"):
        du.fit(Ultimatum(10.0), data.with_columns(accept=2), RESERVATION)
    with pytest.raises(InputError, match="outcome: no offer is rejected in column 'accept'; both must be seen"):
        du.fit(Ultimatum(10.0), data.with_columns(accept=1), RESERVATION)
    with pytest.raises(InputError, match="outcome: there is no column 'bid'; name the column of offers"):
        du.fit(Ultimatum(10.0), data, RESERVATION, outcome="bid")
