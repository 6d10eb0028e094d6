"""Games of the literature with a known answer: examples of `GameBuilder`, and tests of the solver.

One module per paper, named after it; `catalogue` lists them with the textbook's numbers. They are what a Markov
signaling game of two players can be: Selten's horse (Selten 1975), the usual example of an unreasonable equilibrium,
has three players and is outside the class.

References
----------
Selten, R. (1975). Reexamination of the perfectness concept for equilibrium points in extensive games. Int. J. Game
Theory 4(1), 25-55.
"""

from .abreu_gul_2000 import reputational_bargaining
from .cho_kreps_1987 import beer_quiche
from .fearon_1995 import shifting_power, uncertain_resolve
from .hendricks_weiss_wilson_1988 import war_of_attrition
from .kreps_wilson_1982 import chain_store
from .rubinstein_1982 import rubinstein
from .spence_1973 import job_market

__all__ = [
    "beer_quiche",
    "chain_store",
    "job_market",
    "reputational_bargaining",
    "rubinstein",
    "shifting_power",
    "uncertain_resolve",
    "war_of_attrition",
]
