"""Parameters → controls → values. A user's strategy has a form because its configuration class has fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ipywidgets import Box, Checkbox, Dropdown, FloatText, IntText, Text

from workbench.display.html import escape
from workbench.panels.panel import let_go
from workbench.strategies import Parameter, plain_value


class Form:
    """A control per parameter, its bounds and help below its name. Nothing is clamped: the check says what is wrong.

    What has no control of its own (a list, a mapping, a number or nothing) is typed as JSON; an empty field is None.
    A required parameter begins empty, and is left out while it is.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._parameters: dict[str, Parameter] = {}
        self.controls: dict[str, Any] = {}
        self.view = Box().add_class("wb-fields")

    def show(self, parameters: Sequence[Parameter], values: Mapping[str, Any] | None = None) -> None:
        """Make the controls of these parameters, at `values` or their defaults."""
        initial = values or {}
        self._parameters = {parameter.name: parameter for parameter in parameters}
        self.controls = {
            parameter.name: _control(parameter, initial.get(parameter.name, parameter.default))
            for parameter in parameters
        }
        for control in self.controls.values():
            control.observe(lambda _change: self._changed(), "value")
        before, self.view.children = self.view.children, tuple(self.controls.values())
        for control in before:
            let_go(control)

    def values(self) -> dict[str, Any]:
        """What the controls say, as plain JSON values."""
        typed = {name: (self._parameters[name], control.value) for name, control in self.controls.items()}
        return {
            name: _typed(parameter, value)
            for name, (parameter, value) in typed.items()
            if not (parameter.required and value == "")
        }


def _control(parameter: Parameter, value: Any) -> Any:
    """The control of one parameter. Its label is what a screen reader says of it."""
    # em: the widgets let it pass, as few other elements
    label = f"{escape(parameter.name)} <em>{escape(hint(parameter))}</em>"
    common = {"description": label, "description_allow_html": True}
    name = f"wb-param-{parameter.name.replace('_', '-')}"
    control: Any
    if parameter.choices:
        control = Dropdown(options=[(str(choice), choice) for choice in parameter.choices], value=value, **common)
    elif parameter.required and value is None:
        control = Text(placeholder="needed", continuous_update=False, **common)
    elif parameter.type == "bool":
        control = Checkbox(value=value, indent=False, **common)
    elif parameter.type == "int":
        control = IntText(value=value, **common)
    elif parameter.type == "float":
        control = FloatText(value=value, step=None, **common)
    else:
        control = Text(value=_text(value), continuous_update=False, **common)
    return control.add_class("wb-field").add_class(name)


def hint(parameter: Parameter) -> str:
    """Help and bounds: ``bars of the fast average, 1 to 10000``."""
    low, high = parameter.minimum, parameter.maximum
    above = "above" if parameter.minimum_excluded else "at least"
    below = "below" if parameter.maximum_excluded else "at most"
    bounds = [f"{above} {low}"] if low is not None else []
    bounds += [f"{below} {high}"] if high is not None else []
    if low is not None and high is not None and not (parameter.minimum_excluded or parameter.maximum_excluded):
        bounds = [f"{low} to {high}"]
    kind = [] if parameter.help or parameter.choices else [parameter.type]
    return ", ".join(filter(None, [parameter.help, *kind, *bounds]))


def _text(value: Any) -> str:
    if value is None:
        return ""
    plain = plain_value(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _typed(parameter: Parameter, value: Any) -> Any:
    """The value of a control; of a text field what its JSON means, or the text itself."""
    kinds = parameter.type.split(" | ")
    if not isinstance(value, str) or parameter.choices or kinds == ["str"]:
        return value
    if value.strip() == "":
        return None
    if "str" in kinds:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
