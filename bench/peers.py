"""The same work in DuckDB and Polars: take in the made events once each, then sixteen metrics of every customer at one day.

    python3 -m venv bench/out/venv && bench/out/venv/bin/pip install duckdb polars
    bench/out/venv/bin/python bench/peers.py bench/out/events-….ndjson {duckdb|polars} [--as-of 2026-10-31] [--threads 2]

Prints seconds, the highest memory, and sums that must equal those of `kizashi metrics --summary` with bench/pack.toml.
"""

import argparse
import datetime
import os
import resource
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("file")
arguments.add_argument("engine", choices=["duckdb", "polars"])
arguments.add_argument("--as-of", default="2026-10-31")
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--runs", type=int, default=5)
given = arguments.parse_args()
end = datetime.datetime.fromisoformat(given.as_of) + datetime.timedelta(days=1)

WINDOWS = {"7d": (7, 0), "28d": (28, 0), "prev_28d": (56, 28)}
# name: (what, window, event)
METRICS = {
    "events_7d": ("count", "7d", None), "events_28d": ("count", "28d", None), "events_prev_28d": ("count", "prev_28d", None),
    "users_7d": ("users", "7d", None), "users_28d": ("users", "28d", None), "users_prev_28d": ("users", "prev_28d", None),
    "logins_28d": ("count", "28d", "login"), "logins_prev_28d": ("count", "prev_28d", "login"),
    "days_28d": ("days", "28d", None), "features_28d": ("features", "28d", None),
    "exports_28d": ("count", "28d", "report_export"), "errors_28d": ("count", "28d", "error"),
    "api_calls_28d": ("count", "28d", "api_call"), "value_28d": ("sum", "28d", None),
    "days_since_login": ("since", None, "login"), "days_since_event": ("since", None, None),
}


def say(what, seconds, note=""):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.engine:8} {what:40} {seconds:8.2f} s   {memory:7.0f} MiB   {note}", flush=True)


def measure_duckdb(folder):
    import duckdb

    database = duckdb.connect(os.path.join(folder, "events.duckdb"))
    database.execute(f"SET threads={given.threads}; SET TimeZone='UTC'; SET memory_limit='1GiB'; SET preserve_insertion_order=false")
    start = time.perf_counter()
    database.execute("CREATE TABLE event (id VARCHAR PRIMARY KEY, customer VARCHAR, person VARCHAR, name VARCHAR, ts TIMESTAMP, value DOUBLE)")
    database.execute(
        f"""INSERT OR IGNORE INTO event
            SELECT messageId, context->>'groupId', userId, event, timestamp::TIMESTAMP, (properties->>'value')::DOUBLE
            FROM read_json('{given.file}', format='newline_delimited', columns={{messageId: 'VARCHAR', userId: 'VARCHAR', event: 'VARCHAR',
                 timestamp: 'VARCHAR', context: 'JSON', properties: 'JSON'}})"""
    )
    seconds = time.perf_counter() - start
    count = database.execute("SELECT count(*) FROM event").fetchone()[0]
    say("import, deduplicated by id", seconds, f"{count / seconds:,.0f} events/s")
    columns = []
    for name, (what, window, event) in METRICS.items():
        value = {"count": "count(*)", "users": "count(DISTINCT person)", "days": "count(DISTINCT ts::DATE)",
                 "features": "count(DISTINCT name)", "sum": "sum(value)", "since": "max(ts)"}[what]
        conditions = [f"name = '{event}'"] if event else []
        if window:
            far, near = WINDOWS[window]
            conditions += [f"ts >= TIMESTAMP '{end}' - INTERVAL {far} DAY", f"ts < TIMESTAMP '{end}' - INTERVAL {near} DAY"]
        value = f"{value} FILTER (WHERE {' AND '.join(conditions) or 'true'})"
        columns.append(f"date_diff('day', ({value})::DATE, DATE '{given.as_of}') AS {name}" if what == "since" else f"{value} AS {name}")
    query = f"SELECT customer, {', '.join(columns)} FROM event WHERE ts < TIMESTAMP '{end}' GROUP BY customer"
    sums = ", ".join(f"sum({name})" for name in METRICS)
    times = []
    for _ in range(given.runs):
        start = time.perf_counter()
        row = database.execute(f"SELECT count(*), {sums} FROM ({query})").fetchone()
        times.append(time.perf_counter() - start)
    say("sixteen metrics, warm", sorted(times[1:])[len(times[1:]) // 2], f"first {times[0]:.2f} s")
    print("customers", row[0], dict(zip(METRICS, row[1:])))


def measure_polars(folder):
    import polars as pl

    start = time.perf_counter()
    schema = {"messageId": pl.String, "userId": pl.String, "event": pl.String, "timestamp": pl.String,
              "context": pl.Struct({"groupId": pl.String}), "properties": pl.Struct({"value": pl.Float64})}
    stored = os.path.join(folder, "events.parquet")
    read = pl.scan_ndjson(given.file, schema=schema).select(
        id="messageId", customer=pl.col("context").struct.field("groupId"), person="userId", name="event",
        at=pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ"), value=pl.col("properties").struct.field("value"))
    read.unique("id").sink_parquet(stored)
    seconds = time.perf_counter() - start
    count = pl.scan_parquet(stored).select(pl.len()).collect().item()
    say("import, deduplicated by id", seconds, f"{count / seconds:,.0f} events/s")
    at, columns = pl.col("at"), []
    for name, (what, window, event) in METRICS.items():
        condition = pl.lit(True) if event is None else pl.col("name") == event
        if window:
            far, near = WINDOWS[window]
            condition &= (at >= end - datetime.timedelta(days=far)) & (at < end - datetime.timedelta(days=near))
        value = {"count": lambda: condition.sum(), "users": lambda: pl.col("person").filter(condition).n_unique(),
                 "days": lambda: at.filter(condition).dt.date().n_unique(), "features": lambda: pl.col("name").filter(condition).n_unique(),
                 "sum": lambda: pl.col("value").filter(condition).sum(),
                 "since": lambda: (pl.lit(end.date() - datetime.timedelta(days=1)) - at.filter(condition).max().dt.date()).dt.total_days()}[what]()
        columns.append(value.alias(name))
    times = []
    for _ in range(given.runs):
        start = time.perf_counter()
        table = pl.scan_parquet(stored).filter(at < end).group_by("customer").agg(columns).collect(engine="streaming")
        times.append(time.perf_counter() - start)
    say("sixteen metrics, warm", sorted(times[1:])[len(times[1:]) // 2], f"first {times[0]:.2f} s")
    print("customers", table.height, table.select(pl.col(name).sum() for name in METRICS).to_dicts()[0])


with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(given.file))) as place:
    {"duckdb": measure_duckdb, "polars": measure_polars}[given.engine](place)
