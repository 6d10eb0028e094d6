"""What the terms of a report mean, for a reader who has never met them."""

from __future__ import annotations

TERMS = {
    "stake": (
        "The unit of value. Holding everything in dispute for one period is worth one stake to a party, in its own "
        "units; two parties' stakes cannot be compared."
    ),
    "worth": (
        "What a party can expect from now on: all its gains and losses in stakes, added up, later ones counting less."
    ),
    "share": (
        "The same worth as a constant stream: the part of everything in dispute which, held in every period, would be"
        " worth as much."
    ),
    "type": (
        "What is private about a party, such as how much it can bear or whether it means to keep an agreement. The "
        "other side does not see it and judges it from what the party does."
    ),
    "reply": (
        "What the invited party can do: refuse, refuse and press harder, accept and keep its levers, or accept and "
        "lay them down."
    ),
    "lever": (
        "An instrument of pressure with levels: a sanction, a suspended obligation, a strike, a capability built up."
    ),
    "pressure": "The harm that a party's levers do to the other, in stakes per period.",
    "stamina": "What a party has left to endure with: 1 is fresh, 0 is collapsed.",
    "invitation": "An offer to talk. Making one is itself a move, from which the other side learns.",
    "odds": (
        "How often a history ends so, out of many histories played through with the solved behaviour of both sides."
    ),
    "belief": "The probability that everyone who saw all moves so far gives to each type of a party.",
    "price of dropping": (
        "What accepting with levers kept is worth, minus what accepting with levers laid down is worth."
    ),
    "terms": "One position for each issue in dispute.",
    "red line": "Positions a party will not sign, whatever the pressure.",
    "frontier": "Terms that both can sign and that cannot be changed to the gain of one without loss to the other.",
    "no deal": "What each side gets in a period at the pressure in force, without an agreement.",
    "harvest": (
        "Taking up the invitation is worth less than the best refusal, with levers kept and with levers dropped: the "
        "talks would collect what the pressure has won."
    ),
    "way out": "Accepting is worth more than the best refusal, even with levers laid down.",
    "pays only with levers kept": (
        "Accepting beats refusing as long as the levers are kept, and loses to it once they are laid down."
    ),
    "undecided": "The differences are smaller than the error of the numbers.",
    "depends on type": "The verdict is not the same for all types of the party.",
    "margin": "By how many stakes the verdict holds, for the type for which it holds by least.",
    "error": "How far the numbers may be off, from the grid the game is solved on and from the simulated histories.",
    "equilibrium": (
        "Behaviour in which each side responds to what the other does and learns, better moves being likelier but no "
        "move impossible (a quantal response equilibrium)."
    ),
    "precision": (
        "How sharply the sides respond to differences in worth: at 0 they choose blindly, without limit they never err."
    ),
    "certificate": "Checks of the solution by separate code, so that nothing is called solved that is not.",
    "residual": "The largest difference between the behaviour found and the behaviour the model asks for.",
    "unsolved": "Stages of the game at which that difference is too large. It must be 0.",
    "deviation gain": (
        "What one type of one side could gain, in stakes, by leaving its solved behaviour for the best other one. A "
        "part of it is there by design: in the model, sides respond with limited precision."
    ),
    "grid error": "How much the values move when beliefs are followed on a finer grid.",
}
"""Term -> its meaning, in the order in which a report lists them."""
