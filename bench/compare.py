"""Kizashi beside other engines on the same events and the same questions; prints a table and writes it to bench/RESULTS.md.

    KIZASHI_BINARY=… python3 bench/compare.py [--events N] [--customers N] [--days N] [--files FOLDER] [--large] [--peers duckdb,…]

Needs Python 3.11 or newer; the other engines go into bench/out/venv. Asserts nothing about speed, but the sums must agree.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "out"
PACKAGES = ["duckdb", "chdb", "polars", "datafusion", "numpy", "pyarrow"]
SERIES = "events_7d events_28d events_prev_28d users_28d logins_28d days_28d features_28d exports_28d errors_28d api_calls_28d value_28d days_since_login"

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument("--events", type=int, default=20_000_000)
given.add_argument("--customers", type=int, default=50_000)
given.add_argument("--days", type=int, default=90)
given.add_argument("--files", type=pathlib.Path, help="a folder of Parquet files to use instead of made ones; they end on 2026-10-31")
given.add_argument("--large", action="store_true", help="also 100 million events of 100,000 customers over 730 days, Kizashi alone")
given.add_argument("--peers", default="duckdb,clickhouse,polars,datafusion")
given.add_argument("--runs", type=int, default=5)
given.add_argument("--results", type=pathlib.Path, default=HERE / "RESULTS.md")
given = given.parse_args()
kizashi = os.environ.get("KIZASHI_BINARY") or sys.exit("KIZASHI_BINARY must name the program; `make bench` builds it and sets it")
python = OUT / "venv" / "bin" / "python"
rows = []


def run(*command):
    """Runs a program; its output, seconds by the clock and on the processors, and the most memory it had, in MiB."""
    with tempfile.TemporaryFile() as told:
        start = time.perf_counter()
        program = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=told)
        text = program.stdout.read()
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        told.seek(0)
        # 1 is `kizashi import` with refused rows; of anything else it is a failure.
        if program.returncode > 1 or program.returncode != 0 and command[0] != kizashi:
            sys.exit(f"{' '.join(map(str, command))[:400]}\nended with {program.returncode}\n{told.read().decode()[-4000:]}")
    return text.decode(), {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}


def median_of(runs, *command):
    """The run of median length; the first one, which warms the page cache, is not counted when there are more."""
    all_runs = [run(*command) for _ in range(runs)]
    counted = sorted(all_runs[1:] or all_runs, key=lambda r: r[1]["seconds"])
    return counted[len(counted) // 2]


def say(line=""):
    print(line, flush=True)


def prepare_peers():
    ready = OUT / "venv" / "ready"  # an installation that was cut off is begun again
    if not ready.exists():
        say("installing the other engines …")
        shutil.rmtree(OUT / "venv", ignore_errors=True)
        run(sys.executable, "-m", "venv", OUT / "venv")
        run(python, "-m", "pip", "install", "--quiet", *PACKAGES)
        ready.touch()


def made(events, customers, days):
    folder = OUT / f"made-{events}-{customers}-{days}"
    if not (folder / f"events-{days - 1:03d}.parquet").exists():
        say(f"making {events:,} events …")
        run(python, HERE / "make.py", folder, "--events", events, "--customers", customers, "--days", days)
    return folder


def summary(text):
    return {row["metric"]: float(row["sum"]) for row in csv.DictReader(text.splitlines())}


def take_in(folder, data):
    """Imports the files into a new workspace."""
    shutil.rmtree(data, ignore_errors=True)
    run(kizashi, "init", "--data", data, "--pack", HERE / "pack.toml")
    files = sorted(folder.glob("*.parquet"))
    text, used = run(kizashi, "import", *files, "--data", data, "--as", "events", "--json")
    events = json.loads(text.splitlines()[-1])["added"]
    bytes_there = {kind: sum(f.stat().st_size for f in (data / "history").rglob(f"*.{kind}")) for kind in ["parquet", "cells"]}
    return {**used, "events": events, "bytes": bytes_there}


def measure(data, days, runs):
    now = median_of(runs, kizashi, "metrics", "--data", data, "--as-of", "2026-10-31", "--summary")
    first = datetime.date(2026, 10, 31) - datetime.timedelta(days=days - 1)
    series = median_of(runs, kizashi, "series", "--data", data, "--from", first, "--to", "2026-10-31", "--metrics", SERIES.replace(" ", ","), "--summary")
    return now, series


def agree(ours, theirs):
    """Metrics whose sums differ by more than rounding."""
    return [name for name, value in theirs.items() if name not in ours or abs(ours[name] - value) > 1e-9 * max(1.0, abs(value))]


def count_days(folder):
    return len(list(folder.glob("*.parquet")))


def compare():
    folder = given.files or made(given.events, given.customers, given.days)
    days, data = count_days(folder), OUT / "compared"
    taken = take_in(folder, data)
    events = taken["events"]
    say(f"{events:,} events taken in: {events / taken['seconds']:,.0f} a second, {taken['mib']:.0f} MiB")
    now, series = measure(data, days, given.runs)
    ours = {"now": (summary(now[0]), now[1]), "series": (summary(series[0]), series[1])}
    table = [("Kizashi", "now", now[1], None, []), ("Kizashi", "series", series[1], None, [])]
    for engine in filter(None, given.peers.split(",")):
        for job in ["now", "series"] if engine == "duckdb" else ["now"]:
            text, used = median_of(1 if job == "series" else min(3, given.runs), python, HERE / "peers.py", folder, engine, job)
            theirs = json.loads(text.splitlines()[-1])["sums"]
            table.append((engine, job, used, used["seconds"] / ours[job][1]["seconds"], agree(ours[job][0], theirs)))
            say(f"{engine} {job}: {used['seconds']:.2f} s, {used['seconds'] / ours[job][1]['seconds']:.1f} times ours")
    return {"taken": taken, "table": table, "ours": ours, "days": days, "files": count_days(folder)}


def measure_large():
    folder, days = made(100_000_000, 100_000, 730), 730
    data = OUT / "large"
    taken = take_in(folder, data)
    _, series = measure(data, days, 3)
    return {"taken": taken, "series": series[1]}


def write_results(found, large):
    taken, events = found["taken"], found["taken"]["events"]
    lines = ["# Measured", "", f"By `make bench` on {datetime.date.today()}, {describe_machine()}. Load when it ended: {os.getloadavg()[0]:.1f}.", ""]
    lines += [f"{events:,} events over {found['days']} days in {found['files']} Parquet files. Every engine had two threads, the page cache warm, the program's whole run by the clock.", ""]
    lines += ["| job | engine | seconds | on the processors | memory | slower than Kizashi | same sums |", "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    for engine, job, used, ratio, differ in sorted(found["table"], key=lambda row: (row[1], row[2]["seconds"])):
        same = "" if ratio is None else "yes" if not differ else "no: " + ", ".join(differ)
        lines.append(f"| {job} | {engine} | {used['seconds']:.2f} | {used['cpu']:.2f} | {used['mib']:.0f} MiB | {'' if ratio is None else f'{ratio:.1f} ×'} | {same} |")
    lines += ["", "- **now**: 16 metrics of every customer at the end of 2026-10-31 (UTC). **series**: 12 of them at the end of each day.", GIVEN, ""]
    lines += describe_taken(taken)
    if large:
        lines += ["", "## Two years, a hundred million events", ""] + describe_taken(large["taken"])
        used = large["series"]
        lines += [f"- 12 metrics of every customer at the end of each of 730 days: {used['seconds']:.2f} s by the clock, {used['cpu']:.2f} s on the processors, {used['mib']:.0f} MiB"]
    lines += ["", "## Sums", "", "| metric | now | series |", "| --- | ---: | ---: |"]
    now, series = (found["ours"][job][0] for job in ["now", "series"])
    show = lambda value: "" if value is None else f"{value:,.2f}".removesuffix(".00")
    lines += [f"| {name} | {show(value)} | {show(series.get(name))} |" for name, value in now.items()]
    given.results.write_text("\n".join(lines) + "\n")


GIVEN = (
    "- What each was given: Kizashi its own data folder after `kizashi import` of the same files (the import is below, and is part of no figure above); the others the Parquet files "
    "themselves, with the SQL (or Polars expressions) of [peers.py](peers.py). They keep nothing from one question to the next, and they can answer any other question too; "
    "Kizashi sorts and codes the events once for the questions that it is made for."
)


def describe_taken(taken):
    events, size = taken["events"], taken["bytes"]
    each = {kind: count / events for kind, count in size.items()}
    return [
        f"- import of {events:,} events from Parquet: {taken['seconds']:.1f} s, {events / taken['seconds']:,.0f} events a second, {taken['cpu']:.1f} s on the processors, {taken['mib']:.0f} MiB",
        f"- on disk: {sum(each.values()):.1f} bytes an event ({each['parquet']:.1f} in Parquet with ids, {each['cells']:.1f} in cells)",
    ]


def describe_machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


OUT.mkdir(exist_ok=True)
prepare_peers()
found = compare()
write_results(found, measure_large() if given.large else None)
say()
say(given.results.read_text())
