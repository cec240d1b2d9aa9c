"""Metrics of the equity curve: what was earned, how evenly, and how deep it fell on the way."""

from __future__ import annotations

import math

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.metrics.registry import Reason, standard_metric
from workbench.metrics.sample import Sample, change
from workbench.metrics.trading_days import DAY

NOISE = 16 * float(np.finfo(np.float64).eps)
"""Below this a return is what rounding left of a zero; a ratio to it would be a huge number that means nothing."""

YEAR = 365.25 * DAY
"""Nanoseconds of a year."""


def _explodes(sample: Sample) -> bool:
    return math.isinf(cagr(sample.time, sample.equity, sample.initial_capital))


_BARS = (
    Reason("no bar", lambda s: s.equity.size == 0),
    Reason("the equity curve holds a value that is not finite", lambda s: not np.isfinite(s.equity).all()),
    Reason("initial capital is not positive", lambda s: s.initial_capital <= 0),
)
_DAYS = (
    *_BARS,
    Reason("fewer than two days", lambda s: s.returns.size < 2),
    Reason("account value is not positive", lambda s: bool((s.daily_equity[:-1] <= 0).any())),
)
_YEARS = (
    *_BARS,
    Reason("account value is not positive", lambda s: bool(s.equity[-1] <= 0)),
    Reason("the period is shorter than a day", lambda s: bool(s.time[-1] - s.time[0] < DAY)),
    Reason("growth too large to annualise", _explodes),
)


@standard_metric(
    first=True, by_strategy=True, higher_is_better=True, unit="fraction", allowed=(-1.0, 100.0), unless=_BARS
)
def total_return(equity: FloatArray, initial_capital: float) -> float:
    """Measure what the whole run earned on the initial capital.

    Args:
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: account value before the first bar, in the same currency.

    Returns:
        A fraction, 0.5 for half as much again; NaN without a bar or without capital.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 2.
    """
    return float(equity[-1] / initial_capital - 1.0) if equity.size and initial_capital > 0 else math.nan


@standard_metric(higher_is_better=True, label="CAGR", unit="fraction", unless=_YEARS)
def cagr(time: Int64Array, equity: FloatArray, initial_capital: float) -> float:
    """Measure the yearly growth that gives the same result, over calendar time at 365.25 days a year.

    Args:
        time: bar closes, ns UTC, ascending, shape ``(n,)``; the period is from the first to the last.
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: account value before the first bar, in the same currency.

    Returns:
        A fraction > -1; NaN if the period is shorter than a day or the account does not start and end above zero.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 2.
    """
    if equity.size == 0 or time[-1] - time[0] < DAY or equity[-1] <= 0 or initial_capital <= 0:
        return math.nan
    return float(np.power(equity[-1] / initial_capital, YEAR / (time[-1] - time[0])) - 1.0)


@standard_metric(
    first=True,
    by_strategy=True,
    higher_is_better=True,
    allowed=(-10.0, 10.0),
    unless=_DAYS,
    undefined="returns never vary",
)
def sharpe_ratio(returns: FloatArray, periods_per_year: int, risk_free: float = 0.0) -> float:
    """Measure the mean excess return per unit of its standard deviation (ddof 1), annualised by the root of time.

    Args:
        returns: simple returns per period, shape ``(d,)``, fractions.
        periods_per_year: 252 for daily returns of an exchange, 365 around the clock.
        risk_free: rate per year, a fraction; ``risk_free / periods_per_year`` is taken off each return.

    Returns:
        A ratio; NaN for fewer than two returns, or if they never vary.

    Source: Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21(1); annualised as in Lo (2002),
        "The Statistics of Sharpe Ratios", Financial Analysts Journal 58(4), for independent returns.
    """
    if returns.size < 2:
        return math.nan
    excess = returns - risk_free / periods_per_year
    deviation = excess.std(ddof=1)
    return math.nan if deviation <= NOISE else float(excess.mean() / deviation * math.sqrt(periods_per_year))


@standard_metric(higher_is_better=True, unless=_DAYS, undefined="no day below the target")
def sortino_ratio(returns: FloatArray, periods_per_year: int, risk_free: float = 0.0) -> float:
    """Measure the mean excess return per unit of target downside deviation, annualised by the root of time.

    The deviation is the root of the mean square of the shortfalls over **all** periods, those without one count as 0.

    Args:
        returns: simple returns per period, shape ``(d,)``, fractions.
        periods_per_year: 252 for daily returns of an exchange, 365 around the clock.
        risk_free: the target, a rate per year, a fraction; ``risk_free / periods_per_year`` is taken off each return.

    Returns:
        A ratio; NaN for fewer than two returns; infinity if the mean is above the target and no return below it,
        NaN if neither.

    Source: Sortino & Price (1994), "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3);
        over all periods as in Rollinger & Hoffman (2013), "Sortino: A 'Sharper' Ratio", Red Rock Capital.
    """
    if returns.size < 2:
        return math.nan
    excess = returns - risk_free / periods_per_year
    mean = float(excess.mean())
    downside = math.sqrt(np.square(np.minimum(excess, 0.0)).mean())
    if downside <= NOISE:
        return math.inf if mean > NOISE else math.nan
    return mean / downside * math.sqrt(periods_per_year)


@standard_metric(
    first=True, by_strategy=True, higher_is_better=True, unit="fraction", allowed=(-1.0, 0.0), unless=_BARS
)
def max_drawdown(equity: FloatArray, initial_capital: float | None = None) -> float:
    """Measure the deepest fall of the equity curve below its running peak.

    Args:
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: the first peak; the first value of `equity` if None.

    Returns:
        A fraction <= 0, so -0.25 lost a quarter; 0.0 if equity never fell, NaN if empty.

    Source: Magdon-Ismail & Atiya (2004), "Maximum drawdown", Risk 17(10).
    """
    return float(drawdown(equity, initial_capital).min()) if equity.size else math.nan


@standard_metric(
    name="max_drawdown_at",
    higher_is_better=None,
    label="Max drawdown on",
    unit="time",
    unless=_BARS,
    undefined="the account never lost value",
)
def max_drawdown_ns(time: Int64Array, equity: FloatArray, initial_capital: float | None = None) -> int | None:
    """Find when the deepest drawdown was reached.

    Args:
        time: bar closes, ns UTC, shape ``(n,)``.
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: the first peak; the first value of `equity` if None.

    Returns:
        The close of the first bar at the trough, ns UTC; None if equity never fell, is empty or not finite.

    Source: Magdon-Ismail & Atiya (2004), "Maximum drawdown", Risk 17(10).
    """
    depth = drawdown(equity, initial_capital)
    return int(time[depth.argmin()]) if depth.size and depth.min() < 0 else None


@standard_metric(higher_is_better=False, unit="fraction", unless=_DAYS)
def volatility(returns: FloatArray, periods_per_year: int) -> float:
    """Measure the standard deviation (ddof 1) of returns, annualised by the square root of time.

    Args:
        returns: simple returns per period, shape ``(d,)``, fractions.
        periods_per_year: 252 for daily returns of an exchange, 365 around the clock.

    Returns:
        A fraction >= 0; NaN for fewer than two returns.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 4.
    """
    return float(returns.std(ddof=1) * math.sqrt(periods_per_year)) if returns.size >= 2 else math.nan


@standard_metric(higher_is_better=True, unless=_YEARS, undefined="the account never lost value")
def calmar_ratio(time: Int64Array, equity: FloatArray, initial_capital: float) -> float:
    """Measure yearly growth per unit of maximum drawdown, over the whole run (Young took the last 36 months).

    Args:
        time: bar closes, ns UTC, ascending, shape ``(n,)``.
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: account value before the first bar, in the same currency.

    Returns:
        A ratio with the sign of the growth; NaN without a drawdown or where `cagr` is NaN.

    Source: Young (1991), "Calmar Ratio: A Smoother Tool", Futures 20(1).
    """
    deepest = -max_drawdown(equity, initial_capital)
    return math.nan if deepest <= NOISE else cagr(time, equity, initial_capital) / deepest


@standard_metric(higher_is_better=None, unit="count", unless=_BARS[:1])
def periods_per_year(sample: Sample) -> int:
    """Give the periods that a year has, by which volatility, Sharpe and Sortino are annualised.

    Returns:
        A number: as measured by the trading days of the market that have a bar, 252 for most exchanges; where those are
        too few to tell, as usual for such an instrument.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 4.
    """
    return sample.periods_per_year


@standard_metric(exact=True, higher_is_better=True, unit="money", unless=_BARS[:2])
def final_balance(equity: FloatArray) -> float:
    """Give the account's value at the last bar, open positions at their price.

    Args:
        equity: account value per bar, shape ``(n,)``, marked to market.

    Returns:
        Money in the account's currency; NaN if empty.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 2.
    """
    return float(equity[-1]) if equity.size else math.nan


def drawdown(equity: FloatArray, initial_capital: float | None = None) -> FloatArray:
    """Measure each bar against the highest value up to it.

    Args:
        equity: account value per bar, shape ``(n,)``, marked to market.
        initial_capital: the first peak; the first value of `equity` if None.

    Returns:
        Fractions <= 0, shape ``(n,)``, below -1 where the account owes money; NaN while the peak is not positive.

    Source: Magdon-Ismail & Atiya (2004), "Maximum drawdown", Risk 17(10).
    """
    peak = np.maximum.accumulate(equity)
    if initial_capital is not None:
        np.maximum(peak, initial_capital, out=peak)
    return change(peak, equity)
