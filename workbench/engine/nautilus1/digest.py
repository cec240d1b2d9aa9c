"""What a run did, in one digest: equal behaviour has an equal digest, in any process and on any day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.runs import Fill


def digest(cache: Any, fills: Sequence[Fill]) -> str:
    """SHA-256 of every fill and every account state, oldest first, as 64 hexadecimal digits.

    Left out is what differs between equal runs or between versions of the engine: ids of events, orders, positions
    and trades, and the time on the wall.
    """
    lines = [*_fills(fills), *_accounts(cache)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fills(fills: Sequence[Fill]) -> Iterator[str]:
    # repr: the shortest text that gives the same float back
    for fill in fills:
        yield (
            f"fill {fill.time} {fill.instrument_id} {fill.side} {fill.quantity!r} {fill.price!r} "
            f"{fill.commission!r} {fill.currency} {fill.liquidity}"
        )


def _accounts(cache: Any) -> Iterator[str]:
    for account in sorted(cache.accounts(), key=lambda account: str(account.id)):
        for state in account.events:
            balances = sorted(f"{balance.total} {balance.locked}" for balance in state.balances)
            yield f"account {account.id} {state.ts_event} {' '.join(balances)}"
