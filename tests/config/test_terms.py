"""Terms: each declared once; `wb.run`, the command and the panel all have it with the same default."""

from __future__ import annotations

import inspect

import pytest
from typer.testing import CliRunner

import workbench
from workbench.cli.runs import app
from workbench.cli.runs import run as command
from workbench.config import TERMS, Terms


@pytest.mark.parametrize("name", TERMS)
def test_a_term_has_one_default_wherever_it_can_be_given(name: str) -> None:
    in_python = inspect.signature(workbench.run).parameters[name].default
    in_terminal = inspect.signature(command).parameters[name].default
    assert in_python == TERMS[name].default
    assert str(in_terminal) == str(TERMS[name].default)


def test_the_command_explains_every_term() -> None:
    shown = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).output
    words = " ".join(shown.split())
    assert [name for name, term in TERMS.items() if term.help not in words] == []


def test_the_panel_has_a_field_for_every_term_but_capital() -> None:
    from workbench.panels.terms_form import FIELDS

    assert {field.name for field in FIELDS} == set(TERMS) - {"capital"}


def test_terms_as_they_are_when_left_out_change_nothing() -> None:
    assert Terms().changed() == {}
    assert Terms(leverage="1", fees="1 USD").changed() == {"fees": "1 USD"}
