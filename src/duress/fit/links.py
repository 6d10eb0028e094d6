"""Yes-or-no answers with a normal or a logistic error: how likely they are, and the likelihood of those seen."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr, ndtr

from .signaling_game import log_phi

Array = NDArray[np.float64]
Link = Literal["probit", "logit"]


def share(x: Array, link: Link) -> tuple[Array, Array, Array]:
    """Return F(x), the probability of yes, and its first two derivatives."""
    if link == "probit":
        density = np.exp(log_phi(x))
        return ndtr(x), density, -x * density
    p, q = expit(x), expit(-x)
    return p, p * q, p * q * (q - p)


def log_answers(x: Array, yes: Array, no: Array, link: Link) -> tuple[Array, Array, Array]:
    """Return ``yes`` log F(x) + ``no`` log F(−x) and its first two derivatives by x."""
    if link == "probit":
        up, down = log_ndtr(x), log_ndtr(-x)
        density = log_phi(x)
        up_mills, down_mills = np.exp(density - up), np.exp(density - down)
        first = yes * up_mills - no * down_mills
        return yes * up + no * down, first, -yes * up_mills * (x + up_mills) - no * down_mills * (down_mills - x)
    p, q = expit(x), expit(-x)
    value = -yes * np.logaddexp(0.0, -x) - no * np.logaddexp(0.0, x)
    return value, yes * q - no * p, -(yes + no) * p * q
