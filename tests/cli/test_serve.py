"""`duress serve` as it is typed."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from duress.cli import app


@pytest.mark.parametrize(("typed", "opens"), [((), False), (("--open",), True), (("--no-open",), False)])
def test_a_browser_is_opened_on_request(monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], opens: bool) -> None:
    asked: list[bool] = []

    def serve(host: str, port: int, show: bool, *_: Any) -> None:
        asked.append(show)

    monkeypatch.setattr("duress.web.serve.serve", serve)
    done = CliRunner().invoke(app, ["serve", *typed])
    assert done.exit_code == 0
    assert asked == [opens]
