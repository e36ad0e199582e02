"""Settings of requests that cannot work are an error of the command, in its one line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from langchain_ashby.cli.app import app

SETTINGS = {"REQUESTS_CA_BUNDLE": "/nothing.pem", "HTTPS_PROXY": "http://a..b"}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    "command",
    [
        ["call", "ashby_list_users"],
        ["call", "ashby_create_candidate", '{"name": "Ada"}', "--yes"],
    ],
    ids=lambda it: it[1],
)
def test_settings_that_cannot_work_are_one_line(name: str, command: list[str]) -> None:
    nobody = {"ASHBY_API_KEY": "key", "ASHBY_BASE_URL": "https://127.0.0.1:9"}
    ran = CliRunner(env={**nobody, "COLUMNS": "80", name: SETTINGS[name]}).invoke(app, command)
    assert ran.exit_code == 1
    [line] = ran.output.splitlines()
    assert "configuration: The " in line
    assert name in line


@pytest.mark.parametrize("name", SETTINGS)
def test_doctor_names_the_setting(name: str) -> None:
    nobody = {"ASHBY_API_KEY": "key", "ASHBY_BASE_URL": "https://127.0.0.1:9"}
    ran = CliRunner(env={**nobody, "COLUMNS": "200", name: SETTINGS[name]}).invoke(app, ["doctor"])
    assert ran.exit_code == 1
    assert name in ran.output
    assert "Traceback" not in ran.output
