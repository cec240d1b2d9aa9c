"""The commands about runs: each one verb and one table."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.options import (
    AsCsv,
    CommandGroup,
    Json,
    Name,
    Note,
    RunId,
    Tags,
    check_one_format,
    group,
    opened,
    term_options,
)
from workbench.cli.running import ended_in_words, find_strategies_here, named_values
from workbench.cli.terminal import (
    facts,
    objects,
    print_comparison,
    print_csv,
    print_details,
    print_history,
    print_json,
    print_run,
    print_table,
    print_trades,
    say,
)
from workbench.errors import DatabaseUnavailable, InvalidInput

BUILT_IN = ("sma_crossover", "mean_reversion", "momentum")

app = group(
    cls=CommandGroup,
    add_completion=False,
    help="Backtests with NautilusTrader, every one recorded. An id may be shortened to any unique start of it.",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        say(f"ntrader {version('nautilus-workbench')}, NautilusTrader {version('nautilus_trader')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """What goes before any command."""


@app.command()
@term_options
def run(
    ctx: typer.Context,
    strategy: Annotated[
        str | None,
        typer.Argument(metavar="STRATEGY", help="A name or key of 'ntrader strategies', or package.module:Class."),
    ] = None,
    instrument: Annotated[
        str | None, typer.Option(help="An id of 'ntrader data list'; AAPL will do for AAPL.NASDAQ.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The JSON of a NautilusTrader BacktestRunConfig."),
    ] = None,
    bar: Annotated[str | None, typer.Option(help="Which bars, such as 1d, if the instrument has several.")] = None,
    start: Annotated[str | None, typer.Option(help="First day or moment (UTC); that of the data if left out.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day or moment, included.")] = None,
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter; may be repeated.")] = None,
    name: Name = None,
    tag: Tags = None,
    note: Note = None,
    as_json: Json = False,
    **terms: Any,
) -> None:
    """Run one backtest and record it."""
    params = named_values(param or [], "--param")
    request = _what(ctx, strategy, instrument, config)
    if config or ":" in str(strategy):
        find_strategies_here()
    with opened() as wb, ended_in_words(wb, as_json=as_json):
        done = wb.run(
            request,
            instrument=instrument,
            bar=bar,
            start=start,
            end=end,
            params=params,
            name=name,
            tags=tag or (),
            note=note,
            **terms,
        )
        print_json(facts(wb.get(done.id))) if as_json else print_run(done)


def _what(ctx: typer.Context, strategy: str | None, instrument: str | None, file: Path | None) -> Any:
    """The strategy, or the configuration in a file."""
    from workbench.engine import native

    if file is None:
        if strategy is None:
            ctx.fail("Missing argument 'STRATEGY', or option '--config'.")
        if instrument is None:
            ctx.fail("Missing option '--instrument'.")
        return strategy
    if strategy is not None:
        raise InvalidInput(f"{strategy!r} and --config {file} are two runs. Leave one out.")
    try:
        return native().parse_config(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--config {file} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    except InvalidInput as error:
        raise InvalidInput(f"--config {file}: {error}") from error


@app.command()
def show(
    run_id: RunId,
    trades: Annotated[bool, typer.Option("--trades", help="Only its trades.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Only the stack trace of a failed run.")] = False,
    as_json: Json = False,
) -> None:
    """Show all that is known of one run.

    Settings, data, metrics, warnings; of a failed run the error with its whole trace.
    """
    if trades and trace:
        raise InvalidInput("--trades and --trace are two answers. Leave one out.")
    with opened() as wb:
        run = wb.get(run_id)
        if trace:
            if run.error is None:
                raise InvalidInput(f"run {run.id[:8]} is {run.status}: it has no stack trace.")
            print_json(asdict(run.error)) if as_json else say(run.error.trace.rstrip("\n"))
        elif trades:
            rows = run.trades(frame="polars").to_dicts()
            print_json(rows) if as_json else print_trades(rows)
        elif as_json:
            print_json(facts(run))
        else:
            print_details(run, wb.details(run, frame="polars").to_dicts())


@app.command()
def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="ID ID ...", help="2 to 10 ids, or unique starts of ids.")],
    only_differences: Annotated[bool, typer.Option("--only-differences", help="Leave out what is equal.")] = False,
    as_json: Json = False,
    as_csv: AsCsv = False,
) -> None:
    """Put runs side by side, what differs and which is best marked."""
    check_one_format(as_json=as_json, as_csv=as_csv)
    with opened() as wb:
        compared = wb.compare(*run_ids, only_differences=only_differences, frame="polars")
        if as_json:
            print_json({"rows": compared.to_dicts(), "notes": compared.notes})
        elif as_csv:
            print_csv(compared)
            for note in compared.notes:
                typer.echo(note, err=True)
        else:
            print_comparison(compared.comparison)


@app.command()
def export(
    run_id: RunId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write a run as a file that NautilusTrader can run.

    The JSON of a BacktestRunConfig. Anything such a file cannot express is reported.
    """
    with opened() as wb:
        written = wb.export_config(run_id, file, overwrite=overwrite)
        print_json({"file": str(written)}) if as_json else say(f"wrote {written}")


@app.command()
def tag(
    run_id: RunId,
    add: Annotated[list[str] | None, typer.Argument(metavar="TAG ...", help="Tags to put on it.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take off; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Put tags on a run, or take some off."""
    with opened() as wb:
        tagged = wb.tag(run_id, add or (), remove=remove or ())
        if as_json:
            print_json({"run_id": tagged.id, "tags": tagged.tags})
        else:
            say(f"{tagged.id}: {', '.join(tagged.tags) or 'no tags'}")


@app.command()
def note(
    run_id: RunId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note. Notes are never changed.")],
    name: Annotated[str | None, typer.Option(help="What to call the run from now on.")] = None,
    as_json: Json = False,
) -> None:
    """Write a note beside a run."""
    with opened() as wb:
        noted = wb.note(run_id, text, name=name)
        if as_json:
            print_json({"run_id": noted.id, "name": noted.name, "notes": noted.notes})
        else:
            say(f"{noted.id}: {len(noted.notes):,} note{'s' * (len(noted.notes) > 1)}")


@app.command()
def delete(
    run_id: RunId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Delete it even while it runs.")] = False,
) -> None:
    """Remove a run and all that hangs on it.

    Asks first. This cannot be undone.
    """
    with opened() as wb:
        run = wb.get(run_id)
        if not yes:
            say(f"{run.id}: {run.strategy} on {run.record.instrument_id}, {run.status.value}")
            try:
                yes = typer.confirm("Delete it? This cannot be undone.", err=True)
            except typer.Abort:  # nobody is there to answer
                typer.echo(err=True)
        if not yes:
            raise InvalidInput("nothing was deleted. Answer y, or type --yes.")
        wb.delete(run, force=force)
        say(f"deleted {run.id}")


@app.command()
def strategies(as_json: Json = False) -> None:
    """List what can be run.

    The built-in strategies and those of installed packages, with their parameters and defaults.
    """
    with opened() as wb:
        rows = wb.strategies(frame="polars").to_dicts()
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Key", "Type", "Parameters and defaults", "What it does"],
        ([row["key"], row["strategy_type"], row["parameters"], row["help"]] for row in rows),
    )


@app.command()
def demo(as_json: Json = False) -> None:
    """Run three strategies on real prices.

    The built-in ones, on daily bars of Apple from 2000 to 2013. Imports the sample data first.
    """
    with opened() as wb:
        wb.history(limit=1)  # begins the server, which status would not wait for
        place = wb.status()
        if place["schema"] is None:  # a demonstration of a record needs one
            raise DatabaseUnavailable(place["database"])
        tell = _silent if as_json else say
        tell(f"Your record is kept in {place['home']}", style="bold")
        tell(f"Database: {place['database']}\n")
        for report in wb.import_sample():
            came = "imported" if report.added else "already there"
            tell(f"  {report.instrument_id:<12} {report.rows:>5,} daily bars, {came}")
        tell("\nThree strategies on AAPL.NASDAQ, 2000-03-01 to 2013-03-01, 10,000 USD each:")
        ids = []
        for strategy in BUILT_IN:
            done = wb.run(strategy, instrument="AAPL.NASDAQ", bar="1d", capital="10000 USD")
            ids.append(done.id)
            tell(f"  {done.id}  {done.strategy}, {done.status.value}")
        runs = wb.history(frame="polars")
        if as_json:
            print_json({**place, "runs": [row for row in objects(runs) if row["run_id"] in ids]})
            return
        say("\nThe newest runs of the record:\n")
        print_history(runs.to_dicts())
        say(NEXT.format(id=ids[0][:8], activate=_activate()))


NEXT = """
What to type next:
  make lab                             JupyterLab on the notebooks
{activate}  ntrader history                      the record; ntrader history --help has the filters
  ntrader show {id}                settings, metrics and code of a run
  ntrader run momentum --instrument MSFT --param lookback=60
In Python:
  import workbench as wb; wb.history()"""


def _activate() -> str:
    """The line that is needed first where this program is not on the path."""
    if shutil.which("ntrader"):
        return ""
    script = Path(sys.prefix, "bin", "activate")
    here = script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script
    return f"  {f'. {here}':<36} so that ntrader and python are found\n"


def _silent(text: str = "", *, style: str = "") -> None:
    """Say nothing where only JSON is wanted."""
