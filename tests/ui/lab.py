"""A JupyterLab server of its own on this machine: temporary folders, no news, no update checks, gone afterwards."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tests.support.places import new_folder

PATIENCE = 90.0
"""Seconds in which a server must answer."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A server that runs. Notebooks lie in `root`; the kernels' workbench in `home`."""

    url: str
    token: str
    root: Path
    home: Path

    def address(self, notebook: str) -> str:
        """Of one notebook in a window of its own, with nothing remembered of the last one."""
        return f"{self.url}/doc/tree/{notebook}?token={self.token}&reset"

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Put a notebook of these cells there. Returns its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        nbformat.write(notebook, self.root / name)
        return name


@contextmanager
def lab(notebooks: Path) -> Iterator[Lab]:
    """Serve a copy of these notebooks."""
    folder = new_folder("workbench-lab-")
    token, port = secrets.token_hex(8), _free_port()
    found = Lab(f"http://127.0.0.1:{port}", token, folder / "notebooks", folder / "workbench")
    shutil.copytree(notebooks, found.root, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    _settings(folder / "settings")
    command = [sys.executable, "-m", "jupyterlab", *_options(found.root, port, token)]
    try:
        with _serving(command, folder, port):
            yield found
    finally:
        _stop_database(found.home)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def voila(notebook: Path, home: Path) -> Iterator[str]:
    """Serve one notebook as a dashboard; gives its address."""
    folder, port = Path(tempfile.mkdtemp(prefix="workbench-voila-")), _free_port()
    address = f"http://127.0.0.1:{port}/"
    options = ["--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}", "--show_tracebacks=True"]
    command = [sys.executable, "-m", "voila", str(notebook), *options]
    try:
        with _serving(command, folder, port, WORKBENCH_HOME=str(home)):
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options(root: Path, port: int, token: str) -> list[str]:
    return [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={token}",
        # its application object is then in the page: tests wait for what it says, not for a while
        "--expose-app-in-browser",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        # it asks npm for them, four seconds of it
        "--LanguageServerManager.autodetect=False",
    ]


def _settings(folder: Path) -> None:
    """No question about news, and every cell of a notebook in the page, also those out of sight."""
    chosen = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, settings in chosen.items():
        file = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))


@contextmanager
def _serving(command: Sequence[str], folder: Path, port: int, **more: str) -> Iterator[None]:
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    places = {name: str(folder / name.lower()) for name in names}
    places |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "WORKBENCH_HOME": str(folder / "workbench")}
    Path(places["HOME"]).mkdir()
    environment = {**os.environ, **places, "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"), **more}
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, cwd=folder, start_new_session=True
        ) as server,
    ):
        try:
            _wait(server, port, log)
            yield
        finally:
            # it ends its kernels, too
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text()[-3000:]) from None
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _stop_database(home: Path) -> None:
    from workbench.storage.server import embedded

    if (home / "postgres").exists():
        embedded.stop(home / "postgres")
