"""Makes usage events as a SaaS of many customers would have them, a Parquet file a day: a few large customers and many small
ones, quiet weekends, some who fade away. The same numbers give the same events.

    bench/out/venv/bin/python bench/make.py FOLDER --events 20000000 --customers 50000 --days 90 [--seed 7]
"""

import argparse
import datetime
import pathlib

import numpy
import pyarrow
import pyarrow.parquet

FEATURES = {
    "login": 10, "page_view": 30, "report_view": 8, "report_export": 2, "search": 6, "invite_user": 0.5, "project_create": 1,
    "project_edit": 9, "comment": 4, "upload": 3, "api_call": 15, "dashboard_view": 6, "sync": 4, "settings_change": 0.5,
    "error": 1.2, "help_view": 1, "billing_view": 0.3, "mobile_open": 3, "share": 1.5, "automation_run": 4,
}
END = datetime.date(2026, 11, 1)
DAY_US = 86_400_000_000

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument("folder", type=pathlib.Path)
given.add_argument("--events", type=int, default=20_000_000)
given.add_argument("--customers", type=int, default=50_000)
given.add_argument("--days", type=int, default=90)
given.add_argument("--seed", type=int, default=7)
given = given.parse_args()
given.folder.mkdir(parents=True, exist_ok=True)

chance = numpy.random.default_rng(given.seed)
rank = numpy.arange(given.customers)
size = 1.0 / (rank + 10.0) ** 0.9
bounds = numpy.cumsum(size) / size.sum()
people = 2 + (400 * given.customers // (given.customers + 200 * rank))
fades = chance.random(given.customers) < 0.06
weights = numpy.array(list(FEATURES.values()))
weights = weights / weights.sum()
codes = numpy.array([f"c{number:06d}" for number in range(given.customers)])
first = END - datetime.timedelta(days=given.days)
share = numpy.array([0.25 if (first + datetime.timedelta(days=day)).weekday() >= 5 else 1.0 for day in range(given.days)])
share = share / share.sum()

made = 0
for day in range(given.days):
    count = round(given.events * share[day])
    customer = numpy.searchsorted(bounds, chance.random(count)).clip(max=given.customers - 1)
    # Who fades is seen less and less in the last third.
    stays = ~(fades[customer] & (chance.random(count) < (day / given.days - 0.66) * 3))
    customer = customer[stays]
    count = len(customer)
    midnight = (first + datetime.timedelta(days=day) - datetime.date(1970, 1, 1)).days * DAY_US
    table = pyarrow.table(
        {
            "customer": pyarrow.array(codes[customer]),
            "user": pyarrow.array(numpy.char.add(numpy.char.add(codes[customer], "-"), (chance.random(count) ** 2 * people[customer]).astype(int).astype(str))),
            "occurred_at": pyarrow.array(midnight + numpy.sort(chance.integers(0, DAY_US, count))).cast(pyarrow.timestamp("us", "UTC")),
            "event": pyarrow.DictionaryArray.from_arrays(chance.choice(len(weights), count, p=weights).astype("int32"), list(FEATURES)).cast(pyarrow.string()),
            "value": pyarrow.array(numpy.round(chance.random(count) * chance.random(count) * 80, 2)),
        }
    )
    pyarrow.parquet.write_table(table, given.folder / f"events-{day:03d}.parquet", compression="zstd")
    made += count
print(made)
