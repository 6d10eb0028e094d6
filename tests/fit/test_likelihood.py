"""What the likelihood cannot tell is said in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from duress import InputError
from duress.fit.likelihood import inverse_information


def test_a_likelihood_without_finite_curvature_names_the_parameters() -> None:
    with pytest.raises(InputError, match="no finite curvature in W_A:word: a column"):
        inverse_information(np.array([[np.nan, 0.0], [0.0, 1.0]]), ["W_A:word", "V_A:constant"])
