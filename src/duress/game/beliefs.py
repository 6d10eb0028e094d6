"""Grids of public beliefs: where between certainties the game is solved.

A belief about a player with two types is the probability p of its second type. Reputation lives near 0 and 1, so both
spacings crowd there: cosine for ordinary priors, log odds for very small ones.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Spacing = Literal["cosine", "log odds"]

LOG_ODDS_REACH = 9.0
"""Log odds of the outermost interior nodes of a log-odds grid: p = 0.00012 and 0.99988."""


def belief_nodes(types: int, nodes: int, spacing: Spacing = "cosine") -> NDArray[np.float64]:
    """Beliefs at which a game is solved, about one player.

    Parameters
    ----------
    types : int
        Number of types of the player: 1 (there is nothing to believe: one node) or 2.
    nodes : int
        Number of nodes for two types, both certainties included; at least 3.
    spacing : "cosine" or "log odds"

    Returns
    -------
    array, shape (nodes,)
        Probabilities of the second type, rising from 0 to 1; ``[0.]`` for one type.
    """
    if types == 1:
        return np.zeros(1)
    if types != 2:
        raise InputError(f"a player has {types} types; belief grids are built for one or two")
    if nodes < 3:
        raise InputError(f"beliefs: {nodes} nodes; at least 3 are needed")
    if spacing == "cosine":
        return (1 - np.cos(np.linspace(0, np.pi, nodes))) / 2
    interior = np.linspace(-LOG_ODDS_REACH, LOG_ODDS_REACH, nodes - 2)
    return np.concatenate([[0.0], 1 / (1 + np.exp(-interior)), [1.0]])
