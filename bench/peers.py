"""The same work in other engines, straight from the Parquet files: sixteen metrics of every customer at one instant (`now`), or
twelve of them at the end of every day of the span (`series`).

    bench/out/venv/bin/python bench/peers.py FOLDER {duckdb|clickhouse|polars|datafusion} {now|series} [--threads 2]

Prints one JSON object: seconds, and the sum of every metric over all rows, which must equal `kizashi metrics --summary` and
`kizashi series --summary` with bench/pack.toml. Columns are found by name: customer or account, occurred_at or ts, event or name.
"""

import argparse
import datetime
import json
import pathlib
import time

import pyarrow.parquet

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument("folder", type=pathlib.Path)
given.add_argument("engine", choices=["duckdb", "clickhouse", "polars", "datafusion"])
given.add_argument("job", choices=["now", "series"])
given.add_argument("--end", default="2026-11-01", help="the end of the last day, in UTC")
given.add_argument("--threads", type=int, default=2)
given = given.parse_args()

files = str(given.folder / "*.parquet")
there = pyarrow.parquet.read_schema(next(iter(sorted(given.folder.glob("*.parquet"))))).names
CUSTOMER, TIME, EVENT = (next(n for n in names if n in there) for names in [("customer", "account"), ("occurred_at", "ts"), ("event", "name")])
END = datetime.datetime.fromisoformat(given.end).replace(tzinfo=datetime.timezone.utc)

# metric: (what of the events, days of the window, days before the end at which the window ends, event)
NOW = {
    "events_7d": ("count", 7, 0, None), "events_28d": ("count", 28, 0, None), "events_prev_28d": ("count", 28, 28, None),
    "users_7d": ("users", 7, 0, None), "users_28d": ("users", 28, 0, None), "users_prev_28d": ("users", 28, 28, None),
    "logins_28d": ("count", 28, 0, "login"), "logins_prev_28d": ("count", 28, 28, "login"),
    "days_28d": ("days", 28, 0, None), "features_28d": ("events", 28, 0, None),
    "exports_28d": ("count", 28, 0, "report_export"), "errors_28d": ("count", 28, 0, "error"),
    "api_calls_28d": ("count", 28, 0, "api_call"), "value_28d": ("sum", 28, 0, None),
    "days_since_login": ("since", None, 0, "login"), "days_since_event": ("since", None, 0, None),
}
FIGURES = {"count": "count(*)", "users": 'count(DISTINCT "user")', "days": "count(DISTINCT {day})", "events": "count(DISTINCT {event})", "sum": "sum(value)", "since": "max({time})"}


def write_now(instant, day, days_since):
    """SQL for every metric a customer, and their sums around it."""
    columns = []
    for name, (what, window, offset, event) in NOW.items():
        conditions = [f"{EVENT} = '{event}'"] if event else []
        if window:
            conditions.append(f"{TIME} >= {instant(END - datetime.timedelta(days=window + offset))}")
        if offset:
            conditions.append(f"{TIME} < {instant(END - datetime.timedelta(days=offset))}")
        figure = FIGURES[what].format(day=day, event=EVENT, time=TIME)
        columns.append(f"{figure} FILTER (WHERE {' AND '.join(conditions)}) AS {name}" if conditions else f"{figure} AS {name}")
    sums = ", ".join(f"sum({days_since(n)}) AS {n}" if NOW[n][0] == "since" else f"sum({n}) AS {n}" for n in NOW)
    return f"SELECT {sums} FROM (SELECT {CUSTOMER}, {', '.join(columns)} FROM events WHERE {TIME} < {instant(END)} GROUP BY {CUSTOMER}) AS each_customer"


SERIES = f"""
WITH daily AS (
  SELECT {CUSTOMER} AS customer, CAST({TIME} AS DATE) AS day, count(*) AS n, count(*) FILTER (WHERE {EVENT} = 'login') AS logins,
         count(*) FILTER (WHERE {EVENT} = 'error') AS errors, count(*) FILTER (WHERE {EVENT} = 'report_export') AS exports,
         count(*) FILTER (WHERE {EVENT} = 'api_call') AS calls, sum(value) AS value
  FROM events GROUP BY 1, 2),
days AS (SELECT DISTINCT day FROM daily),
grid AS (SELECT customer, days.day FROM (SELECT DISTINCT customer FROM daily) AS customers, days),
windows AS (
  SELECT customer, day, coalesce(sum(n) OVER seven, 0) AS events_7d, coalesce(sum(n) OVER four_weeks, 0) AS events_28d,
         coalesce(sum(n) OVER before, 0) AS events_prev_28d, coalesce(sum(logins) OVER four_weeks, 0) AS logins_28d,
         count(n) OVER four_weeks AS days_28d, coalesce(sum(exports) OVER four_weeks, 0) AS exports_28d,
         coalesce(sum(errors) OVER four_weeks, 0) AS errors_28d, coalesce(sum(calls) OVER four_weeks, 0) AS api_calls_28d,
         coalesce(sum(value) OVER four_weeks, 0) AS value_28d,
         day - max(CASE WHEN logins > 0 THEN day END) OVER (PARTITION BY customer ORDER BY day) AS days_since_login
  FROM grid LEFT JOIN daily USING (customer, day)
  WINDOW seven AS (PARTITION BY customer ORDER BY day RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW),
         four_weeks AS (PARTITION BY customer ORDER BY day RANGE BETWEEN INTERVAL 27 DAYS PRECEDING AND CURRENT ROW),
         before AS (PARTITION BY customer ORDER BY day RANGE BETWEEN INTERVAL 55 DAYS PRECEDING AND INTERVAL 28 DAYS PRECEDING)),
seen AS (SELECT DISTINCT {CUSTOMER} AS customer, "user" AS person, CAST({TIME} AS DATE) AS day FROM events),
used AS (SELECT DISTINCT {CUSTOMER} AS customer, {EVENT} AS feature, CAST({TIME} AS DATE) AS day FROM events),
users AS (
  SELECT days.day, customer, count(DISTINCT person) AS users_28d
  FROM days JOIN seen ON seen.day BETWEEN days.day - INTERVAL 27 DAYS AND days.day GROUP BY 1, 2),
features AS (
  SELECT days.day, customer, count(DISTINCT feature) AS features_28d
  FROM days JOIN used ON used.day BETWEEN days.day - INTERVAL 27 DAYS AND days.day GROUP BY 1, 2)
SELECT sum(events_7d) AS events_7d, sum(events_28d) AS events_28d, sum(events_prev_28d) AS events_prev_28d, sum(users_28d) AS users_28d,
       sum(logins_28d) AS logins_28d, sum(days_28d) AS days_28d, sum(features_28d) AS features_28d, sum(exports_28d) AS exports_28d,
       sum(errors_28d) AS errors_28d, sum(api_calls_28d) AS api_calls_28d, sum(value_28d) AS value_28d, sum(days_since_login) AS days_since_login
FROM windows LEFT JOIN users USING (customer, day) LEFT JOIN features USING (customer, day)"""


def ask_duckdb():
    import duckdb

    database = duckdb.connect()
    database.execute(f"SET threads={given.threads}; SET TimeZone='UTC'")
    database.execute(f"CREATE VIEW events AS SELECT * FROM read_parquet('{files}')")
    last = f"DATE '{(END - datetime.timedelta(days=1)).date()}'"
    query = SERIES if given.job == "series" else write_now(lambda t: f"TIMESTAMPTZ '{t}'", f"CAST({TIME} AS DATE)", lambda n: f"{last} - CAST({n} AS DATE)")
    answer = database.execute(query)
    return dict(zip([column[0] for column in answer.description], answer.fetchone()))


def ask_clickhouse():
    import chdb

    instant = lambda t: f"toDateTime64('{t:%Y-%m-%d %H:%M:%S}', 6, 'UTC')"
    last = f"toDate('{(END - datetime.timedelta(days=1)).date()}')"
    # A customer who never logged in has an instant of 1970 there.
    since = lambda n: f"if({n} < toDateTime64('1971-01-01 00:00:00', 6, 'UTC'), 0, {last} - toDate({n}, 'UTC'))"
    query = write_now(instant, f"toDate({TIME}, 'UTC')", since).replace("FROM events", f"FROM file('{files}', Parquet)")
    return json.loads(str(chdb.query(f"{query} SETTINGS max_threads={given.threads}, output_format_json_quote_64bit_integers=0", "JSONEachRow")))


def ask_datafusion():
    from datafusion import SessionConfig, SessionContext

    context = SessionContext(SessionConfig().with_target_partitions(given.threads))
    context.register_parquet("events", str(given.folder))
    last = int(END.timestamp()) // 86_400 - 1
    since = lambda n: f"{last} - CAST(floor(date_part('epoch', {n}) / 86400) AS BIGINT)"
    answer = context.sql(write_now(lambda t: f"TIMESTAMP '{t:%Y-%m-%d %H:%M:%S}+00'", f"CAST({TIME} AS DATE)", since)).to_pydict()
    return {name: values[0] for name, values in answer.items()}


def ask_polars():
    import os

    os.environ["POLARS_MAX_THREADS"] = str(given.threads)
    import polars

    time_of, event_of, user = polars.col(TIME), polars.col(EVENT), polars.col("user")
    columns = {}
    for name, (what, window, offset, event) in NOW.items():
        kept = time_of < END - datetime.timedelta(days=offset)
        if window:
            kept &= time_of >= END - datetime.timedelta(days=window + offset)
        if event:
            kept &= event_of == event
        columns[name] = {
            "count": kept.sum(), "users": user.filter(kept).n_unique(), "days": time_of.filter(kept).dt.date().n_unique(),
            "events": event_of.filter(kept).n_unique(), "sum": polars.col("value").filter(kept).sum(), "since": time_of.filter(kept).max(),
        }[what]
    each = polars.scan_parquet(files).filter(time_of < END).group_by(CUSTOMER).agg(**columns)
    last = (END - datetime.timedelta(days=1)).date()
    total = lambda n: (polars.lit(last) - polars.col(n).dt.date()).dt.total_days().sum() if NOW[n][0] == "since" else polars.col(n).sum()
    return each.select(**{n: total(n) for n in NOW}).collect(engine="streaming").to_dicts()[0]


start = time.perf_counter()
sums = {"duckdb": ask_duckdb, "clickhouse": ask_clickhouse, "polars": ask_polars, "datafusion": ask_datafusion}[given.engine]()
print(json.dumps({"seconds": time.perf_counter() - start, "sums": {name: float(value or 0) for name, value in sums.items()}}))
