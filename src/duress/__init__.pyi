from .assess.assess import assess as assess
from .assess.claims.doctrine import claims as claims
from .assess.record import Assessment as Assessment
from .assess.record import Doctrine as Doctrine
from .errors import InputError as InputError
from .errors import NotSolvedError as NotSolvedError
from .game.builder import GameBuilder as GameBuilder
from .game.game import Game as Game
from .play.link import link_of as link_of
from .play.link import open_link as open_link
from .play.match import Match as Match
from .play.match import play as play
from .scenario.load import load as load
from .scenario.schema import Scenario as Scenario
from .simulate.histories import Histories as Histories
from .simulate.histories import simulate as simulate
from .simulate.interventions import Intervention as Intervention
from .simulate.summary import summary_of as summary_of
from .simulate.tables import tables_of as tables_of
from .simulate.tables import write_tables as write_tables
from .solve.aqre import AQRE as AQRE
from .solve.solution import Solution as Solution
from .solve.solution import load_solution as load_solution
from .solve.solution import solve as solve
from .solve.tree import PublicTree as PublicTree

__version__: str
