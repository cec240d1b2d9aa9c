"""How an answer looks in a terminal: tables that fit it, nothing cut for a pipe, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from workbench.cli.wording import typed_here
from workbench.config import SETTINGS
from workbench.display.format import day, number, quantity, seconds
from workbench.errors import WorkbenchError
from workbench.metrics import registered
from workbench.verbs.run import Run

if TYPE_CHECKING:
    from workbench.catalog import ImportReport
    from workbench.comparison import Comparison

UNCUT = 100_000
"""Columns of a pipe or a file."""
NARROW = 80
"""A terminal with fewer columns than this wraps lines by itself: a table squeezed further would lose columns."""
WHOLE = frozenset({"Run", "Started UTC", "Status", "Period", "Entry", "Exit", "First", "Last"})
"""Columns of ids and times, which do not fold."""
USUAL = ("total_return", "sharpe_ratio", "max_drawdown", "total_trades")
STATUS_STYLES = {"completed": "green", "failed": "red", "interrupted": "yellow", "running": "cyan"}

# a name or a message must not move the cursor, colour the screen or begin a new line of a table
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_IN_A_TABLE = _CONTROLS | {ord("\n"): "\\n", ord("\t"): "\\t", ord("\r"): "\\r"}
_IN_LINES = {code: text for code, text in _CONTROLS.items() if chr(code) not in "\n\t"}


def console(*, stderr: bool = False) -> Console:
    """The terminal as it is now. Markup is off: what users name and what errors say is printed as it stands."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    made.width = max(made.width, NARROW) if made.is_terminal else UNCUT
    return made


def say(text: str = "", *, style: str = "") -> None:
    """Print text as it is, in lines of its own."""
    console().print(Text(text.translate(_IN_LINES), style=style), soft_wrap=True)


def complain(error: Exception) -> None:
    """Print one line on stderr, in the words of the command line."""
    text = error.told(typed_here) if isinstance(error, WorkbenchError) else str(error)
    line = " ".join(text.translate(_IN_LINES).split("\n"))
    console(stderr=True).print(Text.assemble(("error: ", "bold red"), line))


def print_json(value: Any) -> None:
    """Print strict JSON: times in ISO 8601, null for what is missing or not finite."""
    typer.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def print_csv(frame: Any) -> None:
    """Print a polars frame with its column names, times in ISO 8601, empty for what is missing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_plain(value) for value in row] for row in frame.rows())
    typer.echo(text.getvalue(), nl=False)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]], *, numbers: Sequence[str] = ()) -> None:
    """Print a table. Columns of `numbers` stand right; text folds where the terminal is narrow."""
    to = console()
    to.print(_table(to, heads, rows, numbers=numbers))


def _table(
    to: Console, heads: Sequence[str], rows: Iterable[Sequence[str | Text]], *, numbers: Sequence[str], gap: int = 2
) -> Table:
    bold = "bold" if to.is_terminal else ""
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style=bold, show_header=any(heads))
    for head in heads:
        whole = head in numbers or head in WHOLE
        # a number that lost its end would be another number: what must not fold ends in … where it does not fit
        table.add_column(
            head,
            justify="right" if head in numbers else "left",
            no_wrap=whole,
            overflow="ellipsis" if whole else "fold",
        )
    for row in rows:
        table.add_row(*(value if isinstance(value, Text) else cell(value) for value in row))
    return table


def cell(value: str, style: str = "") -> Text:
    """Text of one line for a table."""
    return Text(value.translate(_IN_A_TABLE), style=style)


def print_history(rows: Sequence[Mapping[str, Any]], metric: str | None = None) -> None:
    """Print runs: each on a line, with its full id, in a pipe; in a terminal on two where one is too narrow.

    With a `metric` that is not among the usual ones, it has a column of its own. So have names and tags where there are
    any; in a narrow terminal they stand below the instrument.
    """
    to = console()
    own = [] if metric is None or metric in USUAL else [_read_as(metric)]
    scores = [*(label for _, label, _ in own), "Return", "Sharpe", "Max DD", "Trades"]
    words = [_words(row, whole_id=not to.is_terminal) for row in rows]
    labels = [label for label in ("name", "tags") if any(row[label] for row in rows)]
    names = [[cell(row[label] or "") for label in labels] for row in rows]
    stacked = [_stacked(run, named) for run, named in zip(words, names, strict=True)]
    for heads, cells, right in (
        (
            [
                "Run",
                "Started UTC",
                "Status",
                "Strategy",
                "Instrument",
                "Period",
                *scores,
                *(label.capitalize() for label in labels),
            ],
            words,
            names,
        ),
        (["Run", "Started UTC", "Strategy", "Period", *scores], stacked, [[] for _ in rows]),
    ):
        lines = [
            [*left, *(cell(number(row[name], unit)) for name, _, unit in own), *_scores(row), *last]
            for left, row, last in zip(cells, rows, right, strict=True)
        ]
        for gap in (2, 1):
            table = _table(to, heads, lines, numbers=scores, gap=gap)
            if Measurement.get(to, to.options.update(width=UNCUT), table).maximum <= to.width:
                to.print(table)
                return
    to.print(table)


def _read_as(metric: str) -> tuple[str, str, str]:
    """Name, label and unit of a metric; one that this process does not know is a plain number."""
    spec = registered().get(metric)
    return (metric, metric, "ratio") if spec is None else (metric, spec.label, spec.unit)


def _words(row: Mapping[str, Any], *, whole_id: bool) -> list[Text]:
    first, last = day(row["period_start"]), day(row["period_end"])
    return [
        cell(row["run_id"] if whole_id else row["run_id"][:8], "bold"),
        cell(f"{row['started_at']:%Y-%m-%d %H:%M}"),
        cell(f"{row['status']}{' ≠' if row['reconciled'] == 'no' else ''}", STATUS_STYLES.get(row["status"], "")),
        cell(row["strategy_name"]),
        cell(row["instrument_id"]),
        cell(f"{first}/{last}"),
    ]


def _stacked(words: Sequence[Text], labels: Sequence[Text]) -> list[Text]:
    """Two lines for what does not fit on one, and one for each label that the run has."""
    run, started, status, strategy, instrument, period = words
    return [
        Text("\n").join([run, status]),
        Text("\n").join(started.split(" ")),
        Text("\n").join([strategy, instrument, *filter(None, labels)]),
        Text("\n").join(period.split("/")),
    ]


def _scores(row: Mapping[str, Any]) -> list[Text]:
    units = ("fraction", "ratio", "fraction", "count")
    return [cell(number(row[name], unit)) for name, unit in zip(USUAL, units, strict=True)]


def print_run(run: Run) -> None:
    """Print the card, the full id on a line of its own."""
    card = run.card()
    say(card.title, style="bold")
    say(run.id, style="cyan")
    say(card.subtitle.replace(f" run {run.id}:", ""), style=STATUS_STYLES[run.status.value])
    say(card.text().partition(f"{card.subtitle}\n")[2])


def print_details(run: Run, rows: Iterable[Mapping[str, str]]) -> None:
    """Print what is known of a run, in sections; a failed one ends in its full trace."""
    to = console()
    for section, known in groupby(rows, key=lambda row: row["section"]):
        to.print(Text(section.capitalize(), style="bold"))
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        grid.add_column(min_width=20, no_wrap=True)
        grid.add_column(overflow="fold")
        for row in known:
            if (section, row["name"]) != ("error", "trace"):
                grid.add_row(cell(f"  {row['name']}"), cell(_readable(run, section, row, short=to.is_terminal)))
        to.print(grid)
    if run.error is not None:
        say(run.error.trace.rstrip("\n"))


def _readable(run: Run, section: str, row: Mapping[str, str], *, short: bool) -> str:
    """Times to the second and metrics with their unit; hashes cut in a terminal, where nobody copies them."""
    name, value = row["name"], row["value"]
    if section == "run" and isinstance(moment := getattr(run.record, name, None), datetime):
        return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    if section == "market" and name in SETTINGS and SETTINGS[name].unit == "time":
        return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M:%S} UTC"
    if section == "run" and name == "duration" and value:
        return seconds(float(value))
    if section == "metrics" and name in registered():
        unit = registered()[name].unit
        if unit == "time" and value:
            return day(datetime.fromisoformat(value))
        return number(float(value) if value else None, unit, run.record.currency)
    return value[:12] if short and re.fullmatch("[0-9a-f]{64}", value) else value


def print_comparison(comparison: Comparison) -> None:
    """Print runs side by side: all with their full ids in a pipe; in a terminal as many beside each other as fit."""
    to = console()
    everyone = list(range(len(comparison.run_ids)))
    while everyone:
        shown = len(everyone)
        table = _side_by_side(to, comparison, everyone)
        while shown > 1 and Measurement.get(to, to.options.update(width=UNCUT), table).maximum > to.width:
            shown -= 1
            table = _side_by_side(to, comparison, everyone[:shown])
        to.print(table)
        everyone = everyone[shown:]
        if everyone:
            to.print()
    if not comparison.rows:
        say("The runs do not differ.")
    for note in comparison.notes:
        say(f"- {note}", style="yellow")


def _side_by_side(to: Console, comparison: Comparison, positions: Sequence[int]) -> Table:
    ids, shown = (comparison.short_ids, _both_ends) if to.is_terminal else (comparison.run_ids, str)
    heads = [ids[position] for position in positions]
    lines: list[list[str | Text]] = []
    for section, rows in groupby(comparison.rows, key=lambda row: row.section):
        lines.append([cell(section.capitalize(), "bold"), *[""] * (len(positions) + 1)])
        lines += [
            [
                f"  {row.label}",
                "≠" if row.differs else "",
                *(cell(f"★ {shown(row.show(p))}", "bold") if p in row.best else shown(row.show(p)) for p in positions),
            ]
            for row in rows
        ]
    return _table(to, ["Run", "≠", *heads], lines, numbers=heads)


def _both_ends(text: str) -> str:
    """What leaves room for other runs; of a long path the end tells."""
    return text if len(text) <= 24 else f"{text[:11]}…{text[-12:]}"


def print_trades(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print round trips, oldest first."""
    if not rows:
        say("No trades.")
        return
    numbers = ["Quantity", "In at", "Out at", "Profit", "Return"]
    print_table(
        ["Side", "Entry", "Exit", *numbers],
        (
            [
                row["side"].lower(),
                day(row["entry_time"]),
                day(row["exit_time"]),
                quantity(row["quantity"]),
                quantity(row["entry_price"]),
                quantity(row["exit_price"]),
                number(row["pnl"], "money", row["currency"]),
                number(row["return"], "fraction"),
            ]
            for row in rows
        ),
        numbers=numbers,
    )


def print_data(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print what the catalog has."""
    print_table(
        ["Instrument", "Bars", "First", "Last", "Rows", "Source"],
        (
            [one["instrument_id"], one["bar"], day(one["first"]), day(one["last"]), f"{one['rows']:,}", one["source"]]
            for one in rows
        ),
        numbers=["Rows"],
    )


def print_reports(reports: Iterable[ImportReport], *, as_json: bool) -> None:
    """Print what imports brought in, each warning below its own."""
    if as_json:
        print_json([_report(one) for one in reports])
        return
    for report in reports:
        say(str(replace(report, warnings=())))
        for warning in report.warnings:
            say(f"  warning: {warning}", style="yellow")


def _report(report: ImportReport) -> dict[str, Any]:
    known = asdict(report)
    for name in ("first", "last"):
        known[name] = datetime.fromtimestamp(known.pop(f"{name}_ns") / 1e9, UTC)
    return known


def facts(run: Run) -> dict[str, Any]:
    """A run as one JSON object: its record, metrics by their public names, and the whole configuration."""
    known = asdict(run.record)
    metrics = known.pop("metrics")
    return known | {"metrics": metrics, "config": json.loads(run.config.text())}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def objects(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame; parameters as an object instead of its text."""
    rows = frame.to_dicts()
    return [row | {"params": json.loads(row["params"])} if "params" in row else row for row in rows]
