"""Page objects: the only place that knows a selector."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal, Self

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.ui.lab import Lab

_IDLE = """
const page = window.jupyterapp && window.jupyterapp.shell.currentWidget;
return !!page && page.context && page.context.isReady && page.context.path.endsWith(arguments[0])
    && page.sessionContext.session?.kernel?.status === 'idle'"""
_EMPTY = """
const shell = window.jupyterapp?.shell;
return !!shell && window.jupyterapp.commands.hasCommand('docmanager:open')
    && [...shell.widgets('main')].length === 0 && !document.querySelector('.jp-Dialog')"""
_COMMAND = """
const [name, options, done] = arguments;
window.jupyterapp.commands.execute(name, options).then(() => done('ok'), error => done(String(error)))"""
_PYTHON = """
const [code, done] = arguments;
const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
let said = '';
const asked = kernel.requestExecute({code, store_history: false});
asked.onIOPub = message => {
    if (message.header.msg_type === 'stream') said += message.content.text;
    if (message.header.msg_type === 'error') said += 'ERROR ' + message.content.evalue;
};
asked.done.then(() => done(said.trim()))"""
_START = """
const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
kernel.requestExecute({code: arguments[0], store_history: false});"""
_SET_SOURCE = """
window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(arguments[0])"""
_WATCH = """
window.workbenchKernel = [];
window.jupyterapp.shell.currentWidget.sessionContext.statusChanged.connect((_, s) => window.workbenchKernel.push(s))"""
_RESTARTED = "return window.workbenchKernel.some(one => one.includes('restarting'))"
_SHOWN = """
const [selector, property] = arguments;
const shown = [...document.querySelectorAll(selector)].filter(one => one.checkVisibility());
return property ? shown.map(one => one[property] ?? one.getAttribute(property)) : shown"""
_SHUT_DOWN = """
const done = arguments[0];
const page = window.jupyterapp.shell.currentWidget;
page.context.save().then(() => page.sessionContext.shutdown()).then(() => page.close())
    .then(() => done('ok'), error => done(String(error)))"""

HARMLESS = re.compile(r"favicon|Deprecat|was preloaded using link preload|/api/kernels\?\d+ - .*status of 500")
"""What a console says that is nobody's fault here.

Jupyter's list of kernels is an error in the moment between a kernel's start and its first mark of activity; the page
asks for it again and again.
"""


PATIENCE = 60.0
"""Seconds until a test gives up on what it waits for."""


class Page:
    """Whatever the browser shows."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.wait = WebDriverWait(driver, PATIENCE, 0.15, [StaleElementReferenceException])


class Notebook(Page):
    """A notebook in JupyterLab, alone there."""

    def __init__(self, driver: Chrome, lab: Lab, name: str) -> None:
        super().__init__(driver)
        self.lab = lab
        self.name = name

    def open(self) -> Self:
        """Open it and wait for its kernel: in the page that another notebook has left empty, or in a new one."""
        if self.driver.execute_script(_EMPTY):
            return self.command("docmanager:open", path=self.name).ready()
        self.driver.get("about:blank")
        self.assert_quiet(forget=True)  # what the page before says as it is left
        self.driver.get(self.lab.address(self.name))
        return self.ready()

    def ready(self) -> Self:
        """Wait until the kernel has nothing to do."""
        self.wait.until(lambda driver: driver.execute_script(_IDLE, self.name))
        self.driver.execute_script(_WATCH)
        return self

    def command(self, name: str, **options: Any) -> Self:
        """A command of JupyterLab's menus."""
        said = self.driver.execute_async_script(_COMMAND, name, options)
        assert said == "ok", said
        return self

    def run_all(self) -> Self:
        """Execute every cell; none may fail."""
        self.command("notebook:run-all-cells")
        errors = self.driver.find_elements(
            By.CSS_SELECTOR, ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']"
        )
        assert not errors, [error.text for error in errors]
        return self

    def python(self, code: str) -> str:
        """What the kernel prints: closes the loop between what is seen and what Python holds."""
        return str(self.driver.execute_async_script(_PYTHON, code))

    def append_cell(self, code: str) -> Self:
        """Write a cell below the last one and run it."""
        self.command("notebook:move-cursor-down").command("notebook:insert-cell-below")
        self.driver.execute_script(_SET_SOURCE, code)
        return self.command("notebook:run-cell").ready()

    def start(self, code: str) -> Self:
        """Let the kernel compute something, and do not wait for it."""
        self.driver.execute_script(_START, code)
        return self

    def restarted(self) -> Self:
        """Wait until JupyterLab has noticed that the kernel died, and has a new one."""
        self.wait.until(lambda driver: driver.execute_script(_RESTARTED))
        return self.ready()

    def reload(self) -> Self:
        """Save, and load the page again; the kernel lives on."""
        self.command("docmanager:save")
        self.driver.refresh()
        return self.ready()

    def theme(self, name: str) -> Self:
        """``JupyterLab Dark`` or ``JupyterLab Light``."""
        return self.command("apputils:change-theme", theme=name)

    def shut_down(self) -> None:
        """End the kernel and close the notebook."""
        if self.driver.current_url.startswith(self.lab.url):
            self.driver.execute_async_script(_SHUT_DOWN)

    def assert_quiet(self, *, forget: bool = False) -> None:
        """No error in the console and no request to another machine since the last time."""
        console = [one for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]
        network = [json.loads(one["message"])["message"] for one in self.driver.get_log("performance")]
        if forget:
            return
        loud = [one["message"] for one in console if not HARMLESS.search(one["message"])]
        assert not loud, loud
        asked = [one["params"]["request"]["url"] for one in network if one["method"] == "Network.requestWillBeSent"]
        away = [url for url in asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))]
        assert not away, away


class Part:
    """A piece of a panel, found below its root element."""

    def __init__(self, page: Page, root: str) -> None:
        self.page = page
        self.root = root

    def find(self, below: str) -> WebElement:
        """The first element of this kind that shows."""

        def first(_driver: object) -> WebElement | Literal[False]:
            return next(iter(self.all(below)), False)

        return self.page.wait.until(first)

    def all(self, below: str) -> list[WebElement]:
        """All that show now."""
        found: list[WebElement] = self.page.driver.execute_script(_SHOWN, f"{self.root} {below}", None)
        return found

    def read(self, below: str, what: str = "innerText") -> list[str]:
        """The text, or another property, of all that show now: one question, so that none is drawn anew meanwhile."""
        return [str(one) for one in self.page.driver.execute_script(_SHOWN, f"{self.root} {below}", what)]

    def until(self, claim: Callable[[], Any]) -> Any:
        """Wait until something is so."""
        return self.page.wait.until(lambda _driver: claim())

    def says(self, below: str, text: str) -> Self:
        """Wait until these words stand there."""
        self.until(lambda: any(text in one for one in self.read(below)))
        return self

    def press(self, below: str) -> Self:
        """Press a button that can be pressed."""
        return self._do(below, self._click)

    def enter(self, below: str) -> Self:
        """Press a button by the keyboard alone."""
        return self._do(below, lambda button: button.send_keys(Keys.ENTER))

    def choose(self, below: str, text: str) -> Self:
        """Choose from a list."""
        return self._do(f"{below} select", lambda field: Select(field).select_by_visible_text(text))

    def type(self, below: str, text: str) -> Self:
        """Put text in place of what a field holds, with the keyboard."""
        return self._do(f"{below} input", lambda field: field.send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.TAB))

    def every_control_has_a_name(self) -> Self:
        """What a screen reader says of each is what the browser computes."""
        controls = self.all("input, select, button")
        assert len(controls) > 5
        nameless = [one.get_attribute("outerHTML") for one in controls if not one.accessible_name.strip()]
        assert not nameless, nameless
        return self

    def chart(self, title: str = "") -> Self:
        """Wait until a chart with this in its title is drawn, lines and all."""
        self.until(
            lambda: (
                any(title in (one.get_attribute("textContent") or "") for one in self._any(".wb-chart .gtitle"))
                and self._any(".wb-chart .scatterlayer .trace")
            )
        )
        return self

    def _do(self, below: str, action: Callable[[WebElement], object]) -> Self:
        """Do it to an element that shows and is enabled; again, if it was drawn anew in between."""

        def done() -> bool:
            element = next(iter(self.all(below)), None)
            if element is None or not element.is_enabled():
                return False
            action(element)
            return True

        self.until(done)
        return self

    def _click(self, button: WebElement) -> None:
        self.page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def fits(self) -> Self:
        """Wait until the chart is as wide as its panel lets it be, and has a height."""

        def well() -> bool:
            place, plot = self._any(".wb-chart")[0].rect, self._any(".wb-chart .main-svg")[0].rect
            return bool(plot["height"] > 300 and 0 <= place["width"] - plot["width"] < 30)

        self.until(well)
        return self

    def _any(self, below: str) -> list[WebElement]:
        return self.page.driver.find_elements(By.CSS_SELECTOR, f"{self.root} {below}")


class Panel(Part):
    """What panels have in common."""

    def parameter(self, name: str, value: str) -> Self:
        """Type a parameter."""
        return self.type(f".wb-param-{name.replace('_', '-')}", value)


class Launcher(Panel):
    """The panel that runs."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, ".wb-launcher")

    def run(self) -> Self:
        """Press Run."""
        return self.press(".wb-run")


class Listing(Panel):
    """A panel with the table of runs."""

    def run_ids(self) -> list[str]:
        """The rows, from top to bottom."""
        return self.read(".wb-rows tbody tr[data-run]", "data-run")

    def rows_are(self, *run_ids: str) -> Self:
        """Wait until these are the rows."""
        self.until(lambda: self.run_ids() == list(run_ids))
        return self

    def tick(self, run_id: str) -> Self:
        """Choose a run by its checkbox, and wait until its row says so."""
        self.until(lambda: run_id in self.run_ids())
        label = f".wb-checks label:has(span[title^='choose run {run_id[:8]}'])"
        row = f"tr[data-run='{run_id}']"
        # the checkbox stands beside its row
        self.until(lambda: abs(_middle(self.find(f"{label} input")) - _middle(self.find(row))) < 4)
        self._do(f"{label} input", lambda box: box.send_keys(Keys.SPACE))
        self.find(f"tr[data-run='{run_id}'][aria-selected=true]")
        return self


class History(Listing):
    """The record as a table."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, ".wb-history")


class Compare(Listing):
    """Runs side by side."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, ".wb-compare-panel")

    def heads(self) -> list[str]:
        """The short ids above the columns."""
        return [text.split()[0] for text in self.read(".wb-compare thead th[scope=col]")]

    def has_row(self, name: str) -> bool:
        """Whether the table has a row of this name."""
        return name in self.read(".wb-compare th.wb-name")

    def open_list(self) -> Self:
        """Unfold the table to choose from."""
        return self.press(".wb-choosing .jupyter-widget-Collapse-header")


def _middle(element: WebElement) -> float:
    return float(element.rect["y"]) + float(element.rect["height"]) / 2
