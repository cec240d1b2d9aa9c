"""A run that waits for its database, as one readable text: what was to be written before the work, and after it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from workbench.config import Fingerprint, Labels
from workbench.metrics import Metrics
from workbench.provenance import SourceFile
from workbench.runs import Failure, Group, Part, Record, Result, RunWarning, Status
from workbench.storage.writing import arrow

VERSION = 1
LOGIN = "login"
TIMES = ("period_start", "period_end", "started_at", "finished_at")
IDS = ("run_id", "rerun_of", "group_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is written before the work begins. `months` are those of each fingerprint of market data.

    `labels` are what the run is called, `parts` its further strategies and instruments, `group` what it belongs to.
    """

    record: Record
    fingerprint: Fingerprint
    config_text: str
    config_sha256: str
    sources: tuple[SourceFile, ...]
    months: Mapping[str, Any] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)
    parts: tuple[Part, ...] = ()
    group: Group | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What is written, once, when the work has ended."""

    result: Result
    metrics: Metrics | None
    finished_at: datetime
    duration: float
    environment: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A `Finish` as it is stored: its tables packed."""

    status: Status
    finished_at: datetime
    duration: float
    bars: int
    digest: str | None
    warnings: tuple[RunWarning, ...]
    error: Failure | None
    metrics: Metrics | None
    environment: Mapping[str, Any]
    tables: Mapping[str, bytes]
    statement: Mapping[str, Any] | None = None
    reconciled: bool | None = None

    @classmethod
    def of(cls, finish: Finish) -> Ending:
        """Pack equity, trades and fills."""
        result = finish.result
        return cls(
            status=result.status,
            finished_at=finish.finished_at,
            duration=finish.duration,
            bars=result.bars,
            digest=result.digest,
            warnings=result.warnings,
            error=result.error,
            metrics=finish.metrics,
            environment=finish.environment,
            tables={
                "equity": arrow.pack(arrow.equity_table(result.equity)),
                "trades": arrow.pack(arrow.trades_table(result.trades)),
                "fills": arrow.pack(arrow.fills_table(result.fills)),
            },
            statement=None if result.statement is None else result.statement.plain(),
            reconciled=result.reconciled,
        )


def to_text(start: Start, ending: Ending | None, login: str | None) -> str:
    """One JSON document; `ending` is None while the run is under way, `login` is who shall have recorded it."""
    record = asdict(start.record) | {"error": None, "warnings": [], "metrics": None}
    return json.dumps(
        {
            "version": VERSION,
            LOGIN: login,
            "record": record,
            "fingerprint": asdict(start.fingerprint),
            "config": start.config_text,
            "sources": [asdict(file) for file in start.sources],
            "months": dict(start.months),
            "labels": asdict(start.labels),
            "parts": [asdict(part) for part in start.parts],
            "group": None if start.group is None else asdict(start.group),
            "ending": None if ending is None else asdict(ending),
        },
        default=_plain,
        ensure_ascii=True,
        indent=1,
    )


def meant_for(lines: Iterable[str]) -> str | None:
    """The login of a text of `to_text`, from its third line alone; None for texts of earlier versions, and no texts."""
    line = next(islice(lines, 2, None), "").strip().rstrip(",")
    try:
        login = json.loads(f"{{{line}}}").get(LOGIN)
    except ValueError:
        return None
    return login if isinstance(login, str) else None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{value!r} cannot wait")


def from_text(text: str, sha256: Any) -> tuple[Start, Ending | None]:
    """The run of `to_text`; `sha256` names its configuration.

    Raises:
        ValueError: the text is none of a run, or of a version that is not known.
    """
    try:
        raw = json.loads(text)
        if raw["version"] != VERSION:
            raise ValueError(f"version {raw['version']} is not known")
        start = Start(
            record=_record(raw["record"]),
            fingerprint=Fingerprint(**raw["fingerprint"]),
            config_text=raw["config"],
            config_sha256=sha256(raw["config"]),
            sources=tuple(SourceFile(**file) for file in raw["sources"]),
            months=raw["months"],
            **_beside(raw),
        )
        return start, None if raw["ending"] is None else _ending(raw["ending"])
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a run: {error!r}") from error


def _beside(raw: dict[str, Any]) -> dict[str, Any]:
    """Labels, parts and group, which runs of earlier versions do not have."""
    labels, group = raw.get("labels") or {}, raw.get("group")
    return {
        "labels": Labels(**labels | {"tags": tuple(labels.get("tags", ()))}),
        "parts": tuple(Part(**part) for part in raw.get("parts") or ()),
        "group": None if group is None else Group(**group | {"group_id": UUID(group["group_id"])}),
    }


def _record(raw: dict[str, Any]) -> Record:
    read = dict(raw)
    for name in TIMES:
        read[name] = None if raw[name] is None else datetime.fromisoformat(raw[name])
    for name in IDS:
        read[name] = None if raw.get(name) is None else UUID(raw[name])
    read |= {
        "initial_capital": Decimal(raw["initial_capital"]),
        "status": Status(raw["status"]),
        "warnings": (),
        "tags": (),
    }
    known = {field.name for field in fields(Record)}
    return Record(**{name: value for name, value in read.items() if name in known})


def _ending(raw: dict[str, Any]) -> Ending:
    metrics = raw["metrics"]
    if metrics is not None:
        metrics = Metrics.read(metrics)
    return Ending(
        **raw
        | {
            "status": Status(raw["status"]),
            "finished_at": datetime.fromisoformat(raw["finished_at"]),
            "warnings": tuple(RunWarning(**warning) for warning in raw["warnings"]),
            "error": None if raw["error"] is None else Failure(**raw["error"]),
            "metrics": metrics,
            "tables": {name: b64decode(packed) for name, packed in raw["tables"].items()},
        }
    )
