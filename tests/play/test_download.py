"""What is taken away says the same as what was shown."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from duress import InputError
from duress.play.download import as_json, moves_csv, numbers, script
from duress.play.match import begin
from duress.play.setting import Setting, prepare
from duress.play.table import Seat
from duress.scenario import read


def test_json_holds_what_the_seat_is_shown(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=5).move("hold").undo().move("invite")
    whole = json.loads(json.dumps(as_json(match, "Target"), allow_nan=False))
    assert whole["view"]["seed"] == 5
    assert [b["name"] for b in whole["branches"]] == ["A", "B"]
    assert whole["link"].startswith("1.")


def test_the_table_of_moves_has_a_row_for_each_entry_and_prices_of_ones_own(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=5).move("hold").move("hold")
    shown = match.view("Target")
    rows = list(csv.DictReader(io.StringIO(moves_csv(match, "Target"))))
    assert [row["move"] for row in rows] == [entry.move for entry in shown.timeline]
    mine = [row for row in rows if row["party"] == "Target"]
    assert [float(row["price"]) for row in mine] == [made.price for made in shown.priced]
    assert all(not row["price"] for row in rows if row["party"] != "Target")
    for row, entry in zip(rows, shown.timeline, strict=True):
        assert float(row["Target is resolute"]) == entry.beliefs["Target"]["resolute"]


@pytest.mark.parametrize("own", [False, True])
def test_the_script_prints_the_same_numbers(own: bool, tmp_path: Path) -> None:
    text = "extends: sanctions-crisis\ntitle: \"A '''quoted''' \\\"\\\"\\\" é title\"\nhorizon: 5\n"
    scenario = read(text, "mine") if own else "sanctions-crisis"
    setting = prepare(scenario, {"levers.sanctions.harm[2]": 0.6}, precision=2, beliefs=7)
    match = begin(setting, "Target", against="weary", seed=9)
    while not match.table.over and match.turns < 20:
        match = match.move(1)
    path = tmp_path / "played.py"
    path.write_text(script(match, "Target"), encoding="utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == numbers(match.table, "Target")
    assert done.stdout.count("\n") > 10


def test_nothing_taken_away_tells_what_people_were_dealt(crisis: Setting) -> None:
    match = begin(crisis, seats=(Seat("Coercer"), Seat("Target")), secret=123456789).move("hold")
    assert as_json(match, "Target")["link"] == ""
    assert "123456789" not in json.dumps(as_json(match, "Target"))
    with pytest.raises(InputError, match="would tell what was dealt"):
        script(match, "Target")
