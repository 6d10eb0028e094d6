"""The fits whose results by other programs are known: models, data and formulas, for the benchmark and the tests.

Data and results lie in the folder that ``DURESS_SHARED`` names, or else in ``shared`` beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from duress import CrisisSignaling, Egame12, Egame122, Egame123, Ultimatum
from duress.fit.model import Model

SHARED = Path(os.environ.get("DURESS_SHARED", Path(__file__).parents[2] / "shared"))
REFERENCE = SHARED / "reference" / "empirics"
MISSING = f"the reference data are not there: {REFERENCE}"

SANCTIONS = {
    "S_A": "0 + sqrt(senderecondep) + senderdemocracy + contig + ally",
    "V_A": "1 + anticipatedsendercosts",
    "C_B": "1 + sqrt(targetecondep) + anticipatedtargetcosts + contig + ally",
    "W_A": "1 + sqrt(senderecondep) + senderdemocracy + lncaprat",
    "W_B": "1 + targetdemocracy + lncaprat",
    "a": "1 + senderdemocracy",
}
GIVEN = ("PRhat", "PFhat")
"""Columns with what each side expects of the other."""
_DISPUTES = {"u1(L)": "1 + s_wt_re1 + revis1", "u1(RR)": "1 + regime1", "u2(RR)": "1 + balanc + regime2"}
_FOUR = {"u1(LL)": "x1 + x2", "u1(LR)": "x3 + f1", "u1(RR)": "x4 + x5", "u2(LR)": "z1 + z2", "u2(RR)": "z3 + f2"}
_THREE_PLAYERS = {
    "u1(L)": "x1 + x2", "u1(RRL)": "x3", "u1(RRR)": "x4 + x5", "u2(RRL)": "x6", "u2(RRR)": "x7", "u3(RRR)": "x8",
}  # fmt: skip
_RESERVATION = {"R1": "x1 + x2 + x3 + x4 + w1 + w2", "R2": "z1 + z2 + z3 + z4 + w1 + w2"}


class ReferenceFit(NamedTuple):
    """A fit: its model, the file with its data, the formulas, and the columns with what happened."""

    model: Model
    data: Path
    utilities: dict[str, str]
    outcome: str | tuple[str, ...] | None


def _sanctions(model: CrisisSignaling) -> ReferenceFit:
    return ReferenceFit(model, REFERENCE / "sanctions/crises.csv", SANCTIONS, None)


def _disputes(model: Egame12) -> ReferenceFit:
    return ReferenceFit(model, REFERENCE / "war1800/disputes.csv", _DISPUTES, ("esc", "war"))


FITS = {
    "pl": _sanctions(CrisisSignaling("pl", GIVEN)),
    "npl": _sanctions(CrisisSignaling("npl", GIVEN)),
    "cmle": _sanctions(CrisisSignaling("cmle", GIVEN)),
    "egame12_m1_probit": _disputes(Egame12()),
    "egame12_m2_logit": _disputes(Egame12("logit")),
    "egame12_m1_private": _disputes(Egame12(uncertainty="private")),
    "egame122_m1": ReferenceFit(Egame122(), REFERENCE / "simulated/data_122.csv", _FOUR, "y"),
    "egame123_m1_private_probit": ReferenceFit(
        Egame123(uncertainty="private"), REFERENCE / "simulated/data_123.csv", _THREE_PLAYERS, ("a1", "a2", "a3")
    ),
    "ultimatum_m1": ReferenceFit(Ultimatum(15.0), REFERENCE / "simulated/data_ult.csv", _RESERVATION, None),
}
"""By the names of the reference's tables."""
