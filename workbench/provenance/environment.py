"""What surrounds a run and may explain it: versions, and the commit of the user's project."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("nautilus_trader", "numpy", "pandas", "nautilus-workbench")
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the surroundings that began with the run. Git is asked beside it: it takes longer than recording."""

    around: Mapping[str, str | None]
    git: subprocess.Popen[bytes] | None

    def seen(self) -> dict[str, Any]:
        """Python, packages, and where they are known the git commit, the image and the notebook."""
        found: dict[str, Any] = {"python": platform.python_version(), "packages": dict(_versions())}
        found |= {name: value for name, value in self.around.items() if value}
        state = _state(self.git) if self.git is not None else None
        return found if state is None else found | {"git": state}


def look(folder: Path | None, around: Mapping[str, str | None]) -> Look:
    """Begin to look: `folder` is one of the user's project, `around` what the settings know."""
    root = _root(folder) if folder is not None else None
    return Look(around, None if root is None else _ask(root))


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    packages = []
    for name in PACKAGES:
        try:
            packages.append((name, version(name)))
        except PackageNotFoundError:  # run from a folder, not installed
            packages.append((name, "unknown"))
    return tuple(packages)


@lru_cache(maxsize=64)
def _root(folder: Path) -> Path | None:
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def _ask(root: Path) -> subprocess.Popen[bytes] | None:
    order = ["git", "-C", str(root), "status", "--porcelain=v2", "--branch", "--untracked-files=no"]
    # a look must not take the lock that a commit of the user's needs
    quiet = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet)
    except OSError:  # no git on this machine
        return None


def _state(git: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """The commit, and whether tracked files differed from it; None where there is no commit or no answer."""
    try:
        output, _ = git.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        git.kill()
        git.communicate()
        return None
    lines = output.decode("utf-8", "replace").splitlines()
    commit = next((line.rpartition(" ")[2] for line in lines if line.startswith("# branch.oid ")), "")
    if git.returncode or not commit or commit == "(initial)":
        return None
    return {"commit": commit, "dirty": any(not line.startswith("#") for line in lines)}
