--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: workbench; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA workbench;


--
-- Name: config_text(text[], json); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.config_text(parts text[], own json) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT string_agg((common.part || COALESCE((each.value)::text, ''::text)), ''::text ORDER BY common.place) AS string_agg FROM (unnest(config_text.parts) WITH ORDINALITY common(part, place) LEFT JOIN json_array_elements(config_text.own) WITH ORDINALITY each(value, place) USING (place)));


--
-- Name: drop_unused_base(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.drop_unused_base() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'workbench', 'pg_temp'
    AS $$
begin
    delete from config_bases b where b.base_sha256 = old.base_sha256
        and not exists (select from run_configs c where c.base_sha256 = old.base_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$;


--
-- Name: drop_unused_config(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.drop_unused_config() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'workbench', 'pg_temp'
    AS $$
begin
    delete from run_configs c where c.config_sha256 = old.config_sha256
        and not exists (select from backtest_runs r where r.config_sha256 = old.config_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$;


--
-- Name: drop_unused_source(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.drop_unused_source() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'workbench', 'pg_temp'
    AS $$
begin
    delete from source_files f where f.source_sha256 = old.source_sha256
        and not exists (select from config_sources c where c.source_sha256 = old.source_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$;


--
-- Name: go_with_the_run(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.go_with_the_run() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from workbench.backtest_runs where run_id = old.run_id) then
        raise exception '% is final: delete the run, not a part of it', tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    return old;
end $$;


--
-- Name: join_running_run(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.join_running_run() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    run workbench.backtest_runs%rowtype;
begin
    select * into run from workbench.backtest_runs where run_id = new.run_id for update;
    if not found then
        raise exception 'no run %', new.run_id
            using errcode = 'foreign_key_violation', constraint = tg_table_name || '_run_id_fkey';
    end if;
    if run.status <> 'running' then
        raise exception 'run % is %: a finished record cannot be added to', new.run_id, run.status
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    if tg_table_name = 'performance_metrics' then
        new.strategy_key := run.strategy_key;
        new.strategy_type := run.strategy_type;
        new.instrument_id := run.instrument_id;
        new.started_at := run.started_at;
    end if;
    return new;
end $$;


--
-- Name: leave_running_once(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.leave_running_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    finishing text[] := array['status', 'finished_at', 'duration', 'warnings', 'error_message', 'error_trace', 'result_sha256', 'environment_sha256'];
begin
    if old.status <> 'running' then
        raise exception 'run % is %: a finished record cannot be changed', old.run_id, old.status
            using errcode = 'integrity_constraint_violation', constraint = 'backtest_runs_is_final';
    end if;
    if new.status = 'running' or to_jsonb(new) - finishing <> to_jsonb(old) - finishing then
        raise exception 'run % can only be finished, not changed', old.run_id
            using errcode = 'integrity_constraint_violation', constraint = 'backtest_runs_is_final';
    end if;
    return new;
end $$;


--
-- Name: name_marks(text, bigint[], text[]); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.name_marks(name text, places bigint[], words text[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT array_agg(hashtextextended(name_marks.name, at.place)) AS array_agg FROM (SELECT unnest(name_marks.places) AS unnest UNION ALL SELECT hashtextextended(word.word, ('-2'::integer)::bigint) AS hashtextextended FROM unnest(name_marks.words) word(word)) at(place));


--
-- Name: name_the_recorder(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.name_the_recorder() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.recorded_by := session_user;
    return new;
end $$;


--
-- Name: name_the_writer(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.name_the_writer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.written_by := session_user;
    new.written_at := now();
    return new;
end $$;


--
-- Name: param_marks(jsonb); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.param_marks(params jsonb) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE STRICT COST 10000 PARALLEL SAFE
    AS $$
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
end $$;


--
-- Name: refuse_change(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is final: a finished record cannot be changed', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
end $$;


--
-- Name: refuse_truncate(); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.refuse_truncate() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is emptied by nobody: delete runs one by one', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
end $$;


--
-- Name: run_lock_key(uuid); Type: FUNCTION; Schema: workbench; Owner: -
--

CREATE FUNCTION workbench.run_lock_key(run_id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((('x'::text || "left"(replace((run_id)::text, '-'::text, ''::text), 16)))::bit(64))::bigint;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: backtest_runs; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.backtest_runs (
    run_id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    duration double precision,
    status text DEFAULT 'running'::text NOT NULL,
    strategy_key text NOT NULL,
    strategy_name text NOT NULL,
    strategy_type text NOT NULL,
    strategy_path text NOT NULL,
    instrument_id text NOT NULL,
    bar text NOT NULL,
    initial_capital numeric NOT NULL,
    currency text NOT NULL,
    data_source text NOT NULL,
    setup_sha256 bytea NOT NULL,
    code_sha256 bytea NOT NULL,
    data_sha256 bytea NOT NULL,
    config_sha256 bytea NOT NULL,
    params jsonb NOT NULL,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    error_message text,
    error_trace text,
    rerun_of uuid,
    result_sha256 bytea,
    environment_sha256 bytea,
    recorded_by text DEFAULT SESSION_USER,
    group_id uuid,
    CONSTRAINT backtest_runs_code_sha256_is_32_bytes CHECK ((octet_length(code_sha256) = 32)),
    CONSTRAINT backtest_runs_data_sha256_is_32_bytes CHECK ((octet_length(data_sha256) = 32)),
    CONSTRAINT backtest_runs_data_source_is_known CHECK ((data_source = ANY (ARRAY['catalog'::text, 'csv'::text, 'ibkr'::text, 'mock'::text]))),
    CONSTRAINT backtest_runs_duration_is_not_negative CHECK (((duration >= (0)::double precision) AND (duration < 'Infinity'::double precision))),
    CONSTRAINT backtest_runs_error_when_failed CHECK (((status = 'failed'::text) = (error_message IS NOT NULL))),
    CONSTRAINT backtest_runs_finished_at_when_finished CHECK (((status = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT backtest_runs_initial_capital_is_positive CHECK (((initial_capital > (0)::numeric) AND (initial_capital < 'Infinity'::numeric))),
    CONSTRAINT backtest_runs_params_are_an_object CHECK ((jsonb_typeof(params) = 'object'::text)),
    CONSTRAINT backtest_runs_period_ends_after_start CHECK ((period_end >= period_start)),
    CONSTRAINT backtest_runs_rerun_of_another CHECK ((rerun_of <> run_id)),
    CONSTRAINT backtest_runs_result_sha256_is_32_bytes CHECK ((octet_length(result_sha256) = 32)),
    CONSTRAINT backtest_runs_setup_sha256_is_32_bytes CHECK ((octet_length(setup_sha256) = 32)),
    CONSTRAINT backtest_runs_status_is_known CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'interrupted'::text]))),
    CONSTRAINT backtest_runs_warnings_are_an_array CHECK ((jsonb_typeof(warnings) = 'array'::text))
);


--
-- Name: config_bases; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.config_bases (
    base_sha256 bytea NOT NULL,
    parts text[] NOT NULL,
    CONSTRAINT config_bases_sha256_is_32_bytes CHECK ((octet_length(base_sha256) = 32))
);


--
-- Name: config_sources; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.config_sources (
    base_sha256 bytea NOT NULL,
    module text NOT NULL,
    source_sha256 bytea NOT NULL
);


--
-- Name: environments; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.environments (
    environment_sha256 bytea NOT NULL,
    environment json NOT NULL,
    CONSTRAINT environments_sha256_is_32_bytes CHECK ((octet_length(environment_sha256) = 32))
);


--
-- Name: market_data; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.market_data (
    data_sha256 bytea NOT NULL,
    months json NOT NULL,
    CONSTRAINT market_data_sha256_is_32_bytes CHECK ((octet_length(data_sha256) = 32))
);


--
-- Name: performance_metrics; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.performance_metrics (
    run_id uuid NOT NULL,
    strategy_key text NOT NULL,
    strategy_type text NOT NULL,
    instrument_id text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    max_drawdown_at timestamp with time zone,
    total_return double precision,
    cagr double precision,
    sharpe_ratio double precision,
    sortino_ratio double precision,
    max_drawdown double precision,
    volatility double precision,
    calmar_ratio double precision,
    win_rate double precision,
    profit_factor double precision,
    average_win double precision,
    average_loss double precision,
    expectancy double precision,
    final_balance numeric,
    total_trades integer NOT NULL,
    winning_trades integer NOT NULL,
    losing_trades integer NOT NULL,
    break_even_trades integer NOT NULL,
    formulas_version integer NOT NULL,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    undefined jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT performance_metrics_average_loss_is_finite CHECK (((average_loss > '-Infinity'::double precision) AND (average_loss < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_average_win_is_finite CHECK (((average_win > '-Infinity'::double precision) AND (average_win < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_cagr_is_finite CHECK (((cagr > '-Infinity'::double precision) AND (cagr < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_calmar_ratio_is_finite CHECK (((calmar_ratio > '-Infinity'::double precision) AND (calmar_ratio < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_expectancy_is_finite CHECK (((expectancy > '-Infinity'::double precision) AND (expectancy < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_final_balance_is_finite CHECK (((final_balance > '-Infinity'::numeric) AND (final_balance < 'Infinity'::numeric))),
    CONSTRAINT performance_metrics_max_drawdown_in_range CHECK (((max_drawdown >= ('-1'::integer)::double precision) AND (max_drawdown <= (0)::double precision))),
    CONSTRAINT performance_metrics_profit_factor_is_finite CHECK (((profit_factor > '-Infinity'::double precision) AND (profit_factor < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_sharpe_ratio_in_range CHECK (((sharpe_ratio >= ('-10'::integer)::double precision) AND (sharpe_ratio <= (10)::double precision))),
    CONSTRAINT performance_metrics_sortino_ratio_is_finite CHECK (((sortino_ratio > '-Infinity'::double precision) AND (sortino_ratio < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_total_return_in_range CHECK (((total_return >= ('-1'::integer)::double precision) AND (total_return <= (100)::double precision))),
    CONSTRAINT performance_metrics_trades_add_up CHECK (((LEAST(winning_trades, losing_trades, break_even_trades) >= 0) AND (total_trades = ((winning_trades + losing_trades) + break_even_trades)))),
    CONSTRAINT performance_metrics_volatility_is_finite CHECK (((volatility > '-Infinity'::double precision) AND (volatility < 'Infinity'::double precision))),
    CONSTRAINT performance_metrics_win_rate_in_range CHECK (((win_rate >= (0)::double precision) AND (win_rate <= (1)::double precision)))
);


--
-- Name: run_configs; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_configs (
    config_sha256 bytea NOT NULL,
    base_sha256 bytea NOT NULL,
    own json NOT NULL,
    CONSTRAINT run_configs_own_is_an_array CHECK ((json_typeof(own) = 'array'::text)),
    CONSTRAINT run_configs_sha256_is_32_bytes CHECK ((octet_length(config_sha256) = 32))
);


--
-- Name: run_groups; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_groups (
    group_id uuid NOT NULL,
    kind text NOT NULL,
    name text,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    written_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT run_groups_kind_is_not_empty CHECK ((kind <> ''::text))
);


--
-- Name: run_labels; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_labels (
    run_id uuid NOT NULL,
    name text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT run_labels_name_is_not_empty CHECK ((name <> ''::text))
);


--
-- Name: run_parts; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_parts (
    run_id uuid NOT NULL,
    kind text NOT NULL,
    number integer NOT NULL,
    key text NOT NULL,
    path text,
    type text,
    CONSTRAINT run_parts_kind_is_known CHECK ((kind = ANY (ARRAY['strategy'::text, 'instrument'::text])))
);


--
-- Name: run_remarks; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_remarks (
    remark_id bigint NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    written_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT run_remarks_kind_is_known CHECK ((kind = ANY (ARRAY['name'::text, 'tag'::text, 'untag'::text, 'note'::text])))
);


--
-- Name: run_remarks_remark_id_seq; Type: SEQUENCE; Schema: workbench; Owner: -
--

ALTER TABLE workbench.run_remarks ALTER COLUMN remark_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME workbench.run_remarks_remark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: run_results; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.run_results (
    run_id uuid NOT NULL,
    bars bigint NOT NULL,
    equity bytea NOT NULL,
    trades bytea NOT NULL,
    fills bytea NOT NULL,
    CONSTRAINT run_results_bars_not_negative CHECK ((bars >= 0))
);
ALTER TABLE ONLY workbench.run_results ALTER COLUMN equity SET STORAGE EXTERNAL;
ALTER TABLE ONLY workbench.run_results ALTER COLUMN trades SET STORAGE EXTERNAL;
ALTER TABLE ONLY workbench.run_results ALTER COLUMN fills SET STORAGE EXTERNAL;


--
-- Name: source_files; Type: TABLE; Schema: workbench; Owner: -
--

CREATE TABLE workbench.source_files (
    source_sha256 bytea NOT NULL,
    source text NOT NULL,
    CONSTRAINT source_files_sha256_is_32_bytes CHECK ((octet_length(source_sha256) = 32))
);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.alembic_version (version_num) FROM stdin;
0007
\.


--
-- Data for Name: backtest_runs; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.backtest_runs (run_id, started_at, finished_at, period_start, period_end, duration, status, strategy_key, strategy_name, strategy_type, strategy_path, instrument_id, bar, initial_capital, currency, data_source, setup_sha256, code_sha256, data_sha256, config_sha256, params, warnings, error_message, error_trace, rerun_of, result_sha256, environment_sha256, recorded_by, group_id) FROM stdin;
38c9451d-f556-4bbc-b960-903a26036a11	2026-11-30 03:20:50.260594+00	2026-11-30 03:20:50.581683+00	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	0.2668324019978172	completed	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\x1b4fac1c7fd4d370c77cf71baa9c26b982a478535e170b62dde9b563e8ade8b0	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\x6c8194d992b0581205e32bb416a92c096603728dfbc74dcdd4a75ba2dffc2403	{"url": "", "note": "fall and recovery", "cut_on": 0, "orders": {"1": 90.0, "7": -90.0}, "call_on": 0, "hang_on": 0, "stop_on": 0, "order_on": "", "raise_on": 0, "interrupt_on": 0}	[]	\N	\N	\N	\\x13ee6b689709f7466e6200401f7fd1a77ec01ab58361ef141bc4abce4717e87b	\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	postgres	\N
1cfcafa4-4492-46cc-aabd-c9e35ce09ede	2026-11-30 03:20:50.808263+00	2026-11-30 03:20:50.858561+00	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	0.030251239997596713	completed	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\xbbbfd80c2e8cb5e5500aabb965aae139334ac3e84c9993684775662144d8e37b	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\x89fb58f5fbbe9f144905597c559287b505632a276437271442f427100424b407	{"url": "", "note": "fees", "cut_on": 0, "orders": {"1": 50.0, "3": -50.0}, "call_on": 0, "hang_on": 0, "stop_on": 0, "order_on": "", "raise_on": 0, "interrupt_on": 0}	[]	\N	\N	\N	\\x81a83890037a3eb41149ea26dd73ceabbbc4a13cb404c4b59579f34d6c36b075	\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	postgres	\N
58edeb3a-3f33-49c6-a102-43eeb310fa7f	2026-11-30 03:20:50.998488+00	2026-11-30 03:20:51.046509+00	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	0.023170010001194896	completed	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\x4ea3030ff8e4232c1dc051772588b11763e86ed21d3c04b24d2e76d31c0d7af2	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\x7e7177fef519cfde3a3fcafa8936bc5516022301dd56c70c8ff332960c5baf45	{"url": "", "note": "no trades", "cut_on": 0, "orders": {}, "call_on": 0, "hang_on": 0, "stop_on": 0, "order_on": "", "raise_on": 0, "interrupt_on": 0}	[{"code": "no_orders", "message": "the strategy placed no order"}]	\N	\N	\N	\\x2ba6fae264d75b760dff53ae86cfd44c60860d29304769307f50c76668bd1a11	\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	postgres	\N
759297b2-089c-4b10-bad5-b573ecd1cf16	2026-11-30 03:20:51.183198+00	2026-11-30 03:20:51.201248+00	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	0.012830861000111327	failed	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\xd9d9e853e15f977eebc47c958f3affe77558be9a248b2fa00163601716163b9e	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\xc708ac1b7a2bea9c7496f1d47c405eb91543d79e93130bcad2f5af75a63a244c	{"url": "", "note": "raises", "cut_on": 0, "orders": {"1": 10.0}, "call_on": 0, "hang_on": 0, "stop_on": 0, "order_on": "", "raise_on": 3, "interrupt_on": 0}	[{"code": "open_position", "message": "long 10 ACME.TEST still open at the end, valued at the last close and not counted as a trade"}]	ValueError: boom on bar 3	Traceback (most recent call last):\n  File "/lab/workbench/engine/nautilus1/execute.py", line 80, in _run\n    engine.run()\n    ~~~~~~~~~~^^\n  File "nautilus_trader/backtest/engine.pyx", line 1374, in nautilus_trader.backtest.engine.BacktestEngine.run\n  File "nautilus_trader/backtest/engine.pyx", line 1724, in nautilus_trader.backtest.engine.BacktestEngine._run\n  File "nautilus_trader/data/engine.pyx", line 859, in nautilus_trader.data.engine.DataEngine.process\n  File "nautilus_trader/data/engine.pyx", line 2561, in nautilus_trader.data.engine.DataEngine._handle_data\n  File "nautilus_trader/data/engine.pyx", line 2818, in nautilus_trader.data.engine.DataEngine._handle_bar\n  File "nautilus_trader/common/component.pyx", line 2834, in nautilus_trader.common.component.MessageBus.publish_c\n  File "nautilus_trader/common/actor.pyx", line 4561, in nautilus_trader.common.actor.Actor.handle_bar\n  File "nautilus_trader/common/actor.pyx", line 4591, in nautilus_trader.common.actor.Actor.handle_bar\n  File "nautilus_trader/common/actor.pyx", line 4588, in nautilus_trader.common.actor.Actor.handle_bar\n  File "nautilus_trader/common/actor.pyx", line 573, in nautilus_trader.common.actor.Actor.on_bar\n  File "/lab/tests/support/user_strategies.py", line 52, in on_bar\n    raise ValueError(f"boom on bar {self.seen}")\nValueError: boom on bar 3\n	\N	\\x4fc9a597d1cbb6892c82bafd82f339e18a96134c3dc435e4b92ba6b75178f75f	\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	postgres	\N
659fe950-9e42-48dd-8ee8-a62c43518306	2026-11-30 03:20:51.293274+00	2026-11-30 03:20:51.335242+00	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	0.02524752399767749	interrupted	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\xf354f0af17742858eaaf35de9845201990f24190ec15ff4b767570cf56293903	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\x3d210dfa6e3399c6e341d077bc2a8dcfa243a8ad02f670b42712866adb0c4d85	{"url": "", "note": "stopped", "cut_on": 0, "orders": {"1": 10.0}, "call_on": 0, "hang_on": 0, "stop_on": 0, "order_on": "", "raise_on": 0, "interrupt_on": 4}	[{"code": "open_position", "message": "long 10 ACME.TEST still open at the end, valued at the last close and not counted as a trade"}]	\N	\N	\N	\\x4fc9a597d1cbb6892c82bafd82f339e18a96134c3dc435e4b92ba6b75178f75f	\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	postgres	\N
c076314c-6994-4f84-8207-9617f8802e4b	2026-11-30 03:20:57.874063+00	\N	2024-01-01 00:00:00+00	2024-01-08 23:59:59.999999+00	\N	running	script	Script	custom	tests.support.user_strategies:Script	ACME.TEST	1-DAY-LAST-EXTERNAL	10000	USD	csv	\\x2b43db48693bcdb4ac32a79365dbbdf71a1f7b2784393fc64a02371e0b0c93ee	\\xcde00e2cd27cafef1f55676d0f679f25af56507da2b78da55dd9f8ff078196c0	\\x960c52ef036bc386bfff4ca3f99834dad304a9a2271e3a799d0f6cef9388d61d	\\x621fc648d4154240843a25b5af44ff2ae7fae69dd81105da5365529f58d04612	{"url": "", "note": "killed", "cut_on": 0, "orders": {}, "call_on": 0, "hang_on": 5, "stop_on": 0, "order_on": "", "raise_on": 0, "interrupt_on": 0}	[]	\N	\N	\N	\N	\N	postgres	\N
\.


--
-- Data for Name: config_bases; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.config_bases (base_sha256, parts) FROM stdin;
\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	{"{\\"data\\":[{\\"bar\\":\\"1-DAY-LAST-EXTERNAL\\",\\"fingerprint\\":\\"3877ff013365923b98b7537b4a0dc8756b69f811f7d52367849d3053bbe44395\\",\\"first\\":\\"2024-01-01T23:59:59+00:00\\",\\"instrument_id\\":\\"ACME.TEST\\",\\"last\\":\\"2024-01-08T23:59:59+00:00\\",\\"rows\\":8,\\"source\\":\\"csv\\"}],\\"end\\":\\"2024-01-08T23:59:59.999999+00:00\\",\\"engine\\":{\\"name\\":\\"nautilus_trader\\",\\"version\\":\\"1.231.0\\"},\\"instruments\\":{\\"ACME.TEST\\":{\\"currency\\":\\"USD\\",\\"id\\":\\"ACME.TEST\\",\\"info\\":null,\\"isin\\":null,\\"lot_size\\":\\"1\\",\\"maker_fee\\":\\"0\\",\\"margin_init\\":\\"0\\",\\"margin_maint\\":\\"0\\",\\"max_price\\":null,\\"max_quantity\\":null,\\"min_price\\":null,\\"min_quantity\\":null,\\"price_increment\\":\\"0.01\\",\\"price_precision\\":2,\\"raw_symbol\\":\\"ACME\\",\\"taker_fee\\":\\"0\\",\\"tick_scheme_name\\":null,\\"ts_event\\":0,\\"ts_init\\":0,\\"type\\":\\"Equity\\"}},\\"periods_per_year\\":252,\\"risk_free\\":0.0,\\"start\\":\\"2024-01-01T00:00:00+00:00\\",\\"strategies\\":[{\\"code\\":{\\"tests\\":\\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"tests.support.user_strategies\\":\\"f9c11484adad23f27589bb345e09d66365f08c057604aea8ee130c204305cd73\\"},\\"config_path\\":\\"tests.support.user_strategies:ScriptConfig\\",\\"name\\":\\"Script\\",\\"params\\":",",\\"path\\":\\"tests.support.user_strategies:Script\\",\\"type\\":\\"custom\\"}],\\"venues\\":[{\\"account\\":\\"margin\\",\\"capital\\":\\"10000\\",\\"currency\\":\\"USD\\",\\"fees\\":{\\"amount\\":null,\\"model\\":\\"instrument\\"},\\"fill\\":{\\"prob_fill_on_limit\\":1.0,\\"prob_slippage\\":0.0,\\"seed\\":","},\\"leverage\\":\\"1\\",\\"name\\":\\"TEST\\",\\"oms\\":\\"netting\\"}],\\"version\\":1}"}
\\x18c4a671b8ea1473887a569813edfac1a1f5303089f7d45282f22507bb5405a6	{"{\\"data\\":[{\\"bar\\":\\"1-DAY-LAST-EXTERNAL\\",\\"fingerprint\\":\\"3877ff013365923b98b7537b4a0dc8756b69f811f7d52367849d3053bbe44395\\",\\"first\\":\\"2024-01-01T23:59:59+00:00\\",\\"instrument_id\\":\\"ACME.TEST\\",\\"last\\":\\"2024-01-08T23:59:59+00:00\\",\\"rows\\":8,\\"source\\":\\"csv\\"}],\\"end\\":\\"2024-01-08T23:59:59.999999+00:00\\",\\"engine\\":{\\"name\\":\\"nautilus_trader\\",\\"version\\":\\"1.231.0\\"},\\"instruments\\":{\\"ACME.TEST\\":{\\"currency\\":\\"USD\\",\\"id\\":\\"ACME.TEST\\",\\"info\\":null,\\"isin\\":null,\\"lot_size\\":\\"1\\",\\"maker_fee\\":\\"0\\",\\"margin_init\\":\\"0\\",\\"margin_maint\\":\\"0\\",\\"max_price\\":null,\\"max_quantity\\":null,\\"min_price\\":null,\\"min_quantity\\":null,\\"price_increment\\":\\"0.01\\",\\"price_precision\\":2,\\"raw_symbol\\":\\"ACME\\",\\"taker_fee\\":\\"0\\",\\"tick_scheme_name\\":null,\\"ts_event\\":0,\\"ts_init\\":0,\\"type\\":\\"Equity\\"}},\\"periods_per_year\\":252,\\"risk_free\\":0.0,\\"start\\":\\"2024-01-01T00:00:00+00:00\\",\\"strategies\\":[{\\"code\\":{\\"tests\\":\\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"tests.support.user_strategies\\":\\"f9c11484adad23f27589bb345e09d66365f08c057604aea8ee130c204305cd73\\"},\\"config_path\\":\\"tests.support.user_strategies:ScriptConfig\\",\\"name\\":\\"Script\\",\\"params\\":",",\\"path\\":\\"tests.support.user_strategies:Script\\",\\"type\\":\\"custom\\"}],\\"venues\\":[{\\"account\\":\\"margin\\",\\"capital\\":\\"10000\\",\\"currency\\":\\"USD\\",\\"fees\\":{\\"amount\\":\\"5\\",\\"model\\":\\"fixed\\"},\\"fill\\":{\\"prob_fill_on_limit\\":1.0,\\"prob_slippage\\":0.0,\\"seed\\":","},\\"leverage\\":\\"1\\",\\"name\\":\\"TEST\\",\\"oms\\":\\"netting\\"}],\\"version\\":1}"}
\.


--
-- Data for Name: config_sources; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.config_sources (base_sha256, module, source_sha256) FROM stdin;
\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	tests	\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	tests.support.user_strategies	\\xf9c11484adad23f27589bb345e09d66365f08c057604aea8ee130c204305cd73
\\x18c4a671b8ea1473887a569813edfac1a1f5303089f7d45282f22507bb5405a6	tests	\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
\\x18c4a671b8ea1473887a569813edfac1a1f5303089f7d45282f22507bb5405a6	tests.support.user_strategies	\\xf9c11484adad23f27589bb345e09d66365f08c057604aea8ee130c204305cd73
\.


--
-- Data for Name: environments; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.environments (environment_sha256, environment) FROM stdin;
\\x6fde4e7b1d5f10b6addf72db13f648a63b4ce133c53e2c0878428bbc9c0d5076	{"git":{"commit":"53e18a34c79f975254b6236fca82ba4326a909a5","dirty":false},"packages":{"nautilus-workbench":"0.2.0","nautilus_trader":"1.231.0","numpy":"2.5.5","pandas":"3.1.1"},"python":"3.13.0"}
\.


--
-- Data for Name: market_data; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.market_data (data_sha256, months) FROM stdin;
\\x3877ff013365923b98b7537b4a0dc8756b69f811f7d52367849d3053bbe44395	[["2024-01", 8, "e3b852f4b008aad2230c50246bf971eed96f628c49a9e773802df63a37efb6ff"]]
\.


--
-- Data for Name: performance_metrics; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.performance_metrics (run_id, strategy_key, strategy_type, instrument_id, started_at, max_drawdown_at, total_return, cagr, sharpe_ratio, sortino_ratio, max_drawdown, volatility, calmar_ratio, win_rate, profit_factor, average_win, average_loss, expectancy, final_balance, total_trades, winning_trades, losing_trades, break_even_trades, formulas_version, custom, undefined) FROM stdin;
38c9451d-f556-4bbc-b960-903a26036a11	script	custom	ACME.TEST	2026-11-30 03:20:50.260594+00	2024-01-05 23:59:59+00	0	0	1.9257400252785202	2.645461765789787	-0.4576271186440678	3.5283435204413296	0	0	\N	\N	\N	0	10000.0	1	0	0	1	1	{}	{"average_win": {"value": "nan", "reason": "no winning trade"}, "average_loss": {"value": "nan", "reason": "no losing trade"}, "profit_factor": {"value": "nan", "reason": "no losing trade to set the gains against"}}
1cfcafa4-4492-46cc-aabd-c9e35ce09ede	script	custom	ACME.TEST	2026-11-30 03:20:50.808263+00	2024-01-01 23:59:59+00	0.04899999999999993	11.13487465350321	5.547544984089463	550.3015928953175	-0.0004999999999999449	0.27837178777937777	22269.749307008875	1	\N	490	\N	490	10490.0	1	1	0	0	1	{}	{"average_loss": {"value": "nan", "reason": "no losing trade"}, "profit_factor": {"value": "inf", "reason": "no losing trade to set the gains against"}}
58edeb3a-3f33-49c6-a102-43eeb310fa7f	script	custom	ACME.TEST	2026-11-30 03:20:50.998488+00	\N	0	0	\N	\N	0	0	\N	\N	\N	\N	\N	\N	10000.0	0	0	0	0	1	{}	{"win_rate": {"value": "nan", "reason": "no closed trade"}, "expectancy": {"value": "nan", "reason": "no closed trade"}, "average_win": {"value": "nan", "reason": "no closed trade"}, "average_loss": {"value": "nan", "reason": "no closed trade"}, "calmar_ratio": {"value": "nan", "reason": "the account never lost value"}, "sharpe_ratio": {"value": "nan", "reason": "returns never vary"}, "profit_factor": {"value": "nan", "reason": "no closed trade"}, "sortino_ratio": {"value": "nan", "reason": "no day below the target"}, "max_drawdown_at": {"value": null, "reason": "the account never lost value"}}
\.


--
-- Data for Name: run_configs; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_configs (config_sha256, base_sha256, own) FROM stdin;
\\x6c8194d992b0581205e32bb416a92c096603728dfbc74dcdd4a75ba2dffc2403	\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	[{"call_on":0,"cut_on":0,"hang_on":0,"interrupt_on":0,"note":"fall and recovery","order_on":"","orders":{"1":90.0,"7":-90.0},"raise_on":0,"stop_on":0,"url":""},null]
\\x89fb58f5fbbe9f144905597c559287b505632a276437271442f427100424b407	\\x18c4a671b8ea1473887a569813edfac1a1f5303089f7d45282f22507bb5405a6	[{"call_on":0,"cut_on":0,"hang_on":0,"interrupt_on":0,"note":"fees","order_on":"","orders":{"1":50.0,"3":-50.0},"raise_on":0,"stop_on":0,"url":""},null]
\\x7e7177fef519cfde3a3fcafa8936bc5516022301dd56c70c8ff332960c5baf45	\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	[{"call_on":0,"cut_on":0,"hang_on":0,"interrupt_on":0,"note":"no trades","order_on":"","orders":{},"raise_on":0,"stop_on":0,"url":""},null]
\\xc708ac1b7a2bea9c7496f1d47c405eb91543d79e93130bcad2f5af75a63a244c	\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	[{"call_on":0,"cut_on":0,"hang_on":0,"interrupt_on":0,"note":"raises","order_on":"","orders":{"1":10.0},"raise_on":3,"stop_on":0,"url":""},null]
\\x3d210dfa6e3399c6e341d077bc2a8dcfa243a8ad02f670b42712866adb0c4d85	\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	[{"call_on":0,"cut_on":0,"hang_on":0,"interrupt_on":4,"note":"stopped","order_on":"","orders":{"1":10.0},"raise_on":0,"stop_on":0,"url":""},null]
\\x621fc648d4154240843a25b5af44ff2ae7fae69dd81105da5365529f58d04612	\\x10b745a5145b01f0fc9c7cf689492af43e2df5277dc2bc7170af59adce33e887	[{"call_on":0,"cut_on":0,"hang_on":5,"interrupt_on":0,"note":"killed","order_on":"","orders":{},"raise_on":0,"stop_on":0,"url":""},null]
\.


--
-- Data for Name: run_groups; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_groups (group_id, kind, name, written_at, written_by) FROM stdin;
\.


--
-- Data for Name: run_labels; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_labels (run_id, name, tags) FROM stdin;
\.


--
-- Data for Name: run_parts; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_parts (run_id, kind, number, key, path, type) FROM stdin;
\.


--
-- Data for Name: run_remarks; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_remarks (remark_id, run_id, kind, value, written_at, written_by) FROM stdin;
\.


--
-- Data for Name: run_results; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.run_results (run_id, bars, equity, trades, fills) FROM stdin;
38c9451d-f556-4bbc-b960-903a26036a11	8	\\xffffffffc00000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000020000004c00000004000000ccffffff000001031000000020000000040000000000000006000000657175697479000000000600080006000600000000000200100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffffd000000014000000000000000c0018000600050008000c000c000000000304001c0000009800000000000000000000000c001e001000040008000c000c000000700000002400000018000000080000000000000000000000000006000800070006000000000000010400000000000000000000000000000000000000000000000000000051000000000000005800000000000000000000000000000058000000000000003c0000000000000000000000020000000800000000000000000000000000000008000000000000000000000000000000400000000000000028b52ffd204001020000361957ab5ea617003668e83fada6170036b779d4fba6170036060b694aa7170036559cfd98a7170036a42d92e7a7170036f3be2636a81700364250bb84a81700000000000000400000000000000028b52ffd20405d0100e0000000000088c340004ac50cc700b904c088c340000000000088c34006006060303018180c5ca110802300000000ffffffff00000000	\\xffffffff900200001000000000000a000c000600050008000a000000000104000c000000080008000000040008000000040000000b00000028020000ec010000b40100006c01000038010000f8000000c40000009800000064000000340000000400000014feffff00000105100000001c00000004000000000000000800000063757272656e63790000000000feffff40feffff00000103100000001800000004000000000000000600000072657475726e00009afeffff000002006cfeffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000cafeffff000002009cfeffff000001031000000014000000040000000000000003000000706e6c00f2feffff00000200c4feffff00000103100000001c00000004000000000000000a000000657869745f7072696365000022ffffff00000200f4feffff0000010a100000001c000000040000000000000009000000657869745f74696d6500000094ffffff0000030004000000030000005554430030ffffff00000103100000001c00000004000000000000000b000000656e7472795f7072696365008effffff0000020060ffffff0000010a100000002400000004000000000000000a000000656e7472795f74696d65000008000c00060008000800000000000300040000000300000055544300a4ffffff0000010310000000200000000400000000000000080000007175616e7469747900000600080006000600000000000200d8ffffff0000010510000000180000000400000000000000040000007369646500000000c0ffffff100014000800060007000c00000010001000000000000105100000002400000004000000000000000d000000696e737472756d656e745f6964000000040004000400000000000000ffffffffb002000014000000000000000c0018000600050008000c000c000000000304001c000000b001000000000000000000000c001e001000040008000c000c000000c001000024000000180000000100000000000000000000000000060008000700060000000000000119000000000000000000000000000000000000000000000000000000190000000000000020000000000000001a0000000000000040000000000000000000000000000000400000000000000019000000000000006000000000000000150000000000000078000000000000000000000000000000780000000000000019000000000000009800000000000000000000000000000098000000000000001900000000000000b8000000000000000000000000000000b8000000000000001900000000000000d8000000000000000000000000000000d8000000000000001900000000000000f8000000000000000000000000000000f8000000000000001900000000000000180100000000000000000000000000001801000000000000190000000000000038010000000000000000000000000000380100000000000019000000000000005801000000000000000000000000000058010000000000001900000000000000780100000000000000000000000000007801000000000000190000000000000098010000000000001400000000000000000000000b0000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000080000000000000028b52ffd2008410000000000000900000000000000000000090000000000000028b52ffd200949000041434d452e54455354000000000000080000000000000028b52ffd2008410000000000000400000000000000000000040000000000000028b52ffd20042100004c4f4e47000000080000000000000028b52ffd2008410000000000000080564000000000000000080000000000000028b52ffd200841000000361957ab5ea61700000000000000080000000000000028b52ffd2008410000000000000000594000000000000000080000000000000028b52ffd20084100000036f3be2636a81700000000000000080000000000000028b52ffd2008410000000000000000594000000000000000080000000000000028b52ffd2008410000000000000000000000000000000000080000000000000028b52ffd2008410000000000000000000000000000000000080000000000000028b52ffd2008410000000000000000000000000000000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000055534400000000ffffffff00000000	\\xffffffff180200001000000000000a000c000600050008000a000000000104000c0000000800080000000400080000000400000009000000a40100005c0100002c01000000010000c80000009800000064000000340000000400000090feffff00000105100000001c0000000400000000000000090000006c6971756964697479000000c0feffffbcfeffff00000105100000001c00000004000000000000000800000063757272656e637900000000ecfeffffe8feffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000a6ffffff0000020018ffffff0000010310000000180000000400000000000000050000007072696365000000d2ffffff0000020044ffffff0000010310000000200000000400000000000000080000007175616e746974790000060008000600060000000000020078ffffff0000010510000000180000000400000000000000040000007369646500000000a4ffffffa0ffffff00000105100000001c0000000400000000000000080000006f726465725f696400000000d0ffffffccffffff00000105100000002400000004000000000000000d000000696e737472756d656e745f69640000000400040004000000100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffff7002000014000000000000000c0018000600050008000c000c000000000304001c000000e801000000000000000000000c001e001000040008000c000c000000a00100002400000018000000020000000000000000000000000006000800070006000000000000011700000000000000000000000000000000000000000000000000000021000000000000002800000000000000000000000000000028000000000000001d00000000000000480000000000000023000000000000007000000000000000000000000000000070000000000000001d0000000000000090000000000000003600000000000000c8000000000000000000000000000000c8000000000000001d00000000000000e80000000000000018000000000000000001000000000000000000000000000000010000000000002100000000000000280100000000000000000000000000002801000000000000210000000000000050010000000000000000000000000000500100000000000019000000000000007001000000000000000000000000000070010000000000001d0000000000000090010000000000001700000000000000a8010000000000000000000000000000a8010000000000001d00000000000000c8010000000000001b000000000000000000000009000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000100000000000000028b52ffd201081000000361957ab5ea6170036f3be2636a817000000000000000c0000000000000028b52ffd200c610000000000000900000012000000000000120000000000000028b52ffd201291000041434d452e5445535441434d452e5445535400000000000c0000000000000028b52ffd200c610000000000001b00000036000000000000360000000000000028b52ffd20362d0100e84f2d32303234303130312d3233353935392d3030312d3030302d31373202000089bd986300000c0000000000000028b52ffd200c610000000000000300000007000000000000070000000000000028b52ffd200739000042555953454c4c100000000000000028b52ffd20108100000000000000805640000000000080564000000000000000100000000000000028b52ffd20108100000000000000005940000000000000594000000000000000100000000000000028b52ffd2010450000100000010032c002000000000000000c0000000000000028b52ffd200c610000000000000300000006000000000000060000000000000028b52ffd2006310000555344555344000c0000000000000028b52ffd200c61000000000000050000000a0000000000000a0000000000000028b52ffd200a51000074616b657274616b65720000000000ffffffff00000000
1cfcafa4-4492-46cc-aabd-c9e35ce09ede	8	\\xffffffffc00000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000020000004c00000004000000ccffffff000001031000000020000000040000000000000006000000657175697479000000000600080006000600000000000200100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffffd000000014000000000000000c0018000600050008000c000c000000000304001c0000008000000000000000000000000c001e001000040008000c000c00000070000000240000001800000008000000000000000000000000000600080007000600000000000001040000000000000000000000000000000000000000000000000000005100000000000000580000000000000000000000000000005800000000000000240000000000000000000000020000000800000000000000000000000000000008000000000000000000000000000000400000000000000028b52ffd204001020000361957ab5ea617003668e83fada6170036b779d4fba6170036060b694aa7170036559cfd98a7170036a42d92e7a7170036f3be2636a81700364250bb84a81700000000000000400000000000000028b52ffd20409d000058000000008085c340007dc402000034c6152e00000000ffffffff00000000	\\xffffffff900200001000000000000a000c000600050008000a000000000104000c000000080008000000040008000000040000000b00000028020000ec010000b40100006c01000038010000f8000000c40000009800000064000000340000000400000014feffff00000105100000001c00000004000000000000000800000063757272656e63790000000000feffff40feffff00000103100000001800000004000000000000000600000072657475726e00009afeffff000002006cfeffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000cafeffff000002009cfeffff000001031000000014000000040000000000000003000000706e6c00f2feffff00000200c4feffff00000103100000001c00000004000000000000000a000000657869745f7072696365000022ffffff00000200f4feffff0000010a100000001c000000040000000000000009000000657869745f74696d6500000094ffffff0000030004000000030000005554430030ffffff00000103100000001c00000004000000000000000b000000656e7472795f7072696365008effffff0000020060ffffff0000010a100000002400000004000000000000000a000000656e7472795f74696d65000008000c00060008000800000000000300040000000300000055544300a4ffffff0000010310000000200000000400000000000000080000007175616e7469747900000600080006000600000000000200d8ffffff0000010510000000180000000400000000000000040000007369646500000000c0ffffff100014000800060007000c00000010001000000000000105100000002400000004000000000000000d000000696e737472756d656e745f6964000000040004000400000000000000ffffffffb002000014000000000000000c0018000600050008000c000c000000000304001c000000b001000000000000000000000c001e001000040008000c000c000000c001000024000000180000000100000000000000000000000000060008000700060000000000000119000000000000000000000000000000000000000000000000000000190000000000000020000000000000001a0000000000000040000000000000000000000000000000400000000000000019000000000000006000000000000000150000000000000078000000000000000000000000000000780000000000000019000000000000009800000000000000000000000000000098000000000000001900000000000000b8000000000000000000000000000000b8000000000000001900000000000000d8000000000000000000000000000000d8000000000000001900000000000000f8000000000000000000000000000000f8000000000000001900000000000000180100000000000000000000000000001801000000000000190000000000000038010000000000000000000000000000380100000000000019000000000000005801000000000000000000000000000058010000000000001900000000000000780100000000000000000000000000007801000000000000190000000000000098010000000000001400000000000000000000000b0000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000080000000000000028b52ffd2008410000000000000900000000000000000000090000000000000028b52ffd200949000041434d452e54455354000000000000080000000000000028b52ffd2008410000000000000400000000000000000000040000000000000028b52ffd20042100004c4f4e47000000080000000000000028b52ffd2008410000000000000000494000000000000000080000000000000028b52ffd200841000000361957ab5ea61700000000000000080000000000000028b52ffd2008410000000000000000594000000000000000080000000000000028b52ffd20084100000036b779d4fba61700000000000000080000000000000028b52ffd20084100000000000000805b4000000000000000080000000000000028b52ffd20084100000000000000a07e4000000000000000080000000000000028b52ffd2008410000000000000000244000000000000000080000000000000028b52ffd20084100004a0c022b8716b93f00000000000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000055534400000000ffffffff00000000	\\xffffffff180200001000000000000a000c000600050008000a000000000104000c0000000800080000000400080000000400000009000000a40100005c0100002c01000000010000c80000009800000064000000340000000400000090feffff00000105100000001c0000000400000000000000090000006c6971756964697479000000c0feffffbcfeffff00000105100000001c00000004000000000000000800000063757272656e637900000000ecfeffffe8feffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000a6ffffff0000020018ffffff0000010310000000180000000400000000000000050000007072696365000000d2ffffff0000020044ffffff0000010310000000200000000400000000000000080000007175616e746974790000060008000600060000000000020078ffffff0000010510000000180000000400000000000000040000007369646500000000a4ffffffa0ffffff00000105100000001c0000000400000000000000080000006f726465725f696400000000d0ffffffccffffff00000105100000002400000004000000000000000d000000696e737472756d656e745f69640000000400040004000000100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffff7002000014000000000000000c0018000600050008000c000c000000000304001c000000f001000000000000000000000c001e001000040008000c000c000000a00100002400000018000000020000000000000000000000000006000800070006000000000000011700000000000000000000000000000000000000000000000000000021000000000000002800000000000000000000000000000028000000000000001d00000000000000480000000000000023000000000000007000000000000000000000000000000070000000000000001d0000000000000090000000000000003600000000000000c8000000000000000000000000000000c8000000000000001d00000000000000e80000000000000018000000000000000001000000000000000000000000000000010000000000002100000000000000280100000000000000000000000000002801000000000000210000000000000050010000000000000000000000000000500100000000000021000000000000007801000000000000000000000000000078010000000000001d0000000000000098010000000000001700000000000000b0010000000000000000000000000000b0010000000000001d00000000000000d0010000000000001b000000000000000000000009000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000020000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000100000000000000028b52ffd201081000000361957ab5ea6170036b779d4fba617000000000000000c0000000000000028b52ffd200c610000000000000900000012000000000000120000000000000028b52ffd201291000041434d452e5445535441434d452e5445535400000000000c0000000000000028b52ffd200c610000000000001b00000036000000000000360000000000000028b52ffd20362d0100e84f2d32303234303130312d3233353935392d3030312d3030302d31333202000089bd986300000c0000000000000028b52ffd200c610000000000000300000007000000000000070000000000000028b52ffd200739000042555953454c4c100000000000000028b52ffd20108100000000000000004940000000000000494000000000000000100000000000000028b52ffd201081000000000000000059400000000000805b4000000000000000100000000000000028b52ffd201081000000000000000014400000000000001440000000000000000c0000000000000028b52ffd200c610000000000000300000006000000000000060000000000000028b52ffd2006310000555344555344000c0000000000000028b52ffd200c61000000000000050000000a0000000000000a0000000000000028b52ffd200a51000074616b657274616b65720000000000ffffffff00000000
58edeb3a-3f33-49c6-a102-43eeb310fa7f	8	\\xffffffffc00000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000020000004c00000004000000ccffffff000001031000000020000000040000000000000006000000657175697479000000000600080006000600000000000200100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffffd000000014000000000000000c0018000600050008000c000c000000000304001c0000008000000000000000000000000c001e001000040008000c000c00000070000000240000001800000008000000000000000000000000000600080007000600000000000001040000000000000000000000000000000000000000000000000000005100000000000000580000000000000000000000000000005800000000000000220000000000000000000000020000000800000000000000000000000000000008000000000000000000000000000000400000000000000028b52ffd204001020000361957ab5ea617003668e83fada6170036b779d4fba6170036060b694aa7170036559cfd98a7170036a42d92e7a7170036f3be2636a81700364250bb84a81700000000000000400000000000000028b52ffd20408d000048000000000088c3400002005839b08223000000000000ffffffff00000000	\\xffffffff900200001000000000000a000c000600050008000a000000000104000c000000080008000000040008000000040000000b00000028020000ec010000b40100006c01000038010000f8000000c40000009800000064000000340000000400000014feffff00000105100000001c00000004000000000000000800000063757272656e63790000000000feffff40feffff00000103100000001800000004000000000000000600000072657475726e00009afeffff000002006cfeffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000cafeffff000002009cfeffff000001031000000014000000040000000000000003000000706e6c00f2feffff00000200c4feffff00000103100000001c00000004000000000000000a000000657869745f7072696365000022ffffff00000200f4feffff0000010a100000001c000000040000000000000009000000657869745f74696d6500000094ffffff0000030004000000030000005554430030ffffff00000103100000001c00000004000000000000000b000000656e7472795f7072696365008effffff0000020060ffffff0000010a100000002400000004000000000000000a000000656e7472795f74696d65000008000c00060008000800000000000300040000000300000055544300a4ffffff0000010310000000200000000400000000000000080000007175616e7469747900000600080006000600000000000200d8ffffff0000010510000000180000000400000000000000040000007369646500000000c0ffffff100014000800060007000c00000010001000000000000105100000002400000004000000000000000d000000696e737472756d656e745f6964000000040004000400000000000000ffffffff00000000	\\xffffffff180200001000000000000a000c000600050008000a000000000104000c0000000800080000000400080000000400000009000000a40100005c0100002c01000000010000c80000009800000064000000340000000400000090feffff00000105100000001c0000000400000000000000090000006c6971756964697479000000c0feffffbcfeffff00000105100000001c00000004000000000000000800000063757272656e637900000000ecfeffffe8feffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000a6ffffff0000020018ffffff0000010310000000180000000400000000000000050000007072696365000000d2ffffff0000020044ffffff0000010310000000200000000400000000000000080000007175616e746974790000060008000600060000000000020078ffffff0000010510000000180000000400000000000000040000007369646500000000a4ffffffa0ffffff00000105100000001c0000000400000000000000080000006f726465725f696400000000d0ffffffccffffff00000105100000002400000004000000000000000d000000696e737472756d656e745f69640000000400040004000000100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffff00000000
759297b2-089c-4b10-bad5-b573ecd1cf16	2	\\xffffffffc00000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000020000004c00000004000000ccffffff000001031000000020000000040000000000000006000000657175697479000000000600080006000600000000000200100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffffd000000014000000000000000c0018000600050008000c000c000000000304001c0000006000000000000000000000000c001e001000040008000c000c00000070000000240000001800000003000000000000000000000000000600080007000600000000000001040000000000000000000000000000000000000000000000000000002900000000000000300000000000000000000000000000003000000000000000290000000000000000000000020000000300000000000000000000000000000003000000000000000000000000000000180000000000000028b52ffd2018c1000000361957ab5ea617003668e83fada6170036b779d4fba61700000000000000180000000000000028b52ffd2018c10000000000000088c340000000000088c3400000000000bac34000000000000000ffffffff00000000	\\xffffffff900200001000000000000a000c000600050008000a000000000104000c000000080008000000040008000000040000000b00000028020000ec010000b40100006c01000038010000f8000000c40000009800000064000000340000000400000014feffff00000105100000001c00000004000000000000000800000063757272656e63790000000000feffff40feffff00000103100000001800000004000000000000000600000072657475726e00009afeffff000002006cfeffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000cafeffff000002009cfeffff000001031000000014000000040000000000000003000000706e6c00f2feffff00000200c4feffff00000103100000001c00000004000000000000000a000000657869745f7072696365000022ffffff00000200f4feffff0000010a100000001c000000040000000000000009000000657869745f74696d6500000094ffffff0000030004000000030000005554430030ffffff00000103100000001c00000004000000000000000b000000656e7472795f7072696365008effffff0000020060ffffff0000010a100000002400000004000000000000000a000000656e7472795f74696d65000008000c00060008000800000000000300040000000300000055544300a4ffffff0000010310000000200000000400000000000000080000007175616e7469747900000600080006000600000000000200d8ffffff0000010510000000180000000400000000000000040000007369646500000000c0ffffff100014000800060007000c00000010001000000000000105100000002400000004000000000000000d000000696e737472756d656e745f6964000000040004000400000000000000ffffffff00000000	\\xffffffff180200001000000000000a000c000600050008000a000000000104000c0000000800080000000400080000000400000009000000a40100005c0100002c01000000010000c80000009800000064000000340000000400000090feffff00000105100000001c0000000400000000000000090000006c6971756964697479000000c0feffffbcfeffff00000105100000001c00000004000000000000000800000063757272656e637900000000ecfeffffe8feffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000a6ffffff0000020018ffffff0000010310000000180000000400000000000000050000007072696365000000d2ffffff0000020044ffffff0000010310000000200000000400000000000000080000007175616e746974790000060008000600060000000000020078ffffff0000010510000000180000000400000000000000040000007369646500000000a4ffffffa0ffffff00000105100000001c0000000400000000000000080000006f726465725f696400000000d0ffffffccffffff00000105100000002400000004000000000000000d000000696e737472756d656e745f69640000000400040004000000100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffff7002000014000000000000000c0018000600050008000c000c000000000304001c000000b801000000000000000000000c001e001000040008000c000c000000a0010000240000001800000001000000000000000000000000000600080007000600000000000001170000000000000000000000000000000000000000000000000000001900000000000000200000000000000000000000000000002000000000000000190000000000000040000000000000001a00000000000000600000000000000000000000000000006000000000000000190000000000000080000000000000002c00000000000000b0000000000000000000000000000000b0000000000000001900000000000000d0000000000000001400000000000000e8000000000000000000000000000000e8000000000000001900000000000000080100000000000000000000000000000801000000000000190000000000000028010000000000000000000000000000280100000000000019000000000000004801000000000000000000000000000048010000000000001900000000000000680100000000000014000000000000008001000000000000000000000000000080010000000000001900000000000000a00100000000000016000000000000000000000009000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000080000000000000028b52ffd200841000000361957ab5ea61700000000000000080000000000000028b52ffd2008410000000000000900000000000000000000090000000000000028b52ffd200949000041434d452e54455354000000000000080000000000000028b52ffd2008410000000000001b000000000000000000001b0000000000000028b52ffd201bd900004f2d32303234303130312d3233353935392d3030312d3030302d3100000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000042555900000000080000000000000028b52ffd2008410000000000000000244000000000000000080000000000000028b52ffd2008410000000000000000594000000000000000080000000000000028b52ffd2008410000000000000000000000000000000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000055534400000000080000000000000028b52ffd2008410000000000000500000000000000000000050000000000000028b52ffd200529000074616b65720000ffffffff00000000
659fe950-9e42-48dd-8ee8-a62c43518306	3	\\xffffffffc00000001000000000000a000c000600050008000a000000000104000c00000008000800000004000800000004000000020000004c00000004000000ccffffff000001031000000020000000040000000000000006000000657175697479000000000600080006000600000000000200100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffffd000000014000000000000000c0018000600050008000c000c000000000304001c0000006800000000000000000000000c001e001000040008000c000c000000700000002400000018000000040000000000000000000000000006000800070006000000000000010400000000000000000000000000000000000000000000000000000031000000000000003800000000000000000000000000000038000000000000002d0000000000000000000000020000000400000000000000000000000000000004000000000000000000000000000000200000000000000028b52ffd202001010000361957ab5ea617003668e83fada6170036b779d4fba6170036060b694aa71700000000000000200000000000000028b52ffd2020e50000a0000000000088c34000bac3400000000000ecc34002002b04027004000000ffffffff00000000	\\xffffffff900200001000000000000a000c000600050008000a000000000104000c000000080008000000040008000000040000000b00000028020000ec010000b40100006c01000038010000f8000000c40000009800000064000000340000000400000014feffff00000105100000001c00000004000000000000000800000063757272656e63790000000000feffff40feffff00000103100000001800000004000000000000000600000072657475726e00009afeffff000002006cfeffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000cafeffff000002009cfeffff000001031000000014000000040000000000000003000000706e6c00f2feffff00000200c4feffff00000103100000001c00000004000000000000000a000000657869745f7072696365000022ffffff00000200f4feffff0000010a100000001c000000040000000000000009000000657869745f74696d6500000094ffffff0000030004000000030000005554430030ffffff00000103100000001c00000004000000000000000b000000656e7472795f7072696365008effffff0000020060ffffff0000010a100000002400000004000000000000000a000000656e7472795f74696d65000008000c00060008000800000000000300040000000300000055544300a4ffffff0000010310000000200000000400000000000000080000007175616e7469747900000600080006000600000000000200d8ffffff0000010510000000180000000400000000000000040000007369646500000000c0ffffff100014000800060007000c00000010001000000000000105100000002400000004000000000000000d000000696e737472756d656e745f6964000000040004000400000000000000ffffffff00000000	\\xffffffff180200001000000000000a000c000600050008000a000000000104000c0000000800080000000400080000000400000009000000a40100005c0100002c01000000010000c80000009800000064000000340000000400000090feffff00000105100000001c0000000400000000000000090000006c6971756964697479000000c0feffffbcfeffff00000105100000001c00000004000000000000000800000063757272656e637900000000ecfeffffe8feffff00000103100000001c00000004000000000000000a000000636f6d6d697373696f6e0000a6ffffff0000020018ffffff0000010310000000180000000400000000000000050000007072696365000000d2ffffff0000020044ffffff0000010310000000200000000400000000000000080000007175616e746974790000060008000600060000000000020078ffffff0000010510000000180000000400000000000000040000007369646500000000a4ffffffa0ffffff00000105100000001c0000000400000000000000080000006f726465725f696400000000d0ffffffccffffff00000105100000002400000004000000000000000d000000696e737472756d656e745f69640000000400040004000000100014000800060007000c0000001000100000000000010a100000002000000004000000000000000400000074696d650000000008000c0006000800080000000000030004000000030000005554430000000000ffffffff7002000014000000000000000c0018000600050008000c000c000000000304001c000000b801000000000000000000000c001e001000040008000c000c000000a0010000240000001800000001000000000000000000000000000600080007000600000000000001170000000000000000000000000000000000000000000000000000001900000000000000200000000000000000000000000000002000000000000000190000000000000040000000000000001a00000000000000600000000000000000000000000000006000000000000000190000000000000080000000000000002c00000000000000b0000000000000000000000000000000b0000000000000001900000000000000d0000000000000001400000000000000e8000000000000000000000000000000e8000000000000001900000000000000080100000000000000000000000000000801000000000000190000000000000028010000000000000000000000000000280100000000000019000000000000004801000000000000000000000000000048010000000000001900000000000000680100000000000014000000000000008001000000000000000000000000000080010000000000001900000000000000a00100000000000016000000000000000000000009000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000080000000000000028b52ffd200841000000361957ab5ea61700000000000000080000000000000028b52ffd2008410000000000000900000000000000000000090000000000000028b52ffd200949000041434d452e54455354000000000000080000000000000028b52ffd2008410000000000001b000000000000000000001b0000000000000028b52ffd201bd900004f2d32303234303130312d3233353935392d3030312d3030302d3100000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000042555900000000080000000000000028b52ffd2008410000000000000000244000000000000000080000000000000028b52ffd2008410000000000000000594000000000000000080000000000000028b52ffd2008410000000000000000000000000000000000080000000000000028b52ffd2008410000000000000300000000000000000000030000000000000028b52ffd200319000055534400000000080000000000000028b52ffd2008410000000000000500000000000000000000050000000000000028b52ffd200529000074616b65720000ffffffff00000000
\.


--
-- Data for Name: source_files; Type: TABLE DATA; Schema: workbench; Owner: -
--

COPY workbench.source_files (source_sha256, source) FROM stdin;
\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855	
\\xf9c11484adad23f27589bb345e09d66365f08c057604aea8ee130c204305cd73	"""Strategies as a user writes them, in a module of their own. They follow a script, so that results are known."""\n\nimport time\nfrom collections.abc import Callable\n\nimport msgspec\nimport psycopg\nfrom nautilus_trader.common.actor import Actor\nfrom nautilus_trader.common.config import ActorConfig\nfrom nautilus_trader.model.data import Bar, BarType\nfrom nautilus_trader.model.enums import OrderSide\nfrom nautilus_trader.model.identifiers import InstrumentId\nfrom nautilus_trader.trading.config import StrategyConfig\nfrom nautilus_trader.trading.strategy import Strategy\n\nCALLED: dict[str, Callable[[], object]] = {}\n"""What a test wants to happen in the middle of a run, by the run's note."""\n\n\nclass ScriptConfig(StrategyConfig, kw_only=True, frozen=True):\n    """Orders by bar, counted from 1: ``{"1": 90, "7": -90}`` buys 90 at the first and sells them at the seventh."""\n\n    instrument_id: InstrumentId\n    bar_type: BarType\n    orders: dict[str, float] = msgspec.field(default_factory=dict)\n    raise_on: int = 0\n    stop_on: int = 0\n    interrupt_on: int = 0\n    hang_on: int = 0\n    cut_on: int = 0\n    call_on: int = 0\n    url: str = ""\n    order_on: str = ""\n    note: str = ""\n\n\nclass Script(Strategy):\n    """Sends market orders at the bars it was told."""\n\n    def __init__(self, config: ScriptConfig) -> None:\n        super().__init__(config)\n        self.seen = 0\n\n    def on_start(self) -> None:\n        """Subscribe."""\n        self.subscribe_bars(self.config.bar_type)\n\n    def on_bar(self, bar: Bar) -> None:\n        """Follow the script."""\n        self.seen += 1\n        if self.seen == self.config.raise_on:\n            raise ValueError(f"boom on bar {self.seen}")\n        if self.seen == self.config.interrupt_on:\n            raise KeyboardInterrupt\n        if self.seen == self.config.stop_on:\n            self.shutdown_system("enough")\n        if self.seen == self.config.hang_on:\n            print("hanging", flush=True)\n            time.sleep(60)\n        if self.seen == self.config.cut_on:\n            cut_connections(self.config.url)\n        if self.seen == self.config.call_on:\n            CALLED[self.config.note]()\n        quantity = self.config.orders.get(str(self.seen), 0)\n        instrument = self.cache.instrument(self.config.instrument_id)\n        if quantity and quantity == -self._held():\n            self.close_all_positions(self.config.instrument_id)\n        elif quantity:\n            side = OrderSide.BUY if quantity > 0 else OrderSide.SELL\n            target = InstrumentId.from_str(self.config.order_on or str(self.config.instrument_id))\n            order = self.order_factory.market(target, side, instrument.make_qty(abs(quantity)))\n            self.submit_order(order)\n\n    def _held(self) -> float:\n        return float(sum(position.signed_qty for position in self.cache.positions_open()))\n\n\nclass RaisesAtOnce(Strategy):\n    """Raises in its constructor."""\n\n    def __init__(self) -> None:\n        super().__init__()\n        raise RuntimeError("no licence file")\n\n\ndef cut_connections(url: str) -> None:\n    """End every other connection to a database, as a restart of its server would."""\n    with psycopg.connect(url) as connection:\n        connection.execute(\n            "select pg_terminate_backend(pid) from pg_stat_activity "\n            "where datname = current_database() and pid <> pg_backend_pid()"\n        )\n\n\nclass RaisesWithItsConfig(Strategy):\n    """Raises in its constructor, which takes a config as NautilusTrader gives it to every strategy."""\n\n    def __init__(self, config: StrategyConfig) -> None:\n        super().__init__(config)\n        raise RuntimeError("no licence file")\n\n\nclass WatcherConfig(ActorConfig, kw_only=True, frozen=True):\n    """Which bars to look at."""\n\n    every: int = 1\n\n\nclass Watcher(Actor):\n    """Looks on."""\n\n    def __init__(self, config: WatcherConfig) -> None:\n        super().__init__(config)\n\n\nclass TakesNothing(Strategy):\n    """Takes no config."""\n\n    def __init__(self) -> None:\n        super().__init__()\n
\.


--
-- Name: run_remarks_remark_id_seq; Type: SEQUENCE SET; Schema: workbench; Owner: -
--

SELECT pg_catalog.setval('workbench.run_remarks_remark_id_seq', 1, false);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: backtest_runs backtest_runs_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.backtest_runs
    ADD CONSTRAINT backtest_runs_pkey PRIMARY KEY (run_id);


--
-- Name: config_bases config_bases_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.config_bases
    ADD CONSTRAINT config_bases_pkey PRIMARY KEY (base_sha256);


--
-- Name: config_sources config_sources_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.config_sources
    ADD CONSTRAINT config_sources_pkey PRIMARY KEY (base_sha256, module);


--
-- Name: environments environments_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.environments
    ADD CONSTRAINT environments_pkey PRIMARY KEY (environment_sha256);


--
-- Name: market_data market_data_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.market_data
    ADD CONSTRAINT market_data_pkey PRIMARY KEY (data_sha256);


--
-- Name: performance_metrics performance_metrics_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.performance_metrics
    ADD CONSTRAINT performance_metrics_pkey PRIMARY KEY (run_id);


--
-- Name: run_configs run_configs_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_configs
    ADD CONSTRAINT run_configs_pkey PRIMARY KEY (config_sha256);


--
-- Name: run_groups run_groups_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_groups
    ADD CONSTRAINT run_groups_pkey PRIMARY KEY (group_id);


--
-- Name: run_labels run_labels_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_labels
    ADD CONSTRAINT run_labels_pkey PRIMARY KEY (run_id);


--
-- Name: run_parts run_parts_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_parts
    ADD CONSTRAINT run_parts_pkey PRIMARY KEY (run_id, kind, number);


--
-- Name: run_remarks run_remarks_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_remarks
    ADD CONSTRAINT run_remarks_pkey PRIMARY KEY (remark_id);


--
-- Name: run_results run_results_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_results
    ADD CONSTRAINT run_results_pkey PRIMARY KEY (run_id);


--
-- Name: source_files source_files_pkey; Type: CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.source_files
    ADD CONSTRAINT source_files_pkey PRIMARY KEY (source_sha256);


--
-- Name: backtest_runs_config_sha256_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_config_sha256_idx ON workbench.backtest_runs USING hash (config_sha256);


--
-- Name: backtest_runs_group_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_group_idx ON workbench.backtest_runs USING btree (group_id, started_at, run_id) WHERE (group_id IS NOT NULL);


--
-- Name: backtest_runs_instrument_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_instrument_idx ON workbench.backtest_runs USING btree (instrument_id text_pattern_ops, status);


--
-- Name: backtest_runs_instrument_newest_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_instrument_newest_idx ON workbench.backtest_runs USING btree (instrument_id text_pattern_ops, started_at, run_id);


--
-- Name: backtest_runs_newest_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_newest_idx ON workbench.backtest_runs USING btree (started_at, run_id);


--
-- Name: backtest_runs_param_marks_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_param_marks_idx ON workbench.backtest_runs USING gin (workbench.param_marks(params)) WITH (fastupdate=off);


--
-- Name: backtest_runs_rerun_of_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_rerun_of_idx ON workbench.backtest_runs USING btree (rerun_of) WHERE (rerun_of IS NOT NULL);


--
-- Name: backtest_runs_running_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_running_idx ON workbench.backtest_runs USING btree (run_id) WHERE (status = 'running'::text);


--
-- Name: backtest_runs_setup_sha256_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_setup_sha256_idx ON workbench.backtest_runs USING hash (setup_sha256);


--
-- Name: backtest_runs_status_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_status_idx ON workbench.backtest_runs USING btree (status);


--
-- Name: backtest_runs_strategy_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_strategy_idx ON workbench.backtest_runs USING btree (strategy_key, strategy_type, instrument_id text_pattern_ops, status);


--
-- Name: backtest_runs_strategy_newest_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_strategy_newest_idx ON workbench.backtest_runs USING btree (strategy_key, started_at, run_id);


--
-- Name: backtest_runs_strategy_path_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_strategy_path_idx ON workbench.backtest_runs USING btree (strategy_path);


--
-- Name: backtest_runs_strategy_type_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX backtest_runs_strategy_type_idx ON workbench.backtest_runs USING btree (strategy_type, instrument_id text_pattern_ops, status);


--
-- Name: config_sources_source_sha256_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX config_sources_source_sha256_idx ON workbench.config_sources USING btree (source_sha256);


--
-- Name: performance_metrics_average_loss_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_average_loss_idx ON workbench.performance_metrics USING btree (average_loss DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_average_win_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_average_win_idx ON workbench.performance_metrics USING btree (average_win DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_cagr_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_cagr_idx ON workbench.performance_metrics USING btree (cagr DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_calmar_ratio_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_calmar_ratio_idx ON workbench.performance_metrics USING btree (calmar_ratio DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_custom_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_custom_idx ON workbench.performance_metrics USING gin (custom) WITH (fastupdate=off) WHERE (custom <> '{}'::jsonb);


--
-- Name: performance_metrics_expectancy_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_expectancy_idx ON workbench.performance_metrics USING btree (expectancy DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_final_balance_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_final_balance_idx ON workbench.performance_metrics USING btree (final_balance DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_max_drawdown_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_max_drawdown_idx ON workbench.performance_metrics USING btree (max_drawdown DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_profit_factor_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_profit_factor_idx ON workbench.performance_metrics USING btree (profit_factor DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_sharpe_ratio_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_sharpe_ratio_idx ON workbench.performance_metrics USING btree (sharpe_ratio DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_sortino_ratio_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_sortino_ratio_idx ON workbench.performance_metrics USING btree (sortino_ratio DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_strategy_max_drawdown_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_strategy_max_drawdown_idx ON workbench.performance_metrics USING btree (strategy_key, max_drawdown DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_strategy_sharpe_ratio_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_strategy_sharpe_ratio_idx ON workbench.performance_metrics USING btree (strategy_key, sharpe_ratio DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_strategy_total_return_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_strategy_total_return_idx ON workbench.performance_metrics USING btree (strategy_key, total_return DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_total_return_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_total_return_idx ON workbench.performance_metrics USING btree (total_return DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_volatility_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_volatility_idx ON workbench.performance_metrics USING btree (volatility DESC NULLS LAST, run_id DESC);


--
-- Name: performance_metrics_win_rate_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX performance_metrics_win_rate_idx ON workbench.performance_metrics USING btree (win_rate DESC NULLS LAST, run_id DESC);


--
-- Name: run_configs_base_sha256_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_configs_base_sha256_idx ON workbench.run_configs USING btree (base_sha256);


--
-- Name: run_labels_name_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_labels_name_idx ON workbench.run_labels USING btree (name);


--
-- Name: run_labels_tags_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_labels_tags_idx ON workbench.run_labels USING gin (tags);


--
-- Name: run_parts_key_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_parts_key_idx ON workbench.run_parts USING btree (key);


--
-- Name: run_parts_path_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_parts_path_idx ON workbench.run_parts USING btree (path);


--
-- Name: run_parts_type_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_parts_type_idx ON workbench.run_parts USING btree (type);


--
-- Name: run_remarks_run_id_idx; Type: INDEX; Schema: workbench; Owner: -
--

CREATE INDEX run_remarks_run_id_idx ON workbench.run_remarks USING btree (run_id);


--
-- Name: backtest_runs_kinds; Type: STATISTICS; Schema: workbench; Owner: -
--

CREATE STATISTICS workbench.backtest_runs_kinds (mcv) ON status, strategy_key, strategy_type, instrument_id FROM workbench.backtest_runs;
ALTER STATISTICS workbench.backtest_runs_kinds SET STATISTICS 300;


--
-- Name: run_configs drop_unused_base; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER drop_unused_base AFTER DELETE ON workbench.run_configs FOR EACH ROW EXECUTE FUNCTION workbench.drop_unused_base();


--
-- Name: backtest_runs drop_unused_config; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER drop_unused_config AFTER DELETE ON workbench.backtest_runs FOR EACH ROW EXECUTE FUNCTION workbench.drop_unused_config();


--
-- Name: config_sources drop_unused_source; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER drop_unused_source AFTER DELETE ON workbench.config_sources FOR EACH ROW EXECUTE FUNCTION workbench.drop_unused_source();


--
-- Name: performance_metrics go_with_the_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER go_with_the_run BEFORE DELETE ON workbench.performance_metrics FOR EACH ROW EXECUTE FUNCTION workbench.go_with_the_run();


--
-- Name: run_parts go_with_the_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER go_with_the_run BEFORE DELETE ON workbench.run_parts FOR EACH ROW EXECUTE FUNCTION workbench.go_with_the_run();


--
-- Name: run_remarks go_with_the_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER go_with_the_run BEFORE DELETE ON workbench.run_remarks FOR EACH ROW EXECUTE FUNCTION workbench.go_with_the_run();


--
-- Name: run_results go_with_the_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER go_with_the_run BEFORE DELETE ON workbench.run_results FOR EACH ROW EXECUTE FUNCTION workbench.go_with_the_run();


--
-- Name: performance_metrics join_running_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER join_running_run BEFORE INSERT ON workbench.performance_metrics FOR EACH ROW EXECUTE FUNCTION workbench.join_running_run();


--
-- Name: run_results join_running_run; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER join_running_run BEFORE INSERT ON workbench.run_results FOR EACH ROW EXECUTE FUNCTION workbench.join_running_run();


--
-- Name: backtest_runs leave_running_once; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER leave_running_once BEFORE UPDATE ON workbench.backtest_runs FOR EACH ROW EXECUTE FUNCTION workbench.leave_running_once();


--
-- Name: backtest_runs name_the_recorder; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER name_the_recorder BEFORE INSERT ON workbench.backtest_runs FOR EACH ROW EXECUTE FUNCTION workbench.name_the_recorder();


--
-- Name: run_groups name_the_writer; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER name_the_writer BEFORE INSERT ON workbench.run_groups FOR EACH ROW EXECUTE FUNCTION workbench.name_the_writer();


--
-- Name: run_remarks name_the_writer; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER name_the_writer BEFORE INSERT ON workbench.run_remarks FOR EACH ROW EXECUTE FUNCTION workbench.name_the_writer();


--
-- Name: config_bases refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.config_bases FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: config_sources refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.config_sources FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: environments refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.environments FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: market_data refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.market_data FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: performance_metrics refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.performance_metrics FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: run_configs refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.run_configs FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: run_groups refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.run_groups FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: run_parts refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.run_parts FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: run_remarks refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.run_remarks FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: run_results refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.run_results FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: source_files refuse_change; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.source_files FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();


--
-- Name: backtest_runs refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.backtest_runs FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: config_bases refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.config_bases FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: config_sources refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.config_sources FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: environments refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.environments FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: market_data refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.market_data FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: performance_metrics refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.performance_metrics FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_configs refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_configs FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_groups refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_groups FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_labels refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_labels FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_parts refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_parts FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_remarks refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_remarks FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: run_results refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.run_results FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: source_files refuse_truncate; Type: TRIGGER; Schema: workbench; Owner: -
--

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.source_files FOR EACH STATEMENT EXECUTE FUNCTION workbench.refuse_truncate();


--
-- Name: backtest_runs backtest_runs_config_sha256_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.backtest_runs
    ADD CONSTRAINT backtest_runs_config_sha256_fkey FOREIGN KEY (config_sha256) REFERENCES workbench.run_configs(config_sha256);


--
-- Name: backtest_runs backtest_runs_environment_sha256_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.backtest_runs
    ADD CONSTRAINT backtest_runs_environment_sha256_fkey FOREIGN KEY (environment_sha256) REFERENCES workbench.environments(environment_sha256);


--
-- Name: backtest_runs backtest_runs_group_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.backtest_runs
    ADD CONSTRAINT backtest_runs_group_id_fkey FOREIGN KEY (group_id) REFERENCES workbench.run_groups(group_id);


--
-- Name: config_sources config_sources_base_sha256_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.config_sources
    ADD CONSTRAINT config_sources_base_sha256_fkey FOREIGN KEY (base_sha256) REFERENCES workbench.config_bases(base_sha256) ON DELETE CASCADE;


--
-- Name: config_sources config_sources_source_sha256_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.config_sources
    ADD CONSTRAINT config_sources_source_sha256_fkey FOREIGN KEY (source_sha256) REFERENCES workbench.source_files(source_sha256);


--
-- Name: performance_metrics performance_metrics_run_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.performance_metrics
    ADD CONSTRAINT performance_metrics_run_id_fkey FOREIGN KEY (run_id) REFERENCES workbench.backtest_runs(run_id) ON DELETE CASCADE;


--
-- Name: run_configs run_configs_base_sha256_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_configs
    ADD CONSTRAINT run_configs_base_sha256_fkey FOREIGN KEY (base_sha256) REFERENCES workbench.config_bases(base_sha256);


--
-- Name: run_labels run_labels_run_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_labels
    ADD CONSTRAINT run_labels_run_id_fkey FOREIGN KEY (run_id) REFERENCES workbench.backtest_runs(run_id) ON DELETE CASCADE;


--
-- Name: run_parts run_parts_run_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_parts
    ADD CONSTRAINT run_parts_run_id_fkey FOREIGN KEY (run_id) REFERENCES workbench.backtest_runs(run_id) ON DELETE CASCADE;


--
-- Name: run_remarks run_remarks_run_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_remarks
    ADD CONSTRAINT run_remarks_run_id_fkey FOREIGN KEY (run_id) REFERENCES workbench.backtest_runs(run_id) ON DELETE CASCADE;


--
-- Name: run_results run_results_run_id_fkey; Type: FK CONSTRAINT; Schema: workbench; Owner: -
--

ALTER TABLE ONLY workbench.run_results
    ADD CONSTRAINT run_results_run_id_fkey FOREIGN KEY (run_id) REFERENCES workbench.backtest_runs(run_id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


