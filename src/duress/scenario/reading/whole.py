"""A whole scenario from the tree of a file: every section read, then put together, or all faults at once."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace

from duress.errors import Fault, InputError
from duress.scenario.reading.claims import read_claims
from duress.scenario.reading.fields import NAME_LENGTH, Part, Reading, Text, described, listed
from duress.scenario.reading.issues import read_demands, read_issues, read_status_quo
from duress.scenario.reading.levers import read_levers
from duress.scenario.reading.parties import read_party, read_party_names
from duress.scenario.reading.record import read_record
from duress.scenario.reading.source import Line, Mapping, Scalar, Sequence, digest
from duress.scenario.reading.talks import read_agreement, read_talks
from duress.scenario.reading.unsure import changed, read_unsure
from duress.scenario.reading.variants import EXTENDS, Written, written
from duress.scenario.reading.world import read_bystanders, read_conflict, read_end
from duress.scenario.schema import PERIOD_MONTHS, Issue, Lever, Party, Scenario, Terms, Unsure

FIELDS = (
    EXTENDS,
    "title",
    "summary",
    "period",
    "horizon",
    "order",
    "parties",
    "issues",
    "levers",
    "talks",
    "agreement",
    "demand",
    "status_quo",
    "menu",
    "bystanders",
    "conflict",
    "ends",
    "unsure",
    "claims",
    "replay",
)
MAX_HORIZON = 600
YEARS_BY_DEFAULT = 3
_STAKE_OFF = 1e-6


def read(text: str, name: str, path: str | None = None) -> Scenario:
    """Return the scenario a YAML text describes.

    Parameters
    ----------
    text : str
        The content of a scenario file.
    name : str
        Name of the scenario; its title too, if the text gives none.
    path : str, optional
        File the text came from, for the record.

    Raises
    ------
    InputError
        With every fault of the text.
    """
    return read_written(written(text, path), name, path)


def read_written(written: Written, name: str, path: str | None, reading: Reading | None = None) -> Scenario:
    """Return the scenario that a tree describes; parameters as for `read`, and the ``reading`` to do it with.

    Raises
    ------
    InputError
        With every fault of the tree.
    """
    if not isinstance(written.tree, Mapping):
        found = described(written.tree)
        raise InputError(f"a scenario is a mapping (parties: ..., levers: ..., issues: ...); found {found}")
    reading = Reading() if reading is None else reading
    reading.faults += written.faults
    reading.saw(EXTENDS, Text(NAME_LENGTH))
    scenario = _read_whole(Part(reading, written.tree, "", FIELDS), name, path, written)
    if scenario is None:
        raise InputError(reading.in_order())
    return scenario


def _read_whole(root: Part, name: str, path: str | None, written: Written) -> Scenario | None:
    period = root.word("period", tuple(PERIOD_MONTHS), "a unit of time", "month")
    usual = min(MAX_HORIZON, round(YEARS_BY_DEFAULT * 12 / PERIOD_MONTHS[period]))
    party_nodes = read_party_names(root)
    names = tuple(party_nodes)
    horizon, at_end = read_end(root, names, MAX_HORIZON, usual)
    levers = read_levers(root, names)
    drained = {name for name in names if any(lever.by != name and any(lever.drain) for lever in levers.values())}
    parties = {
        name: read_party(root.reading, name, party_nodes[name], period, horizon, name in drained) for name in names
    }
    issues = read_issues(root, parties)
    issue_names, lever_names = _named(root, "issues"), _named(root, "levers")
    demand = read_demands(root, parties, issues, issue_names)
    status_quo = read_status_quo(root, issues, issue_names)
    talks = read_talks(root, names, levers)
    agreement = read_agreement(root, levers, lever_names, issues)
    bystanders = read_bystanders(root, names, levers, lever_names)
    speaking = [f"levers.{name}.hazard" for name, lever in levers.items() if any(lever.hazard)]
    speaking += ["ends.then"] if at_end == "open conflict" else []
    conflict = read_conflict(root, parties, speaking)
    order = _read_order(root, names)
    menu = root.whole("menu", 1, 12, 5)
    title, summary = root.text("title", name, 200), root.text("summary", "")
    unsure = read_unsure(root)
    claims = read_claims(root, names)
    record = read_record(root, parties, levers, bystanders, talks)
    if root.reading.faults:
        return None
    return Scenario(
        name=name,
        title=title,
        summary=summary,
        period=period,
        horizon=horizon,
        order=order,
        parties=parties,
        issues=issues,
        levers=levers,
        talks=talks,
        agreement=agreement,
        demand=demand,
        status_quo=status_quo,
        menu=menu,
        bystanders=bystanders,
        conflict=conflict,
        at_end=at_end,
        notes=_notes(parties, issues, levers, demand),
        sources=dict(root.reading.sources),
        defaults=frozenset(root.reading.defaults),
        unsure=unsure,
        claims=claims,
        record=record,
        numbers={path: value for path, (value, _) in root.reading.varied.items()},
        bases=written.bases,
        digest=digest(written.tree),
        path=path,
        written=written,
    )


def with_values(scenario: Scenario, values: Map[str, float]) -> Scenario:
    """Return ``scenario`` with other numbers; see `Scenario.with_values`."""
    tree = scenario.written.tree
    assert isinstance(tree, Mapping)  # else it had not become a scenario
    return read_written(
        replace(scenario.written, tree=changed(tree, scenario.numbers, values)), scenario.name, scenario.path
    )


class _Asked(Reading):
    """Reads what was asked for beside the file: its faults are on no line."""

    def fault(self, path: str, sentence: str, line: Line) -> None:
        """Record a fault of the field at ``path``."""
        self.faults.append((line, Fault(path.removeprefix("unsure."), sentence)))


def ranges(scenario: Scenario, between: Map[str, tuple[float, float]]) -> tuple[Unsure, ...]:
    """Return numbers of ``scenario`` with the ranges in which to vary them, as if they were written under ``unsure``.

    Parameters
    ----------
    between : mapping
        Field path -> the least and the greatest value.

    Raises
    ------
    InputError
        If a path is not that of a number, or an end is not allowed there; all of them.
    """
    tree, line = scenario.written.tree, Line(0)
    assert isinstance(tree, Mapping)
    wanted = {
        path: Mapping({"between": Sequence(tuple(Scalar(repr(float(end)), True, line) for end in ends), line)}, line)
        for path, ends in between.items()
    }
    asked = Mapping({**tree.entries, "unsure": Mapping({**wanted}, line)}, line)
    changed_tree = replace(scenario.written, tree=asked)
    return read_written(changed_tree, scenario.name, scenario.path, _Asked()).unsure


def _named(root: Part, section: str) -> tuple[str, ...]:
    """Return the names a section holds, sound or not, so that one fault does not look like two."""
    node = root.node.entries.get(section)
    return tuple(node.entries) if isinstance(node, Mapping) else ()


def _read_order(root: Part, parties: tuple[str, ...]) -> tuple[str, str]:
    node = root.get("order")
    order: tuple[str, ...] = parties
    if node is not None:
        named = root.reading.words(node, "order", parties, "party")
        if named is not None and parties and len(named) != len(parties):
            root.reading.fault(
                "order", f"must name both parties, the first mover first; found {listed(named)}", node.line
            )
        order = named or parties
    return (order[0], order[-1]) if order else ("", "")


def _notes(
    parties: dict[str, Party], issues: dict[str, Issue], levers: dict[str, Lever], demand: dict[str, Terms]
) -> tuple[str, ...]:
    """Return what an analyst may have overlooked; none of it is a fault."""
    notes = []
    for name, party in parties.items():
        stake = sum(max(issue.mean_values(party)) for issue in issues.values())
        if abs(stake - 1) > _STAKE_OFF:
            notes.append(f"issues: the best positions of {name} add up to {stake:g} of a stake, not 1")
        if not any(lever.by == name for lever in levers.values()):
            notes.append(f"levers: {name} holds none")
        for other in parties:
            crossing = [issue.name for issue in issues.values() if demand[name][issue.name] in issue.red_line[other]]
            if crossing:
                notes.append(f"demand: what {name} asks for crosses red lines of {other}: {listed(crossing)}")
    return tuple(notes)
