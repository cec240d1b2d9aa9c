"""Page objects: the only place that knows a selector."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Self

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.ui.lab import Lab

_IDLE = """
const page = window.jupyterapp && window.jupyterapp.shell.currentWidget;
return !!page && page.context && page.context.isReady
    && page.sessionContext.session?.kernel?.status === 'idle'"""
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
_WATCH = """
window.workbenchKernel = [];
window.jupyterapp.shell.currentWidget.sessionContext.statusChanged.connect((_, s) => window.workbenchKernel.push(s))"""
_RESTARTED = "return window.workbenchKernel.some(one => one.includes('restarting'))"
_SHUT_DOWN = """
const done = arguments[0];
const page = window.jupyterapp.shell.currentWidget;
page.context.save().then(() => page.sessionContext.shutdown()).then(() => done('ok'), error => done(String(error)))"""

HARMLESS = re.compile(r"favicon|Deprecat|was preloaded using link preload")
"""What a console says that is nobody's fault here."""


class Notebook:
    """A notebook in JupyterLab, in a window of its own."""

    def __init__(self, driver: Chrome, lab: Lab, patience: float = 60) -> None:
        self.driver = driver
        self.lab = lab
        self.wait = WebDriverWait(driver, patience, 0.15, [StaleElementReferenceException])

    def open(self, name: str) -> Self:
        """Load it and wait for its kernel."""
        self.assert_quiet(forget=True)
        self.driver.get(self.lab.address(name))
        return self.ready()

    def ready(self) -> Self:
        """Wait until the kernel has nothing to do."""
        self.wait.until(lambda driver: driver.execute_script(_IDLE))
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
        """End the kernel."""
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

    def __init__(self, page: Notebook, root: str) -> None:
        self.page = page
        self.root = root

    def find(self, below: str) -> WebElement:
        """The first element of this kind that shows."""
        return self.page.wait.until(lambda driver: self._shown(driver, below))

    def all(self, below: str) -> list[WebElement]:
        """All that show now."""
        found = self.page.driver.find_elements(By.CSS_SELECTOR, f"{self.root} {below}")
        return [one for one in found if one.is_displayed()]

    def until(self, claim: Callable[[], Any]) -> Any:
        """Wait until something is so."""
        return self.page.wait.until(lambda _driver: claim())

    def says(self, below: str, text: str) -> Self:
        """Wait until these words stand there."""
        self.until(lambda: any(text in one.text for one in self.all(below)))
        return self

    def press(self, below: str) -> Self:
        """Press a button that can be pressed."""
        self.until(lambda: self.find(below).is_enabled())
        self.page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", self.find(below))
        self.find(below).click()
        return self

    def enter(self, below: str) -> Self:
        """Press a button by the keyboard alone."""
        self.until(lambda: self.find(below).is_enabled())
        self.find(below).send_keys(Keys.ENTER)
        return self

    def choose(self, below: str, text: str) -> Self:
        """Choose from a list."""
        Select(self.find(f"{below} select")).select_by_visible_text(text)
        return self

    def type(self, below: str, text: str) -> Self:
        """Put text in place of what a field holds, with the keyboard."""
        field = self.find(f"{below} input")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text, Keys.TAB)
        return self

    def chart(self, title: str = "") -> Self:
        """Wait until a chart with this in its title is drawn, lines and all."""
        self.until(
            lambda: (
                any(title in one.get_attribute("textContent") for one in self._any(".wb-chart .gtitle"))
                and self._any(".wb-chart .scatterlayer .trace")
            )
        )
        return self

    def _any(self, below: str) -> list[WebElement]:
        return self.page.driver.find_elements(By.CSS_SELECTOR, f"{self.root} {below}")

    def _shown(self, driver: Chrome, below: str) -> WebElement | None:
        found = driver.find_elements(By.CSS_SELECTOR, f"{self.root} {below}")
        return next((one for one in found if one.is_displayed()), None)


class Launcher(Part):
    """The panel that runs."""

    def __init__(self, page: Notebook) -> None:
        super().__init__(page, ".wb-launcher")

    def parameter(self, name: str, value: str) -> Self:
        """Type a parameter."""
        return self.type(f".wb-param-{name.replace('_', '-')}", value)

    def run(self) -> Self:
        """Press Run."""
        return self.press(".wb-run")
