"""What is installed: every package pinned by name and version, from wherever the user's pip looks."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PIN_LINES = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
SET_UP = ["*.toml", "*.txt", "*.lock", "*.cfg", "*.ini", "*.yml", "*.yaml", "Makefile", "Dockerfile*", ".ci/**/*"]
IGNORED = {line.strip("/") for line in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()} | {".git"}


def pins() -> dict[str, str]:
    """Return the pinned version of each package, by canonical name."""
    split = (line.split("==") for line in PIN_LINES)
    return {canonicalize_name(name): version for name, version in split}


def asked_for() -> list[Requirement]:
    """Return what the project itself asks for: to run, to be tested and to be built."""
    project = SETTINGS["project"]
    lines = [*project["dependencies"], *SETTINGS["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        lines += extra
    return [Requirement(line) for line in lines]


def test_constraints_hold_names_and_versions_only() -> None:
    assert not [line for line in PIN_LINES if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==\d[\w.!]*", line)]
    assert len(pins()) == len(PIN_LINES)


def test_constraints_allow_what_the_project_asks_for() -> None:
    pinned = pins()
    for requirement in asked_for():
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in constraints.txt"
        assert requirement.specifier.contains(Version(version)), f"{requirement} is pinned at {version}"


def test_whatever_those_packages_bring_along_is_pinned_too() -> None:
    pinned = pins()
    to_see = asked_for()
    seen: set[Requirement] = set()
    while to_see:
        asked = to_see.pop()
        if asked in seen:
            continue
        seen.add(asked)
        assert canonicalize_name(asked.name) in pinned, f"{asked.name} is not in constraints.txt"
        brought = [Requirement(line) for line in metadata.requires(asked.name) or []]
        extras = {"", *asked.extras}
        to_see += [new for new in brought if not new.marker or any(new.marker.evaluate({"extra": e}) for e in extras)]
    assert len({asked.name for asked in seen}) > len({asked.name for asked in asked_for()})


def test_no_file_of_the_set_up_holds_an_address() -> None:
    files = {path for pattern in SET_UP for path in PROJECT.glob(pattern) if path.is_file()}
    assert {PROJECT / "constraints.txt", PROJECT / "Makefile", PROJECT / ".ci" / "run"} <= files
    assert not [path for path in files if re.search(r"\w+://", path.read_text(encoding="utf-8"))]


def test_no_file_names_a_package_index() -> None:
    index = re.compile(rb"(index|find)[-_](url|links)|trusted[-_]host|//[^\s/]+/(\w+/)*simple\b", re.IGNORECASE)
    kept = [top for top in PROJECT.iterdir() if top.name not in IGNORED]
    paths = [path for top in kept for path in (top, *top.rglob("*")) if not IGNORED & set(path.parts[-2:])]
    files = {path for path in paths if path.is_file()} - {Path(__file__)}
    assert PROJECT / "pyproject.toml" in files
    assert not [path for path in files if index.search(path.read_bytes())]
