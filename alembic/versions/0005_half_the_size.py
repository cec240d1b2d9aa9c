"""Half the size a run: what configurations have in common is stored once. Every filter has statistics or an index."""

import hashlib
import json
from itertools import zip_longest

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RUNS = "backtest_runs"
AT_ONCE = 1000
KINDS = {
    "strategy": ("strategy_key", "strategy_type", "instrument_id", "status"),
    "strategy_type": ("strategy_type", "instrument_id", "status"),
    "instrument": ("instrument_id", "status"),
}

NAME_MARKS = """
create function name_marks(name text, places bigint[], words text[]) returns bigint[]
    language sql immutable strict parallel safe
    return (
        select array_agg(hashtextextended(name, place))
        from (select unnest(places) union all select hashtextextended(word, -2) from unnest(words) word) at(place)
    )
"""
NAME_MARKS_BEFORE = """
create function name_marks(name text, places bigint[]) returns bigint[]
    language sql immutable strict parallel safe
    return (select array_agg(hashtextextended(name, place)) from unnest(places) place)
"""
_MARKS = """
create or replace function param_marks(params jsonb) returns bigint[]
    language plpgsql immutable strict parallel safe cost 10000 as $$
declare
    marks bigint[] := '{{}}';
    objects jsonb[] := array[params];
    prefixes text[] := '{{""}}';
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
            {object}
                objects := objects || value;
                prefixes := prefixes || (name || '.');
            {number}
                number := value;
                bits := float8send((case when abs(number) < 1e-300 then 0 else least(abs(number), 1e300) end)::float8);
                place := (get_byte(bits, 0) << 12) | (get_byte(bits, 1) << 4) | (get_byte(bits, 2) >> 4);
                place := case when number < 0 then -place - 1 else place end;
                marks := marks || array[
                    hashtextextended(name, 524288 + place),
                    hashtextextended(name, 1572864 + (place >> 8)),
                    hashtextextended(name, 2621440 + (place >> 12))
                ];
            {end}
        end loop;
        at := at + 1;
    end loop;
    return marks;
end $$
"""
PARAM_MARKS = _MARKS.format(
    object="case jsonb_typeof(value)\n            when 'object' then",
    number="when 'number' then",
    end="""when 'array' then
                null;
            else
                marks := marks || hashtextextended(name, hashtextextended(coalesce(value #>> '{}', 'null'), -2));
            end case;""",
)
PARAM_MARKS_BEFORE = _MARKS.format(
    object="if jsonb_typeof(value) = 'object' then", number="elsif jsonb_typeof(value) = 'number' then", end="end if;"
)

RULES = (
    """
create function config_text(parts text[], own json) returns text
    language sql immutable strict parallel safe
    return (
        select string_agg(part || coalesce(value::text, ''), '' order by place)
        from unnest(parts) with ordinality common(part, place)
        left join json_array_elements(own) with ordinality each(value, place) using (place)
    )
""",
    """
create or replace function drop_unused_config() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    delete from run_configs c where c.config_sha256 = old.config_sha256
        and not exists (select from backtest_runs r where r.config_sha256 = old.config_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    """
create function drop_unused_base() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    delete from config_bases b where b.base_sha256 = old.base_sha256
        and not exists (select from run_configs c where c.base_sha256 = old.base_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    """
create or replace function drop_unused_source() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    delete from source_files f where f.source_sha256 = old.source_sha256
        and not exists (select from config_sources c where c.source_sha256 = old.source_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    "create statistics backtest_runs_kinds (mcv) on strategy_key, strategy_type, instrument_id, status "
    "from backtest_runs",
    "alter statistics backtest_runs_kinds set statistics 300",
)
TRIGGERS = {
    "run_configs": ("drop_unused_base after delete", "refuse_change before update"),
    "config_bases": ("refuse_change before update",),
    "config_sources": ("drop_unused_source after delete", "refuse_change before update"),
}


def sha256(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"octet_length({name}_sha256) = 32", name=op.f(f"{TABLE_OF[name]}_sha256_is_32_bytes"))


TABLE_OF = {"base": "config_bases", "config": "run_configs"}


def upgrade() -> None:
    search_by_marks_alone()
    for rule in RULES:
        op.execute(rule)
    put_aside()
    op.create_table(
        "config_bases",
        sa.Column("base_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sha256("base"),
        sa.PrimaryKeyConstraint("base_sha256", name=op.f("config_bases_pkey")),
    )
    op.create_table(
        "run_configs",
        sa.Column("config_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("base_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("own", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sha256("config"),
        sa.CheckConstraint("json_typeof(own) = 'array'", name=op.f("run_configs_own_is_an_array")),
        sa.ForeignKeyConstraint(
            ["base_sha256"], ["config_bases.base_sha256"], name=op.f("run_configs_base_sha256_fkey")
        ),
        sa.PrimaryKeyConstraint("config_sha256", name=op.f("run_configs_pkey")),
    )
    create_sources("base_sha256", "config_bases")
    split_all()
    op.execute("""
insert into config_sources
select distinct base_sha256, module, source_sha256
from old_sources join run_configs using (config_sha256)
on conflict do nothing
""")
    op.create_index("run_configs_base_sha256_idx", "run_configs", ["base_sha256"])
    take_their_place()
    op.execute("analyze")


def downgrade() -> None:
    op.execute("drop statistics backtest_runs_kinds")
    put_aside()
    op.create_table(
        "run_configs",
        sa.Column("config_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sha256("config"),
        sa.PrimaryKeyConstraint("config_sha256", name=op.f("run_configs_pkey")),
    )
    create_sources("config_sha256", "run_configs")
    op.execute("""
insert into run_configs
select config_sha256, config_text(parts, own)::json from old_configs join config_bases using (base_sha256)
""")
    op.execute("""
insert into config_sources
select config_sha256, module, source_sha256 from old_sources join old_configs using (base_sha256)
""")
    take_their_place(but="drop_unused_base after delete")
    op.drop_table("config_bases")
    op.execute("drop function drop_unused_base()")
    op.execute("drop function config_text(text[], json)")
    for function in RULES[1], RULES[3]:
        op.execute(function.replace("exception when foreign_key_violation then\n    return null;\n", ""))
    search_as_before()


def search_by_marks_alone() -> None:
    for name in ("param_marks", "params", "strategy_type", "status"):
        op.drop_index(f"{RUNS}_{name}_idx", table_name=RUNS)
    op.execute("drop function name_marks(text, bigint[])")
    op.execute(NAME_MARKS)
    op.execute(PARAM_MARKS)
    create_marks_index()
    for name, columns in KINDS.items():
        op.create_index(f"{RUNS}_{name}_idx", RUNS, columns, postgresql_ops={"instrument_id": "text_pattern_ops"})
    op.create_index(f"{RUNS}_status_idx", RUNS, ["status"])


def search_as_before() -> None:
    for name in ("param_marks", "status", *KINDS):
        op.drop_index(f"{RUNS}_{name}_idx", table_name=RUNS)
    op.execute("drop function name_marks(text, bigint[], text[])")
    op.execute(NAME_MARKS_BEFORE)
    op.execute(PARAM_MARKS_BEFORE)
    create_marks_index()
    op.create_index(
        f"{RUNS}_params_idx",
        RUNS,
        ["params"],
        postgresql_using="gin",
        postgresql_ops={"params": "jsonb_path_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    for name in ("strategy_type", "status"):
        op.create_index(f"{RUNS}_{name}_idx", RUNS, [name])


def create_marks_index() -> None:
    op.create_index(
        f"{RUNS}_param_marks_idx",
        RUNS,
        [sa.text("param_marks(params)")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def put_aside() -> None:
    """What the two tables hold in others, without rules: names of rules are one crowd for all tables."""
    # Who sees which rows of one table hangs on the others. Without the policy nobody but the owner sees any, until the
    # rights are given again: by an upgrade itself, after a downgrade by ntrader db roles.
    for table in ("source_files", "config_sources", "config_bases", "run_configs"):
        op.execute(f"drop policy if exists own_rows on {table}")
    op.drop_constraint(f"{RUNS}_config_sha256_fkey", RUNS)
    op.execute("create table old_sources as table config_sources")
    op.execute("create table old_configs as table run_configs")
    op.drop_table("config_sources")
    op.drop_table("run_configs")
    op.create_index("old_configs_config_sha256_idx", "old_configs", ["config_sha256"])
    op.execute("analyze old_configs, old_sources")


def create_sources(key: str, of: str) -> None:
    op.create_table(
        "config_sources",
        sa.Column(key, sa.LargeBinary(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint([key], [f"{of}.{key}"], name=op.f(f"config_sources_{key}_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_sha256"], ["source_files.source_sha256"], name=op.f("config_sources_source_sha256_fkey")
        ),
        sa.PrimaryKeyConstraint(key, "module", name=op.f("config_sources_pkey")),
    )
    op.create_index("config_sources_source_sha256_idx", "config_sources", ["source_sha256"])


def take_their_place(but: str = "") -> None:
    op.drop_table("old_sources")
    op.drop_table("old_configs")
    op.create_foreign_key(op.f(f"{RUNS}_config_sha256_fkey"), RUNS, "run_configs", ["config_sha256"], ["config_sha256"])
    bases = [] if but else ["config_bases"]
    for table in (*bases, "run_configs", "config_sources"):
        op.execute(
            f"create trigger refuse_truncate before truncate on {table}\n"
            "    for each statement execute function refuse_truncate()"
        )
        for trigger in TRIGGERS[table]:
            if trigger != but:
                op.execute(
                    f"create trigger {trigger} on {table}\n    for each row execute function {trigger.split()[0]}()"
                )


def split_all() -> None:
    """Each configuration's text in its two parts, which together are the same text."""
    connection = op.get_bind()
    last = b""
    while rows := connection.execute(
        sa.text(
            "select config_sha256, snapshot::text from old_configs "
            "where config_sha256 > :last order by config_sha256 limit :most"
        ),
        {"last": last, "most": AT_ONCE},
    ).all():
        bases, configs = {}, []
        for digest, text in rows:
            parts, own = split(text)
            base = hashlib.sha256(canonical(parts).encode()).digest()
            bases[base] = {"base": base, "parts": parts}
            configs.append({"digest": bytes(digest), "base": base, "own": own})
        connection.execute(
            sa.text("insert into config_bases values (:base, :parts) on conflict do nothing"), list(bases.values())
        )
        connection.execute(sa.text("insert into run_configs values (:digest, :base, cast(:own as json))"), configs)
        last = bytes(rows[-1][0])


def canonical(value) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def split(text: str) -> tuple[list[str], str]:
    mark = "own"
    while f'"{mark}"' in text:
        mark += "'"
    own = []
    whole = json.loads(text)
    for holder, name in found(whole):
        own.append(canonical(holder[name]))
        holder[name] = mark
    parts = canonical(whole).split(f'"{mark}"')
    joined = "".join(part + each for part, each in zip_longest(parts, own, fillvalue=""))
    return (parts, f"[{','.join(own)}]") if joined == text else ([text], "[]")


def found(whole):
    try:
        return list(places(whole))
    except (AttributeError, KeyError, TypeError):  # of some other make
        return []


def places(whole):
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
