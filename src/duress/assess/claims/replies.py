"""Claims about the first invitation a party receives: what its replies are worth."""

from __future__ import annotations

from ...scenario.claims import DROPPING, NO_USE
from .registry import Case, Finding, claim


@claim(DROPPING)
def dropping(case: Case) -> Finding:
    """Test whether accepting is worth more to the party with its levers kept than dropped, whatever its type.

    At the first invitation it receives, in discounted stakes. The sentence tells how often each ends in its collapse
    or its concession. Where there is nothing to lay down, the two are the same and the claim is undecided.
    """
    evidence, party = case.evidence, case.party
    error = evidence.error_at(evidence.moment(party))
    worths = evidence.worths(party)
    kind, keep, drop, _ = case.least_true({k: (w.keep, w.drop, error) for k, w in worths.items()})
    said = (
        f"If {kind}, {party} gets {keep:+.2f} stakes by accepting with its levers kept, {drop:+.2f} with them dropped"
    )
    at = evidence.moment(party)
    replies = [evidence.game.move_name(a) for a in evidence.game.moves_of(at.state)]
    both = [reply for reply in ("accept and keep", "accept and drop") if reply in replies]
    if len(both) == 2:
        lost = [_lost(evidence.endings(party, reply), party) for reply in both]
        said += f"; it ends in its collapse or concession in {lost[0]:.0%} and {lost[1]:.0%} of histories"
    else:
        said += f"; there is only one way to accept, to {both[0]}" if both else ""
    return Finding({"keep": keep, "drop": drop}, error, "stakes", f"{said}.")


def _lost(endings: dict[str, float], party: str) -> float:
    return sum(share for end, share in endings.items() if end in (f"collapse of {party}", f"concession of {party}"))


@claim(NO_USE)
def no_use(case: Case) -> Finding:
    """Test whether accepting is worth less than refusing, and than to have had no invitation, whatever the type.

    At the first invitation the party receives, in discounted stakes; to have had none is the other's holding instead,
    and what the public makes of that. The opposite says that accepting beats both.
    """
    evidence, party = case.evidence, case.party
    error = evidence.error_at(evidence.moment(party))
    worths, uninvited = evidence.worths(party), evidence.uninvited(party)
    choose = max if case.opposite else min
    accept = {k: max(w.keep, w.drop) for k, w in worths.items()}
    kind, without, talks, _ = case.least_true(
        {k: (choose(w.refuse, uninvited[k]), accept[k], error) for k, w in worths.items()}
    )
    said = (
        f"If {kind}, accepting the invitation of {case.other} is worth {talks:+.2f} stakes to {party} at best, "
        f"refusing it {worths[kind].refuse:+.2f}, and not to have been invited {uninvited[kind]:+.2f}."
    )
    return Finding({"no talks": without, "talks": talks}, error, "stakes", said)
