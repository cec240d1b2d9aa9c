"""What every panel has: a view that Jupyter shows, and a line of text where there is no widget."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from ipywidgets import HTML, VBox

# Colours and sizes are those of JupyterLab's theme, which Voilà brings along as well. A label stands above its control,
# so that a narrow cell has room for both; fields take as many columns as there is room for.
_STYLE = """<style>
.wb-panel{font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,inherit);
 border:1px solid var(--jp-border-color2,#c8c8c8);border-radius:6px;padding:.7em .9em .9em;max-width:92em;
 box-sizing:border-box;overflow:visible}
.wb-panel .widget-html,.wb-panel .widget-html-content{line-height:1.45;height:auto;min-width:0;margin:0}
.wb-panel .widget-html-content{width:100%}
.wb-panel .wb-hidden{display:none!important}
.wb-panel h4,.wb-panel h5{margin:0;font-size:15px;font-weight:600;color:inherit}
.wb-panel h5{font-size:13px;margin:.9em 0 .1em}
.wb-panel small{color:var(--jp-ui-font-color2,inherit);font-size:12px}
.wb-panel .wb-fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(13.5em,1fr));gap:.55em 1em;
 align-items:end;overflow:visible;margin:.35em 0}
.wb-panel .wb-field{display:flex;flex-direction:column;align-items:stretch;width:auto;height:auto;margin:0;min-width:0;
 overflow:visible}
.wb-panel .wb-field>.widget-label{display:block;width:auto;max-width:none;height:auto;text-align:left;line-height:1.35;
 white-space:normal;overflow:visible;margin:0 0 .15em;color:inherit}
.wb-panel .wb-field label em{display:block;font-style:normal;font-size:12px;color:var(--jp-ui-font-color2,inherit)}
.wb-panel .wb-field input:not([type=checkbox]),.wb-panel .wb-field select{width:100%;box-sizing:border-box;
 height:28px;min-width:0;flex:0 0 28px}
.wb-panel .wb-field.widget-checkbox{flex-direction:row;align-items:start;padding-bottom:.3em}
.wb-panel .wb-field.widget-checkbox .widget-label-basic{display:flex;gap:.4em;height:auto;line-height:1.35;
 white-space:normal;align-items:baseline}
.wb-panel .wb-row{display:flex;flex-flow:row wrap;align-items:center;gap:.3em .6em;overflow:visible;margin:.5em 0 0}
.wb-panel .wb-row>*{margin:0}.wb-panel .wb-row>.widget-checkbox{width:auto;margin-right:1em}
.wb-panel .wb-row.wb-low{align-items:end}
.wb-panel .widget-button{width:auto;padding:0 1em}
.wb-panel .wb-words{flex:1 1 12em}
.wb-panel .widget-hprogress{width:12em;min-width:6em;flex:0 1 12em}
.wb-panel .wb-notice{border-left:3px solid var(--jp-border-color1,#888);padding:.15em .7em;margin:.5em 0 0;
 overflow-wrap:anywhere}
.wb-panel .wb-notice.wb-warning{border-color:var(--jp-warn-color1,#ef6c00)}
.wb-panel .wb-notice.wb-error{border-color:var(--jp-error-color1,#d32f2f)}
.wb-panel .wb-notice.wb-done{border-color:var(--jp-success-color1,#388e3c)}
.wb-panel .wb-card{max-width:none;margin-top:.7em;box-sizing:border-box}
.wb-panel .jp-OutputArea,.wb-panel .jupyter-widgets-output-area{max-width:100%;min-width:0}
.wb-panel .jp-OutputPrompt,.wb-panel .jp-OutputArea-prompt{display:none}
.wb-panel .jp-OutputArea-output{padding-left:0;background:transparent}
.wb-panel .wb-chart:not(:hover):not(:focus-within) .modebar{opacity:0}
.wb-panel :focus-visible{outline:2px solid var(--jp-brand-color1,#1976d2);outline-offset:1px}
.wb-panel .jupyter-widget-Collapse-header{background:transparent;border:0;padding:.2em 0;font-weight:400;color:inherit}
.wb-panel .jupyter-widget-Collapse-contents{background:transparent;border:0;padding:0;color:inherit}
@media (prefers-reduced-motion:reduce){.wb-panel *{transition:none!important}}
</style>"""


class Panel:
    """The view with its heading. `run` is the run that the panel shows or made last, None before the first."""

    def __init__(self, title: str, name: str) -> None:
        self._title = title
        self.view = VBox([HTML(f"{_STYLE}<h4>{html.escape(title)}</h4>")])
        self.view.add_class("wb-panel").add_class(f"wb-{name}")

    def fill(self, parts: Sequence[Any]) -> None:
        """Put these below the heading."""
        self.view.children = (self.view.children[0], *parts)

    def __repr__(self) -> str:
        return f"<Panel: {self._title}>"

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:
        return {**self.view._repr_mimebundle_(**asked), "text/plain": repr(self)}


def row(*parts: Any) -> Any:
    """Controls side by side, in as many lines as they need."""
    from ipywidgets import Box

    return Box(parts).add_class("wb-row")


def offer(dropdown: Any, options: Sequence[tuple[str, Any]]) -> bool:
    """Put other options into a dropdown. Says whether what was chosen had to give way to the first of them.

    On the way the dropdown tells its observers of a value that nobody chose; `dropdown.disabled` is True meanwhile.
    """
    chosen = dropdown.value
    values = [value for _, value in options]
    dropdown.disabled = True
    dropdown.options = options
    kept = chosen in values
    dropdown.value = chosen if kept else next(iter(values), None)
    dropdown.disabled = False
    return not kept


def show(part: Any, *, when: bool) -> None:
    """Show a part of a panel, or take it out of sight and out of the way of the keyboard."""
    part.remove_class("wb-hidden") if when else part.add_class("wb-hidden")
