"""A configuration in two parts: what the runs of a search have in common, and what is each one's own.

Of two kilobytes a hundred bytes differ from run to run. The text is cut, not rebuilt: put together again it is byte for
byte what its digest was made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from workbench.config import Snapshot, canonical

CONFIG_TEXT = """
create function config_text(parts text[], own json) returns text
    language sql immutable strict parallel safe
    return (
        select string_agg(part || coalesce(value::text, ''), '' order by place)
        from unnest(parts) with ordinality common(part, place)
        left join json_array_elements(own) with ordinality each(value, place) using (place)
    )
"""


def split(text: str) -> tuple[list[str], str]:
    """The parts that are common, and the JSON array of what stands between them."""
    mark = "own"
    while f'"{mark}"' in text:
        mark += "'"
    own = []
    whole = json.loads(text)
    for holder, name in _found(whole):
        own.append(canonical(holder[name]))
        holder[name] = mark
    parts = canonical(whole).split(f'"{mark}"')
    # a text of some other make stays in one piece
    return (parts, f"[{','.join(own)}]") if _joined(parts, own) == text else ([text], "[]")


def whole(parts: Sequence[str], own: Sequence[Any]) -> str:
    """The text of both, as the database's own function gives it, which takes longer."""
    return _joined(parts, [canonical(part) for part in own])


class Common:
    """What configurations have in common, read once; its values are the same objects in all of them."""

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = parts
        self.read = Snapshot.parse("null".join(parts))

    def snapshot(self, own: Sequence[Any]) -> Snapshot:
        """The configuration of both parts."""
        common, strategies, venues = self.read, self.read.strategies, self.read.venues
        if common.native is not None or len(own) != len(strategies) + len(venues):
            return Snapshot.parse(whole(self.parts, own))
        params, seeds = own[: len(strategies)], own[len(strategies) :]
        if any(seed is not None for seed in seeds):
            pairs = zip(venues, seeds, strict=True)
            venues = tuple([replace(venue, fill=replace(venue.fill, seed=seed)) for venue, seed in pairs])
        uses = [replace(use, params=chosen) for use, chosen in zip(strategies, params, strict=True)]
        return replace(common, strategies=tuple(uses), venues=venues)


def _joined(parts: Sequence[str], own: Sequence[str]) -> str:
    return "".join(part + each for part, each in zip_longest(parts, own, fillvalue=""))


def _found(whole: Any) -> list[tuple[Any, str]]:
    try:
        return list(_places(whole))
    except (AttributeError, KeyError, TypeError):  # of some other make
        return []


def _places(whole: Any) -> Iterator[tuple[Any, str]]:
    """Where what is searched for stands, in the order of the text: parameters, and seeds."""
    uses = whole.get("strategies") or []
    native = ((whole.get("native") or {}).get("engine") or {}).get("strategies") or []
    for use, theirs in zip(uses, native, strict=False):
        for name in sorted(use["params"]):
            if name in theirs["config"]:
                yield theirs["config"], name
    for use in uses:
        yield use, "params"
    for venue in whole.get("venues") or []:
        yield venue["fill"], "seed"
