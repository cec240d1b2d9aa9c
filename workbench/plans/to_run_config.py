"""A recorded run → a file of the engine's own configuration, with what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.catalog import Catalog
from workbench.config import Snapshot
from workbench.engine import native
from workbench.errors import Argument, InvalidInput, WorkbenchError


def as_run_config(snapshot: Snapshot, catalog: Catalog) -> tuple[str, list[str]]:
    """The text of the file, and what it cannot say.

    Raises:
        InvalidInput: NautilusTrader has no words for this run.
    """
    return native().write_config(snapshot, catalog), _notes(snapshot, catalog)


def write(text: str, path: str | Path, *, overwrite: bool) -> Path:
    """Write the file.

    Raises:
        InvalidInput: it is there, it is a folder, or its folder is not there.
    """
    if not isinstance(path, str | Path) or not str(path).strip():
        raise InvalidInput(f"path={path!r} is not the path of a file. Type path='run.json'.")
    file = Path(path)
    try:
        if file.is_dir():
            raise InvalidInput(f"{file} is a folder. Type a file in it: {file / 'run.json'}")
        if file.exists() and not overwrite:
            anyway = Argument("overwrite", "True")
            raise InvalidInput(f"{file} is there already. Type another name, or ", anyway, ".")
        file.write_text(text, encoding="utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInput(f"path={str(path)!r} has half a character, which no file's name can have.") from error
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror or error}.") from error
    return file


def _notes(snapshot: Snapshot, catalog: Catalog) -> list[str]:
    """What the catalog would do otherwise: NautilusTrader takes the definition of an instrument from there."""
    notes = []
    for name, definition in snapshot.instruments.items():
        try:
            there = catalog.instrument(name)
        except WorkbenchError:
            continue
        now: Mapping[str, Any] = type(there).to_dict(there)
        for term, value in definition.items():
            if term not in ("ts_event", "ts_init") and now.get(term) != value:
                notes.append(
                    f"{name}: the run had {term}={value}, the catalog says {now.get(term)}. A BacktestRunConfig takes "
                    "the catalog's, and its fills may differ."
                )
    return notes
