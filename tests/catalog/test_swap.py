from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog import Catalog, MarketData
from workbench.catalog import transaction as swap_module
from workbench.catalog.transaction import commit, reading, writing

Load = Callable[..., MarketData]


def put(root: Path, content: str, *places: str) -> None:
    for place in places:
        (root / place).mkdir(parents=True)
        (root / place / "file").write_text(content)


def contents(root: Path) -> dict[str, str]:
    return {str(f.relative_to(root)): f.read_text() for f in sorted(root.rglob("file"))}


NEW = {"data/bar/a/file": "new", "data/bar/b/file": "new"}
OLD = {"data/bar/a/file": "old", "data/bar/c/file": "old"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, "old", "data/bar/a", "data/bar/c")
    return tmp_path


def change(root: Path) -> None:
    with writing(root) as staging:
        put(staging, "new", "data/bar/a", "data/bar/b")
        commit(root, [root / "data/bar/c"])


def test_a_commit_puts_and_takes_away_folders(root: Path) -> None:
    change(root)
    assert contents(root) == NEW


def test_what_is_not_committed_is_thrown_away(root: Path) -> None:
    with writing(root) as staging:
        put(staging, "new", "data/bar/a")
    assert contents(root) == OLD
    assert not (root / ".staging").exists()


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("crash_at", [1, 2, 3, 4, 5])
def test_a_crash_at_any_rename_is_finished_at_the_next_open(
    root: Path, monkeypatch: pytest.MonkeyPatch, crash_at: int
) -> None:
    """The commit's renames: 0 the plan, 1 a aside, 2 a in, 3 b in, 4 c aside, 5 the plan done."""
    rename, renames = Path.rename, iter(range(6))

    def crash(self: Path, target: Path) -> Path:
        if next(renames) == crash_at:
            raise Crash
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", crash)
        with pytest.raises(Crash):
            change(root)
    with reading(root):
        assert contents(root) == NEW
    assert not (root / ".staging").exists()


def test_a_crash_before_the_plan_leaves_the_old(root: Path) -> None:
    change(root)
    put(root / ".staging", "half", "data/bar/a")
    with writing(root):
        pass
    assert contents(root) == NEW
    assert not (root / ".staging").exists()


def _import_one(path: str, seed: int) -> None:
    Catalog(Path(path)).import_mock(
        instrument=f"M{seed % 2}.SIM", start=f"{2000 + seed}-01-01", end=f"{2000 + seed}-12-31"
    )


def test_imports_of_several_processes_do_not_lose_bars(catalog: Catalog) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(_import_one, [(str(catalog.path), seed) for seed in range(4)])
    # business days of 2000 and 2002 are 260 and 261; of 2001 and 2003 both 261
    assert [dataset.rows for dataset in catalog.datasets()] == [521, 522]


def test_a_lock_that_cannot_be_opened_does_not_hinder_readers(catalog: Catalog, load: Load) -> None:
    catalog.import_mock(start="2020-01-01", end="2020-01-10")
    (catalog.path / swap_module._LOCK).unlink()
    # eight business days from Wednesday the 1st to Friday the 10th
    assert len(load("MOCK.SIM").bars) == 8
