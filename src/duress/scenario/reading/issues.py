"""What is in dispute: issues, their positions and values, red lines, demands, and where things stand meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from duress.scenario.reading.fields import AMOUNT, SHARE, Part, Reading, entries_of, is_nothing, listed
from duress.scenario.reading.source import Line, Mapping, Node, joined
from duress.scenario.schema import Issue, Party, Terms

ISSUE_FIELDS = ("positions", "values", "red_line")
MAX_ISSUES = 12
MAX_POSITIONS = 12


def read_issues(root: Part, parties: dict[str, Party]) -> dict[str, Issue]:
    """Read the issues whose positions are known."""
    reading = root.reading
    example = "such as {policy: {positions: [as it is, as demanded], values: {A: [1, 0], B: [0, 1]}}}"
    node = root.need("issues", f"name at least one issue, {example}")
    if node is None:
        return {}
    entries = entries_of(reading, node, "issues", None, "issue")
    if not 1 <= len(entries) <= MAX_ISSUES and (is_nothing(node) or isinstance(node, Mapping)):
        reading.fault("issues", f"must name 1 to {MAX_ISSUES} issues, {example}; found {len(entries)}", node.line)
    lines = _red_lines_by_party(root, parties, tuple(entries))
    read = (_read_issue(reading, name, entry, parties, lines) for name, entry in entries.items())
    return {issue.name: issue for issue in read if issue is not None}


def _red_lines_by_party(root: Part, parties: dict[str, Party], issues: Sequence[str]) -> dict[tuple[str, str], Node]:
    """Return what ``parties.<party>.red_lines`` says: (party, issue) -> list of positions."""
    found: dict[tuple[str, str], Node] = {}
    everyone = root.node.entries.get("parties")
    for party in parties:
        own = everyone.entries[party] if isinstance(everyone, Mapping) else None
        if isinstance(own, Mapping) and "red_lines" in own.entries:
            path = f"parties.{party}.red_lines"
            for issue, node in entries_of(root.reading, own.entries["red_lines"], path, issues, "issue").items():
                found[party, issue] = node
    return found


def _read_issue(
    reading: Reading, name: str, node: Node, parties: dict[str, Party], lines: dict[tuple[str, str], Node]
) -> Issue | None:
    part = Part(reading, node, f"issues.{name}", ISSUE_FIELDS)
    positions = None
    named = part.need("positions", "list two or more, such as [as it is, compromise, as demanded]")
    if named is not None:
        positions = reading.names(named, part.at("positions"), "position", 2, MAX_POSITIONS)
    values = _read_values(part, parties, positions)
    own_lines = part.entries("red_line", tuple(parties) or None, "party")
    if positions is None:
        return None
    red_line, crossing = {}, {}
    for party in parties:
        words: set[str] = set()
        prices: dict[str, float] = {}
        places = {
            part.at(f"red_line.{party}"): own_lines.get(party),
            f"parties.{party}.red_lines.{name}": lines.get((party, name)),
        }
        for path, place in places.items():
            if isinstance(place, Mapping):
                prices |= _prices(reading, place, path, positions)
            elif place is not None:
                words.update(reading.words(place, path, positions, "position") or ())
        red_line[party] = tuple(position for position in positions if position in words)
        crossing[party] = {position: prices[position] for position in positions if position in prices}
    if values is None:  # a fault ends the reading later; what refers to the positions can still be checked
        worthless = (0.0,) * len(positions)
        values = {name: dict.fromkeys(party.types, worthless) for name, party in parties.items()}
        return Issue(name, positions, values, red_line, crossing)
    issue = Issue(name, positions, values, red_line, crossing)
    for party in parties.values():
        here = own_lines.get(party.name)
        path = part.at(f"red_line.{party.name}") if here else f"parties.{party.name}.red_lines.{name}"
        _check_red_line(reading, issue, party, path, (here or lines.get((party.name, name)) or node).line)
    return issue


def _prices(reading: Reading, node: Mapping, path: str, positions: Sequence[str]) -> dict[str, float]:
    """Read position -> what it costs, once, to sign it."""
    entries = entries_of(reading, node, path, positions, "position")
    read = {name: reading.number(entry, joined(path, name), AMOUNT) for name, entry in entries.items()}
    return {name: price for name, price in read.items() if price is not None}


def _read_values(
    part: Part, parties: dict[str, Party], positions: tuple[str, ...] | None
) -> dict[str, dict[str, tuple[float, ...]]] | None:
    """Read party -> type -> numbers; None after a fault."""
    reading = part.reading
    example = "{" + ", ".join(f"{party}: [...]" for party in parties) + "}"
    node = part.need("values", f"give each party one number per position, {example}")
    if node is None:
        return None
    path = part.at("values")
    entries = entries_of(reading, node, path, tuple(parties) or None, "party")
    values: dict[str, dict[str, tuple[float, ...]]] = {}
    for name, party in parties.items():
        here = joined(path, name)
        if name not in entries:
            reading.fault(here, "is missing; give one number from 0 to 1 per position", node.line)
            continue
        found = _values_by_type(reading, entries[name], here, party, positions)
        if found is not None:
            values[name] = found
    return values if len(values) == len(parties) else None


def _values_by_type(
    reading: Reading, node: Node, path: str, party: Party, positions: tuple[str, ...] | None
) -> dict[str, tuple[float, ...]] | None:
    if not isinstance(node, Mapping):
        numbers = reading.numbers(node, path, SHARE, positions, "position")
        return None if numbers is None else dict.fromkeys(party.types, numbers)
    if not party.types:  # a fault already covers them
        return None
    values: dict[str, tuple[float, ...]] = {}
    entries = entries_of(reading, node, path, tuple(party.types), "type")
    missing = [name for name in party.types if name not in entries]
    if missing:
        reading.fault(path, f"must give a list per type; without one: {listed(missing)}", node.line)
    for name, entry in entries.items():
        numbers = reading.numbers(entry, joined(path, name), SHARE, positions, "position")
        if numbers is not None:
            values[name] = numbers
    return values if len(values) == len(party.types) else None


def _check_red_line(reading: Reading, issue: Issue, party: Party, path: str, line: Line) -> None:
    """Refuse a red line that holds what the party itself wants most: it was read as the positions it would sign."""
    crossed = issue.red_line[party.name]
    if not party.types or not crossed or not set(issue.best(party)) <= set(crossed):
        return
    rest = [position for position in issue.positions if position not in crossed]
    meant = f"did you mean [{', '.join(rest)}]?" if rest else "leave out those it would sign"
    reading.fault(
        path,
        f"a red line lists the positions a party will not sign, and [{', '.join(crossed)}] holds what {party.name} "
        f"values most, {issue.best(party)[0]}; {meant}",
        line,
    )


def read_demands(
    root: Part, parties: dict[str, Party], issues: dict[str, Issue], names: Sequence[str]
) -> dict[str, Terms]:
    """Read what each party asks for; by default, on each issue, what it values most and would sign.

    Of several such positions it is the first that the other would sign too, if there is one.
    """
    given = root.entries("demand", tuple(parties) or None, "party")
    return {name: _read_demand(root, party, given.get(name), issues, names) for name, party in parties.items()}


def _read_demand(root: Part, party: Party, node: Node | None, issues: dict[str, Issue], names: Sequence[str]) -> Terms:
    reading = root.reading
    path = f"demand.{party.name}"
    entries = {} if node is None else entries_of(reading, node, path, names or None, "issue")
    terms: Terms = {}
    for issue in issues.values():
        here = joined(path, issue.name)
        crossed = issue.red_line[party.name]
        if issue.name in entries:
            word = reading.word(entries[issue.name], here, issue.positions, f"a position of {issue.name}")
            if word in crossed:
                reading.fault(
                    here,
                    f"{party.name} asks for {word}, which its own red line says it will not sign",
                    entries[issue.name].line,
                )
            terms[issue.name] = word or issue.positions[0]
        else:
            reading.defaults.add(here)
            wanted = [best for best in issue.best(party) if best not in crossed]
            agreed = [best for best in wanted if not any(best in across for across in issue.red_line.values())]
            terms[issue.name] = next(iter([*agreed, *wanted]), issue.positions[0])
    return terms


def read_status_quo(root: Part, issues: dict[str, Issue], names: Sequence[str]) -> Terms:
    """Read where each issue stands while nothing is signed; by default its first position."""
    entries = root.entries("status_quo", names or None, "issue")
    terms: Terms = {}
    for issue in issues.values():
        here = f"status_quo.{issue.name}"
        word = None
        if issue.name in entries:
            word = root.reading.word(entries[issue.name], here, issue.positions, f"a position of {issue.name}")
        else:
            root.reading.defaults.add(here)
        terms[issue.name] = word or issue.positions[0]
    return terms
