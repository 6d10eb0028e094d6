"""The command line: results on stdout, messages on stderr.

Exit codes: 0 done, 1 not solved, 2 bad input.

Commands import what they need when they run, so that ``duress --version`` and ``duress check`` start fast.
"""

from __future__ import annotations

import json
import secrets
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer
from typer.core import TyperGroup

from duress import __version__
from duress.errors import Fault, InputError, NotSolvedError

if TYPE_CHECKING:
    from duress.assess.record import Assessment
    from duress.game.classics.entry import Classic
    from duress.game.game import Game
    from duress.report.solved import Label
    from duress.scenario.schema import Scenario
    from duress.scenario.size import Size
    from duress.solve.aqre import Progress


class _SaysFaults(TyperGroup):
    """Ends every command that fails the same way: sentences on stderr; exit code 2 for bad input, 1 for not solved."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            for fault in error.faults:
                typer.echo(str(fault), err=True)
            raise typer.Exit(2) from None
        except NotSolvedError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_SaysFaults,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Negotiations held under pressure: is this invitation a way out, and what does each reply lead to?",
)

SCENARIO_HELP = "A bundled scenario's name, or a YAML file."
ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


def main() -> None:
    """Run the command line (the entry point ``duress``)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a letter shows its code instead of failing
            stream.reconfigure(errors="backslashreplace")
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"duress {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def _print_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


@app.command()
def check(
    scenario: Annotated[str | None, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP)] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Read it back in plain words, defaults marked.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the language, for editors, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a scenario is, or all that is wrong with it (exit code 2)."""
    if schema:
        from duress.scenario.json_schema import json_schema

        _print_json(json_schema())
        return
    if scenario is None:
        raise InputError("name a scenario to check, or ask for --schema")
    from duress.scenario import load
    from duress.scenario.compile import lay_out
    from duress.scenario.explain import explain as in_words
    from duress.scenario.size import size_of

    try:
        read = load(scenario)
        terms, space = lay_out(read)
    except InputError as error:
        if as_json:
            _print_json({"ok": False, "faults": [asdict(fault) for fault in error.faults]})
        raise
    if as_json:
        size = size_of(space, terms)
        resolved = _resolved(read) if explain else {}
        said = {"ok": True, "faults": [], **_summary(read), "states": size.states, "size": asdict(size), **resolved}
        _print_json(said)
    elif explain:
        typer.echo(in_words(read), nl=False)
    else:
        typer.echo(_one_line(read, size_of(space, terms)))
        for note in read.notes:
            typer.echo(f"note: {note}", err=True)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _one_line(scenario: Scenario, size: Size) -> str:
    first, second = scenario.parties
    parts = (
        f"{first} and {second}",
        _counted(len(scenario.levers), "lever"),
        _counted(len(scenario.issues), "issue"),
        _counted(scenario.horizon, scenario.period),
        f"up to {size.states:,} states",
        f"about {size.moves:,} moves",
        f"{max(1, round(size.memory / 1e6)):,} MB to build",
        _counted(len(scenario.notes), "note"),
    )
    return f"{scenario.name}: {scenario.title}: {', '.join(parts)}"


def _summary(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "summary": scenario.summary,
        "parties": list(scenario.parties),
        "levers": list(scenario.levers),
        "issues": list(scenario.issues),
        "period": scenario.period,
        "horizon": scenario.horizon,
        "notes": list(scenario.notes),
        "digest": scenario.digest,
    }


def _resolved(scenario: Scenario) -> dict[str, Any]:
    resolved = {**asdict(scenario), "defaults": sorted(scenario.defaults)}
    del resolved["written"]
    return {"scenario": resolved}


def _pairs(entries: list[str] | None, form: str, option: str = "--at") -> dict[str, str]:
    """Return what an option says, split at the first equals sign of each entry."""
    pairs = [entry.split("=", 1) for entry in entries or ()]
    wrong = [pair[0] for pair in pairs if len(pair) < 2]
    if wrong:
        raise InputError([Fault(option, f"must be {form}; found {entry!r}") for entry in wrong])
    return {name.strip(): value.strip() for name, value in pairs}


@app.command()
def agenda(
    scenario: ScenarioName,
    party: Annotated[str | None, typer.Option(help="Whose view to take. Default: both parties'.")] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at", metavar="LEVER=LEVEL", help="Measure no deal with a lever at this level; may be repeated."
        ),
    ] = None,
    figure: Annotated[Path | None, typer.Option(help="Draw the deal space, as .svg or .html.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is negotiable: what both can sign, who blocks what, and what no deal is worth under pressure."""
    from duress.assess.negotiable import negotiable
    from duress.scenario import load

    levels = _pairs(at, "LEVER=LEVEL")
    if figure is not None and figure.suffix not in (".svg", ".html"):
        raise InputError(f"--figure: must end in .svg or .html; found {str(figure)!r}")
    with _written_last(figure) as write:
        answer = negotiable(load(scenario), party, levels)
        if figure is not None:
            from duress.figures import deal_space, to_html, to_svg

            chart = deal_space(answer)
            write(to_svg(chart) if figure.suffix == ".svg" else to_html(chart, answer.title))
    if as_json:
        _print_json(answer.as_json())
        return
    from rich.console import Console

    from duress.report.negotiable import print_negotiable

    print_negotiable(answer, Console(markup=False, emoji=False, highlight=False))


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the bundled scenarios."""
    from duress.scenario import bundled, load

    read = [load(name) for name in bundled()]
    if as_json:
        _print_json({"scenarios": [_summary(scenario) for scenario in read]})
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from duress.scenario.in_use import beyond_the_basics

    table = Table("name", "about", "uses, beyond the basics", box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for scenario in read:
        first = scenario.summary.split(". ")[0].rstrip(".")
        table.add_row(scenario.name, f"{first}.", ", ".join(beyond_the_basics(scenario)) or "nothing")
        table.add_section()
    Console(markup=False, emoji=False, highlight=False).print(table)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="File to write, .yaml added if it has no ending.")] = "my-scenario",
    presses: Annotated[str | None, typer.Option(help="Who presses.")] = None,
    endures: Annotated[str | None, typer.Option(help="Who endures.")] = None,
    dispute: Annotated[str | None, typer.Option(help="What is in dispute; several issues with commas.")] = None,
    levers: Annotated[
        str | None, typer.Option(help="Levers of the one, then those of the other: 'sanctions, threats; retaliation'.")
    ] = None,
    length: Annotated[str | None, typer.Option(help="For how long, for example '24 months' or '30 weeks'.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Ask five questions and write a scenario to start from. Without a terminal, what is not said has a default."""
    from duress.scenario.start import QUESTIONS, Answers, start_from

    path = Path(name if Path(name).suffix else f"{name}.yaml")
    if path.exists() and not force:
        raise InputError(f"{str(path)!r} is there already; name another file, or replace it with --force")
    given = {"presses": presses, "endures": endures, "dispute": dispute, "levers": levers, "length": length}
    answers = {field: answer for field, answer in given.items() if answer is not None}
    if _at_terminal():
        for field, question in QUESTIONS.items():
            if field not in answers:
                answers[field] = typer.prompt(question, default=getattr(Answers, field), err=True)
    text = start_from(Answers(**answers))
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None
    typer.echo(f"Wrote {path}. Read it back with its defaults:", err=True)
    typer.echo(f"duress check {shlex.quote(str(path))} --explain")


def _at_terminal() -> bool:
    return sys.stdin.isatty()


GameName = Annotated[
    str, typer.Argument(metavar="GAME", help="A scenario, an .efg file (Gambit's format), or classic:NAME.")
]
SolvedBy = Literal["auto", "grid", "tree"]
Branch = Literal["auto", "principal", "stagewise", "in-time"]
SweepDesign = Literal["sobol", "lhs", "grid"]
FitMethod = Literal["pl", "npl", "cmle", "ml"]
FitSelection = Literal["likeliest", "lowest", "highest"]
FitErrors = Literal["model", "robust", "bootstrap"]


@app.command()
def solve(
    game: GameName,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the game says.")
    ] = None,
    method: Annotated[
        SolvedBy,
        typer.Option(
            help="grid: on belief grids; tree: exactly, on every public history, where there are few enough. "
            "auto: tree for .efg files unless --beliefs is given, else grid."
        ),
    ] = "auto",
    beliefs: Annotated[int | None, typer.Option(help="Nodes of the grid of beliefs about a player.")] = None,
    periods: Annotated[int | None, typer.Option(help="Look only so many periods ahead.")] = None,
    starts: Annotated[int, typer.Option(help="Other starts, to look for other equilibria (tree).")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the other starts.")] = 0,
    most: Annotated[int, typer.Option("--histories", help="Most public histories to list choices after.")] = 8,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if the solution is kept on disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Solve a game and certify the solution: what it is worth to each type, and what each would do."""
    from dataclasses import replace

    from duress.report.solved import as_json as for_machines
    from duress.report.solved import plain_label, print_solved
    from duress.solve.aqre import AQRE
    from duress.solve.solution import solve as solved
    from duress.solve.tree import PublicTree

    opened = _open_game(game)
    to_solve = opened.game
    if periods is not None:
        if periods < 1:
            raise InputError(f"--periods: is {periods}; it must be at least 1")
        to_solve = replace(to_solve, periods=periods)
    as_tree = method == "tree" or starts > 0 or (method == "auto" and opened.label is not None and beliefs is None)
    if as_tree and (method == "grid" or beliefs is not None):
        raise InputError("--starts and --method tree go without a grid: leave out --beliefs and --method grid")
    settings = dict(opened.settings)
    if precision is not None:
        settings["precision"] = precision
    if beliefs is not None:
        settings["beliefs"] = beliefs
    with _steps() as step:
        if as_tree:
            by_tree = PublicTree(precision=settings.get("precision"), starts=starts, seed=seed)
            answer = solved(to_solve, by_tree, step("Solving"))
        else:
            answer = solved(to_solve, AQRE(**settings), step("Solving"), reuse=not fresh)
    textbook = opened.classic if opened.classic is not None and not as_tree else None
    if as_json:
        # All there is for a file, whose information sets are few; for a scenario, what is likeliest.
        listed = 1_000_000 if opened.label is not None else max(most, 200)
        _print_json(for_machines(answer, opened.label or plain_label, listed, textbook))
        return
    from rich.console import Console

    print_solved(answer, Console(markup=False, emoji=False, highlight=False), most, textbook)


class _Opened(NamedTuple):
    """A game, how its file names information sets, settings of the grid that suit it, and the classic it is."""

    game: Game
    label: Label | None
    settings: dict[str, Any]
    classic: Classic | None


def _open_game(name: str) -> _Opened:
    if name.startswith("classic:"):
        from duress.game.classics.catalogue import find

        classic = find(name.removeprefix("classic:"))
        return _Opened(classic.build(), None, dict(classic.method), classic)
    if name.endswith(".efg"):
        from duress.game.efg import read_efg

        form = read_efg(Path(name))
        return _Opened(form.game, lambda state, number, *_: form.labels[state, number], {"beliefs": 129}, None)
    from duress.scenario import load

    return _Opened(load(name).compile(), None, {"beliefs": 7}, None)


@app.command()
def export(
    game: GameName,
    efg: Annotated[bool, typer.Option("--efg", help="As a tree in Gambit's format.")] = False,
    periods: Annotated[int | None, typer.Option(help="Periods to unroll. Default: all.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write. Default: print.")] = None,
) -> None:
    """Write a game for another program; ``export games`` writes every move of the games that were kept."""
    if game == "games":
        if efg or periods is not None or out is None:
            raise InputError("games that were kept are written as Parquet: duress export games --out FILE.parquet")
        from duress.play.store import Store
        from duress.play.store import export as export_games

        with _written_last(out):
            typer.echo(f"Wrote {_counted(export_games(Store(), out), 'move')} to {out}.", err=True)
        return
    from duress.game.efg import write_efg

    if not efg:
        raise InputError("say what to write it as: --efg")
    with _written_last(out) as write:
        text = write_efg(_open_game(game).game, periods)
        if out is None:
            typer.echo(text, nl=False)
        else:
            write(text)


@app.command()
def assess(
    scenario: ScenarioName,
    party: Annotated[str | None, typer.Option(help="Who is invited. Default: who moves second in a period.")] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="WHAT=VALUE",
            help="Assess the invitation in this state: a lever and its level, 'stamina of NAME=.5', 'month=6', "
            "'PARTY TYPE=.7' for what is believed before it; may be repeated. Default: the first that is likely.",
        ),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the answer as one HTML page, too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the answer as Markdown, too.")] = None,
    figures: Annotated[Path | None, typer.Option(help="Write every chart as SVG into this folder, too.")] = None,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 7,
    branch: Annotated[
        Branch,
        typer.Option(
            help="Which equilibrium, where there are several: principal traces the whole game from precision zero, "
            "stagewise each stage (slow), in-time starts from a period later. auto: principal for small games, else "
            "in-time. At high precision any of them may hang on rounding, which the answer says: then only --robust "
            "and --starts 3 tell whether the verdict is firm."
        ),
    ] = "auto",
    starts: Annotated[
        int,
        typer.Option(
            help="Other starts from which to solve again, to see whether the verdict depends on the equilibrium.",
            min=0,
        ),
    ] = 0,
    robust: Annotated[
        bool,
        typer.Option(
            "--robust",
            help="Solve again at half and twice the precision, on a finer belief grid and from another start, and say "
            "whether the verdict is firm.",
        ),
    ] = False,
    vary: Annotated[
        bool,
        typer.Option(
            "--vary",
            help="Solve again with every number the scenario is not sure of at either end, and find where the best "
            "reply flips.",
        ),
    ] = False,
    map_size: Annotated[
        int,
        typer.Option(
            "--map",
            help="Map the verdict over the two numbers that matter most, with so many values of each, 2 to 25; "
            "varies the others too.",
            min=0,
        ),
    ] = 0,
    histories: Annotated[int, typer.Option(help="Simulated histories, at least 100.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the simulations.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if the solution is kept on disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what each reply to an invitation leads to, and whether levers should be kept or dropped."""
    from duress.assess.assess import assess as assessed
    from duress.assess.parties import party_name
    from duress.scenario import load
    from duress.solve.aqre import AQRE

    read = load(scenario)
    party_name(read, party)
    described = _pairs(at, "WHAT=VALUE")
    with _written_last(_page(report)) as write, _written_last(markdown) as note, _steps() as step:
        _make_folder(figures)
        method = AQRE(precision=precision, beliefs=beliefs, branch="in time" if branch == "in-time" else branch)
        answer = assessed(
            read,
            party,
            method,
            histories,
            seed,
            step("Solving"),
            not fresh,
            starts,
            robust,
            vary,
            map_size,
            step,
            described,
        )
        if report is not None:
            from duress.report.html import render

            write(render(answer))
        if markdown is not None:
            from duress.report.markdown import render as in_markdown

            note(in_markdown(answer))
        if figures is not None:
            _draw_all(answer, figures)
    if as_json:
        _print_json(answer.as_json())
        return
    from rich.console import Console

    from duress.report.terminal import print_assessment

    print_assessment(answer, Console(markup=False, emoji=False, highlight=False))


@app.command()
def claims(
    scenario: Annotated[str | None, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP)] = None,
    party: Annotated[str | None, typer.Option(help="Whose claims. Default: who moves second in a period.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the assessment with these claims as one HTML page, too.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the claims as Markdown, too.")] = None,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 7,
    histories: Annotated[int, typer.Option(help="Simulated histories, at least 100.")] = 4000,
    seed: Annotated[int, typer.Option(help="Seed of the simulations.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if solutions are kept on disk.")] = False,
    kinds: Annotated[bool, typer.Option("--list", help="List the claims a scenario may ask for, and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Test the claims of a doctrine of bargaining, and what the other side would say instead."""
    if kinds:
        from duress.scenario.claims import KINDS

        for kind, parameters in KINDS.items():
            typer.echo(f"{kind} ({', '.join(parameters)})")
        return
    if scenario is None:
        raise InputError("name a scenario whose claims to test, or ask for --list")
    from dataclasses import replace

    from duress.assess.assess import assess as assessed
    from duress.assess.claims.doctrine import claims as tested
    from duress.assess.parties import party_name
    from duress.scenario import load
    from duress.solve.aqre import AQRE
    from duress.solve.solution import solve as solved

    read = load(scenario)
    party_name(read, party)
    with _written_last(_page(report)) as write, _written_last(markdown) as note, _steps() as step:
        solution = solved(read.compile(), AQRE(precision=precision, beliefs=beliefs), step("Solving"), reuse=not fresh)
        answer = tested(solution, party, None, histories, seed, step, not fresh)
        if report is not None:
            from duress.report.html import render

            step("Assessing")
            write(render(replace(assessed(solution, party, None, min(histories, 1000), seed), claims=answer.claims)))
        if markdown is not None:
            from duress.report.claims import markdown as in_markdown

            note(in_markdown(answer))
    if as_json:
        _print_json(answer.as_json())
    else:
        from rich.console import Console

        from duress.report.claims import print_claims

        print_claims(answer, Console(markup=False, emoji=False, highlight=False))
    if answer.unsolved:
        typer.echo(f"not every game could be solved again: {'; '.join(answer.unsolved)}", err=True)
        raise typer.Exit(1)


@app.command()
def simulate(
    scenario: ScenarioName,
    histories: Annotated[int, typer.Option(help="How many histories.", min=1)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same histories.", min=0)] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the Parquet tables histories, parties and periods.")
    ] = None,
    party: Annotated[str | None, typer.Option(help="Whose behaviour --does restricts.")] = None,
    does: Annotated[
        str | None, typer.Option(help="What that party does instead of what it does in equilibrium; 'list' lists them.")
    ] = None,
    lasts: Annotated[int, typer.Option("--for", help="For how many periods it does; 0 for good.", min=0)] = 0,
    lever: Annotated[
        list[str] | None, typer.Option("--lever", help="A lever it does not use, if not all; may be repeated.")
    ] = None,
    both_know: Annotated[
        bool, typer.Option("--both-know", help="Both know of --does: the game is solved again without those moves.")
    ] = False,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="Solve behaviour at as many points among the beliefs as it takes, and take it as linear between them: "
            "for 100,000 histories and more. How far off that is is said.",
        ),
    ] = False,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 7,
    threads: Annotated[int | None, typer.Option(help="Default: every core. Histories do not depend on it.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if the solution is kept on disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play a solved scenario forward many times: how it ends, the first invitation, terms, pressure and stamina."""
    from duress.simulate.interventions import INTERVENTIONS, Intervention

    if does == "list":
        for kind in INTERVENTIONS:
            typer.echo(kind)
        return
    from duress.assess.parties import party_name
    from duress.scenario import load
    from duress.simulate.histories import FAST_ALLOWANCE, gap_between
    from duress.simulate.histories import simulate as simulated
    from duress.simulate.summary import summary_of
    from duress.simulate.tables import write_tables
    from duress.solve.aqre import AQRE
    from duress.solve.solution import solve as solved

    read = load(scenario)
    if does is None and (party is not None or lasts or lever or both_know):
        raise InputError("--party, --for, --lever and --both-know say how --does is meant; give --does, too")
    other = None if does is None else Intervention(party_name(read, party), does, lasts, tuple(lever or ()))
    allowance = FAST_ALLOWANCE if fast else 0.0
    game = read.compile()
    if other is not None:
        other.removed(game)
    _make_folder(out)
    with _steps() as step:
        game = other.imposed_on(game) if other is not None and both_know else game
        solution = solved(game, AQRE(precision=precision, beliefs=beliefs), step("Solving"), reuse=not fresh)
        step("Playing")
        unknown = None if both_know else other
        played = simulated(solution, histories, seed, threads=threads, intervention=unknown, allowance=allowance)
        gap = gap_between(solution, played, allowance) if fast else None
        summary = summary_of(played)
        if out is not None:
            step("Writing")
            write_tables(played, out)
    options = {
        "histories": histories, "seed": seed, "beliefs": beliefs, "precision": precision,
        "party": other and other.party, "does": does, "for": lasts, "lever": lever, "both-know": both_know,
        "fast": fast,
    }  # fmt: skip
    command = _command_line("simulate", scenario, options)
    if as_json:
        asked = {"intervention": None if other is None else {**asdict(other), "both_know": both_know}}
        certificate = asdict(solution.certificate)
        run = {**solution.run, "scenario": read.name, "digest": read.digest, "seed": seed, "command": command}
        run |= {"allowance": allowance, "gap": gap and asdict(gap)}
        _print_json({"title": read.title, **summary.as_json(), **asked, "certificate": certificate, "run": run})
        return
    from rich.console import Console

    from duress.report.simulated import print_simulated

    console = Console(markup=False, emoji=False, highlight=False)
    trust = solution.certificate.sentence()
    if gap:
        trust += f" {gap.sentence()}"
    print_simulated(read.title, read.period, summary, trust, command, console)


@app.command()
def replay(
    scenario: ScenarioName,
    history: Annotated[
        Path | None,
        typer.Argument(
            help="CSV file with the columns date, party, kind, what, source. Default: the one the scenario names."
        ),
    ] = None,
    figures: Annotated[Path | None, typer.Option(help="Write the timeline as SVG into this folder, too.")] = None,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 7,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if the solution is kept on disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play a dated record of real moves through a solved scenario: how likely each was, and what it told."""
    from duress.scenario import load
    from duress.simulate.replay import replay as replayed
    from duress.solve.aqre import AQRE

    read = load(scenario)
    _make_folder(figures)
    with _steps() as step:
        method = AQRE(precision=precision, beliefs=beliefs)
        answer = replayed(read, history, method, step("Solving"), reuse=not fresh)
    if figures is not None:
        from duress.figures import timeline_chart, to_svg

        (figures / "timeline.svg").write_text(to_svg(timeline_chart(answer)), encoding="utf-8")
    if as_json:
        _print_json(answer.as_json())
        return
    from rich.console import Console

    from duress.report.replayed import print_replayed

    print_replayed(answer, Console(markup=False, emoji=False, highlight=False))


@app.command()
def calibrate(
    scenario: ScenarioName,
    histories: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[HISTORY]...",
            help="Records as CSV files. Default: the one the scenario names. Or games that people played, as Parquet "
            "files of `duress export games`: how sharply people respond is estimated from them.",
        ),
    ] = None,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="PATH[:LO..HI]",
            help="A number to fit, and its range if the scenario gives none; may be repeated. Default: all that "
            "it is unsure of.",
        ),
    ] = None,
    evaluations: Annotated[int, typer.Option(help="Games solved in the search, at most.", min=5)] = 60,
    points: Annotated[int, typer.Option(help="Points of each profile.", min=3)] = 7,
    figures: Annotated[Path | None, typer.Option(help="Write the profiles as SVG into this folder, too.")] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Fit numbers of a scenario to records of real moves, and say what the records cannot tell."""
    from duress.scenario import load

    if any(path.suffix == ".parquet" for path in histories or ()):
        if over or figures or any(path.suffix != ".parquet" for path in histories or ()):
            raise InputError(
                "games that people played (.parquet) give one number, how sharply they respond: no --over, no "
                "--figures, and no records (.csv) beside them"
            )
        _print_played(load(scenario), histories or [], as_json)
        return
    from duress.simulate.calibrate import calibrate as calibrated
    from duress.solve.aqre import AQRE
    from duress.sweep.design import over_from

    read = load(scenario)
    _make_folder(figures)
    asked = over_from(over) if over else None
    with _steps() as step:
        answer = calibrated(read, histories or (), asked, AQRE(beliefs=beliefs), evaluations, points, step("Fitting"))
    if figures is not None:
        from duress.figures import profiles_chart, to_svg

        (figures / "profiles.svg").write_text(to_svg(profiles_chart(answer)), encoding="utf-8")
    if as_json:
        _print_json(answer.as_json())
        return
    from rich.console import Console

    from duress.report.calibrated import print_calibrated

    print_calibrated(answer, Console(markup=False, emoji=False, highlight=False))


def _print_played(scenario: Scenario, files: list[Path], as_json: bool) -> None:
    from duress.play.precision import precision_of_people, print_played

    answer = precision_of_people(scenario, files)
    if as_json:
        _print_json(answer.as_json())
        return
    from rich.console import Console

    print_played(answer, Console(markup=False, emoji=False, highlight=False))


@app.command()
def fit(
    model: Annotated[
        str | None,
        typer.Argument(help="crisis-signaling, egame12, egame122, egame123 or ultimatum. Default: list them."),
    ] = None,
    data: Annotated[
        Path | None, typer.Argument(help="CSV or Parquet file. Default: draw the model's tree and say what it takes.")
    ] = None,
    utilities: Annotated[
        list[str] | None,
        typer.Option(
            "--u",
            metavar="UTILITY=FORMULA",
            help="Such as 'W_A = 1 + x + log(z)'; '0 + x' has no constant; 0 if not given. May be repeated.",
        ),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN[,COLUMN]...",
            help="A column of labels, a column of 0 and 1 for each move, or of counts for each outcome. Default: "
            "columns named as the outcomes.",
        ),
    ] = None,
    method: Annotated[
        FitMethod | None,
        typer.Option(help="crisis-signaling: pseudo-likelihood, nested, constrained or full likelihood. Default: npl."),
    ] = None,
    selection: Annotated[
        FitSelection | None, typer.Option(help="crisis-signaling, ml: which of several equilibria. Default: likeliest.")
    ] = None,
    expectations: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,COLUMN",
            help="crisis-signaling: how likely B resists and A stands firm, to start from. Default: a logit of either.",
        ),
    ] = None,
    link: Annotated[
        Literal["probit", "logit"] | None, typer.Option(help="Choice games: of the errors. Default: probit.")
    ] = None,
    uncertainty: Annotated[
        Literal["agent", "private"] | None,
        typer.Option(help="Choice games: an error for each move, or in each player's payoffs. Default: agent."),
    ] = None,
    largest: Annotated[float | None, typer.Option(help="Ultimatum: the most that can be offered.")] = None,
    errors: Annotated[
        FitErrors, typer.Option(help="Standard errors: of the model, robust, or by bootstrap of every step.")
    ] = "model",
    cluster: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Groups of rows, for robust errors or bootstrap.")
    ] = None,
    samples: Annotated[int, typer.Option(help="Of the bootstrap.", min=10)] = 200,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.", min=0)] = 0,
    processes: Annotated[
        int | None, typer.Option(help="For the bootstrap. Default: one for every core.", min=1)
    ] = None,
    missing: Annotated[Literal["drop", "refuse"], typer.Option(help="What to do with rows that miss values.")] = "drop",
    effect: Annotated[
        list[str] | None,
        typer.Option(
            "--effect",
            metavar="COLUMN[:LO..HI]",
            help="Say how the column moves the average of each outcome; may be repeated. Default ends: one standard "
            "deviation apart, or 0 and 1.",
        ),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", metavar="UTILITY:TERM", help="Profile the likelihood of one; may be repeated."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FIT.json", help="Compare with a fit that was saved: Vuong, Clarke.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write every equilibrium of every row, with its moves.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FIT.json", help="Save the fit, for later.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the fit as one HTML page, too.")] = None,
    latex: Annotated[Path | None, typer.Option(help="Write the coefficients as a LaTeX table, too.")] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw the coefficients, and the profiles asked for, as .svg or .html.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit a game of crisis bargaining to data: what sides want, from what they did."""
    from rich.console import Console

    from duress.fit.models import model_with
    from duress.report import fitted as report

    console = Console(markup=False, emoji=False, highlight=False)
    if model is None:
        report.print_models(console)
        return
    settings = {
        "method": method, "selection": selection, "expectations": _names(expectations), "link": link,
        "uncertainty": uncertainty, "largest": largest,
    }  # fmt: skip
    game = model_with(model, settings)
    if data is None:
        report.print_model(game, console)
        return
    from duress.fit.compare import clarke, vuong
    from duress.fit.effects import described, ends_from, why_no_error
    from duress.fit.fit import fit as fit_to
    from duress.fit.store import load_fit

    formulas = _formulas(utilities)
    asked = dict(ends_from(one) for one in effect or ())
    if figure is not None and figure.suffix not in (".svg", ".html"):
        raise InputError(f"--figure: must end in .svg or .html; found {str(figure)!r}")
    other = None if against is None else load_fit(against)
    with (
        _written_last(predictions) as to_csv, _written_last(out), _written_last(html) as to_page,
        _written_last(latex) as to_tex, _written_last(figure) as draw, _steps() as step,
    ):  # fmt: skip
        answer = fit_to(
            game, data, formulas, _names(outcome), errors, cluster, samples, seed, processes, missing,
            progress=step("Fitting"),
        )  # fmt: skip
        step("Telling")
        effects = {n: (answer.effect(n, *ends), why_no_error(answer, n, *ends)) for n, ends in asked.items()}
        shown = {described(answer, name, *asked[name]): effect for name, effect in effects.items()}
        profiles = {name: answer.profile(name) for name in profile or ()}
        options = {
            "u": utilities, "outcome": outcome, **{k: v for k, v in settings.items() if k != "expectations"},
            "expectations": expectations, "errors": errors if errors != "model" else None, "cluster": cluster,
            "samples": samples if errors == "bootstrap" else None, "seed": seed if errors == "bootstrap" else None,
            "missing": missing if missing != "drop" else None, "effect": effect, "profile": profile, "against": against,
        }  # fmt: skip
        compared = [] if other is None else [vuong(answer, other), clarke(answer, other)]
        command = _command_line("fit", model, {"": str(data), **options})
        if predictions is not None:
            to_csv(answer.predict().write_csv())
        if out is not None:
            answer.save(out)
        if html is not None:
            to_page(report.render(answer, shown, profiles, compared, command))
        if latex is not None:
            to_tex(answer.to_latex() + "\n")
        if figure is not None:
            from duress.figures import fit_chart, to_html, to_svg

            chart = fit_chart(answer, profiles)
            draw(to_svg(chart) if figure.suffix == ".svg" else to_html(chart, answer.model.title))
    if as_json:
        told = {
            name: [{**row, "note": why or None} for row in table.to_dicts()] for name, (table, why) in effects.items()
        }
        drawn = {name: table.to_dicts() for name, table in profiles.items()}
        tests = [asdict(one) for one in compared]
        _print_json({**answer.as_json(), "effects": told, "profiles": drawn, "against": tests, "command": command})
    else:
        report.print_fit(answer, console, shown, profiles, compared, command)
    if not answer.reached:
        raise typer.Exit(1)


def _names(written: str | None) -> tuple[str, ...] | None:
    """Return names between commas."""
    return None if written is None else tuple(name.strip() for name in written.split(","))


def _formulas(entries: list[str] | None) -> dict[str, str]:
    """Return what ``--u`` says, refusing a utility that is given twice."""
    if not entries:
        raise InputError("--u: give at least one utility a formula, such as --u 'W_A = 1 + x'")
    found: dict[str, str] = {}
    for utility, formula in (_pairs([entry], "UTILITY=FORMULA", "--u").popitem() for entry in entries):
        if utility in found:
            raise InputError(Fault("--u", f"{utility} is given twice"))
        found[utility] = formula
    return found


@app.command()
def play(
    scenario: Annotated[str | None, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP)] = None,
    party: Annotated[str | None, typer.Option("--as", help="Whom you play. Default: who moves second.")] = None,
    against: Annotated[
        str, typer.Option(help="Who plays the other side: equilibrium, sharp, bluffer, stubborn or weary.")
    ] = "equilibrium",
    seed: Annotated[
        int | None, typer.Option(help="Of all that is dealt and drawn. Default: drawn, and shown.", min=0)
    ] = None,
    game: Annotated[int | None, typer.Option(help="Go on with a game that was kept, by its number.")] = None,
    link: Annotated[str | None, typer.Option(help="Go on from a link.")] = None,
    kept: Annotated[bool, typer.Option("--kept", help="List the games that are kept, and stop.")] = False,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 7,
    fresh: Annotated[bool, typer.Option("--fresh", help="Solve anew, even if the solution is kept on disk.")] = False,
) -> None:
    """Play a scenario against the equilibrium or a simple character: decide first, explained after."""
    if kept:
        from duress.play.store import Store

        for found in Store().games():
            state = "over" if found.over else "open"
            typer.echo(f"{found.game}  {found.scenario}  seed {found.seed}  {_counted(found.turns, 'move')}  {state}")
        return
    if sum(given is not None for given in (scenario, game, link)) != 1:
        raise InputError("name a scenario to play, or a game that was kept (--game), or a link (--link); one of them")
    from rich.console import Console

    from duress.play.match import begin, seats_of
    from duress.play.setting import prepare
    from duress.play.terminal import Session, keeping
    from duress.scenario import load

    with _steps() as step:
        if scenario is not None:
            read = load(scenario)
            seats = seats_of(read, party, against)
            setting = prepare(read, None, precision, beliefs, step("Solving"), not fresh)
            match = begin(setting, seed=secrets.randbelow(1_000_000) if seed is None else seed, seats=seats)
        else:
            from duress.play.link import open_link
            from duress.play.store import Store

            match = open_link(link or Store().find(game or 0).link, None, step("Solving"))
    mine = match.seat_of_person(party)
    Session(match, mine, Console(markup=False, emoji=False, highlight=False), input, keeping(game)).run()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on. Default: this computer alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8377,
    files: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A folder of scenarios of your own, shown beside the bundled.")
    ] = None,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = False,
    code: Annotated[
        str,
        typer.Option(
            "--room-code",
            metavar="CODE",
            help="Let a class join by this code, 4 to 20 letters and digits; auto makes one. The address of the "
            "teacher's board is printed.",
        ),
    ] = "",
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="A further name by which the page is reached, such as that of a proxy before it; may be repeated. "
            "Default: its own address, and the name of this computer.",
        ),
    ] = None,
) -> None:
    """Serve the page: sit at the table in a browser."""
    from duress.web.serve import serve as serve_page

    serve_page(host, port, show, files, code, names or [], lambda words: typer.echo(words, err=True))


def _command_line(command: str, scenario: str, options: Mapping[str, Any]) -> str:
    """Return the command line that gives the same answer; ``options`` maps long options, or "", to their values."""
    line = ["duress", command, scenario]
    for option, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            if option == "":
                line.append(str(one))
            elif one is not None and ((one is not False and one != 0) or option == "seed"):
                line += [f"--{option}"] if one is True else [f"--{option}", str(one)]
    return shlex.join(line)


@app.command()
def sweep(
    scenario: ScenarioName,
    out: Annotated[Path, typer.Option(help="Folder for the table and the charts; where it goes on if it was stopped.")],
    design: Annotated[
        SweepDesign,
        typer.Option(
            help="sobol: for sensitivity indices; lhs: a Latin hypercube; grid: every combination of even values."
        ),
    ] = "sobol",
    points: Annotated[int, typer.Option(help="Games to solve, about; 2 to a million.")] = 1000,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="PATH[:LO..HI]",
            help="A number to vary, by its field path; may be repeated. Default: all the scenario is not sure of.",
        ),
    ] = None,
    party: Annotated[str | None, typer.Option(help="Who is invited. Default: who moves second in a period.")] = None,
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help="A claim to test at every point; may be repeated.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option(help="How sharply both sides respond, 0 to 10000. Default: as the scenario says.")
    ] = None,
    beliefs: Annotated[int, typer.Option(help="Nodes of the grid of beliefs about a party, at least 3.")] = 5,
    histories: Annotated[int, typer.Option(help="Simulated histories, at least 100.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the design and the simulations.")] = 0,
    cluster: Annotated[
        str, typer.Option(help="local, or the address of a Dask scheduler, such as tcp://host:8786.")
    ] = "local",
    processes: Annotated[
        int | None, typer.Option(help="Worker processes on this machine. Default: one for every core.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve and assess a scenario at many values of what is not known: where it holds, and what matters."""
    from duress.report.sweep import print_sweep, write_charts
    from duress.scenario import load
    from duress.solve.aqre import AQRE
    from duress.sweep.design import Design, over_from
    from duress.sweep.sweep import sweep as swept
    from duress.sweep.workers import SweepStopped

    asked = Design(design, points, over_from(over) if over else None)
    method = AQRE(precision=precision, beliefs=beliefs)
    try:
        with _steps() as step:
            found = swept(
                load(scenario), asked, out, party, method, claim or (), histories, seed, cluster, processes, step,
                lambda sentence: print(sentence, file=sys.stderr),  # which goes above the bar
            )  # fmt: skip
            write_charts(found, out)
    except (SweepStopped, KeyboardInterrupt) as stopped:
        from duress.sweep.folder import kept_in

        why = f"{stopped}; " if str(stopped) else ""
        typer.echo(f"stopped: {why}{kept_in(out)}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        _print_json(found.as_json())
        return
    from rich.console import Console

    print_sweep(found, Console(markup=False, emoji=False, highlight=False))


def _make_folder(path: Path | None) -> None:
    """Make a folder for what is to be written, before the work starts."""
    try:
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be made a folder: {error.strerror}") from None


def _draw_all(answer: Assessment, folder: Path) -> None:
    """Write every chart of an assessment as SVG, named after the scenario, the party and the chart."""
    from duress.figures import to_svg
    from duress.report.html import charts_of

    for name, (make, there) in charts_of(answer).items():
        if there:
            with _written_last(folder / f"{answer.scenario}-{answer.party}-{name}.svg".replace(" ", "-")) as write:
                write(to_svg(make(answer)))


def _page(path: Path | None) -> Path | None:
    """Return where an HTML page goes; refuse the name of a Markdown file, which has an option of its own."""
    if path is not None and path.suffix.lower() in (".md", ".markdown"):
        raise InputError(f"--report writes an HTML page: for Markdown, ask for --markdown {shlex.quote(str(path))}")
    return path


@contextmanager
def _written_last(path: Path | None) -> Iterator[Any]:
    """Give a function that writes ``path`` whole; find out before the work starts that it can be written."""
    if path is not None and not path.parent.is_dir():
        raise InputError(f"{str(path)!r} cannot be written: there is no folder {str(path.parent)!r}")
    if path is not None and path.is_dir():
        raise InputError(f"{str(path)!r} cannot be written: it is a folder")

    def write(text: str) -> None:
        assert path is not None
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None

    yield write


@contextmanager
def _steps() -> Iterator[Callable[[str], Progress | None]]:
    """Give a function that begins a step of a long work, with a bar and the time left on stderr; at a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def step(what: str) -> Any:
            for before in bar.task_ids:
                bar.remove_task(before)
            task = bar.add_task(what, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield step
