"""Values in JSON, which has no index for ranges of numbers and no statistics of what is common.

Each number of a run's parameters gets marks: its place on a scale from fine to coarse, under its dotted name. A range
of any width is then a few marks, which an inverted index finds. A text or a truth has one mark; each parameter has one
more, that says it is there. How many runs have a mark is what the server counts when it analyzes the table.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from decimal import Decimal

BITS = 20
COARSER = (0, 8, 12)
"""A number's place is the first bits of its double: 256 to an octave. Its other marks have so many bits less."""
PRESENCE = -1
"""The mark of a parameter that is there, whatever it is."""

# No function of ours is called inside: when an index is built, the search path is empty.
FUNCTIONS = (
    """
create function name_marks(name text, places bigint[], words text[]) returns bigint[]
    language sql immutable strict parallel safe
    return (
        select array_agg(hashtextextended(name, place))
        from (select unnest(places) union all select hashtextextended(word, -2) from unnest(words) word) at(place)
    )
""",
    """
create function param_marks(params jsonb) returns bigint[]
    language plpgsql immutable strict parallel safe cost 10000 as $$
declare
    marks bigint[] := '{}';
    objects jsonb[] := array[params];
    prefixes text[] := '{""}';
    at int := 1;
    name text;
    value jsonb;
    number numeric;
    bits bytea;
    place bigint;
begin
    while at <= cardinality(objects) loop
        for name, value in select * from jsonb_each(objects[at]) loop
            name := prefixes[at] || name;
            marks := marks || hashtextextended(name, -1);
            case jsonb_typeof(value)
            when 'object' then
                objects := objects || value;
                prefixes := prefixes || (name || '.');
            when 'number' then
                number := value;
                bits := float8send((case when abs(number) < 1e-300 then 0 else least(abs(number), 1e300) end)::float8);
                place := (get_byte(bits, 0) << 12) | (get_byte(bits, 1) << 4) | (get_byte(bits, 2) >> 4);
                place := case when number < 0 then -place - 1 else place end;
                marks := marks || array[
                    hashtextextended(name, 524288 + place),
                    hashtextextended(name, 1572864 + (place >> 8)),
                    hashtextextended(name, 2621440 + (place >> 12))
                ];
            when 'array' then
                null;
            else
                marks := marks || hashtextextended(name, hashtextextended(coalesce(value #>> '{}', 'null'), -2));
            end case;
        end loop;
        at := at + 1;
    end loop;
    return marks;
end $$
""",
)


def of_range(low: Decimal | None, high: Decimal | None) -> Iterator[int]:
    """The marks of all numbers from low to high, and of few others: fine ones at the ends, coarse ones between."""
    first = _place(low) if low is not None else -(1 << BITS - 1)
    last = _place(high) if high is not None else (1 << BITS - 1) - 1
    for level, shift in enumerate(COARSER):
        wider = COARSER[level + 1] - shift if level + 1 < len(COARSER) else None
        while first <= last and (wider is None or first % 2**wider):
            yield _mark(level, first)
            first += 1
        while first <= last and wider is not None and (last + 1) % 2**wider:
            yield _mark(level, last)
            last -= 1
        if first > last or wider is None:
            return
        first, last = first >> wider, last >> wider


def _mark(level: int, place: int) -> int:
    return (level << BITS) + place + (1 << BITS - 1)


def _place(number: Decimal) -> int:
    """Where a number lies on the scale of marks: the first bits of its double, in the order of the numbers."""
    size = 0.0 if abs(number) < _SMALLEST else float(min(abs(number), _LARGEST))
    bits = int.from_bytes(struct.pack(">d", size), "big") >> 64 - BITS
    return -bits - 1 if number < 0 else bits


_SMALLEST, _LARGEST = Decimal("1e-300"), Decimal("1e300")
