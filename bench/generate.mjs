// Writes usage events in the Segment form, as a SaaS of many customers would send them: a few large customers and many small
// ones, quiet weekends, some who fade away. The same numbers give the same bytes.
//
//   node bench/generate.mjs OUT.ndjson --events N --customers N [--days N] [--seed N]
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: "string", default: "10000000" },
    customers: { type: "string", default: "20000" },
    days: { type: "string", default: "180" },
    seed: { type: "string", default: "7" },
  },
});
const [eventCount, customers, days, seed] = [values.events, values.customers, values.days, values.seed].map(Number);
const END_MS = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;

let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

// Running sums, so that one random number picks a row in proportion to its weight.
function cumulate(weights) {
  let sum = 0;
  const sums = Float64Array.from(weights, (weight) => (sum += weight));
  return sums.map((value) => value / sum);
}
function pick(sums) {
  const wanted = random();
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

const features = {
  login: 10, page_view: 30, report_view: 8, report_export: 2, search: 6, invite_user: 0.5, project_create: 1, project_edit: 9,
  comment: 4, upload: 3, api_call: 15, dashboard_view: 6, sync: 4, settings_change: 0.5, error: 1.2, help_view: 1, mobile_open: 3, share: 1.5,
};
const names = Object.keys(features);
const byFeature = cumulate(Object.values(features));
const byCustomer = cumulate(Array.from({ length: customers }, (_, rank) => 1 / (rank + 10) ** 0.9));
const fades = Array.from({ length: customers }, () => random() < 0.06);
const users = Array.from({ length: customers }, (_, rank) => 2 + Math.floor((400 * customers) / (customers + 200 * rank)));
const byDay = cumulate(
  Array.from({ length: days }, (_, day) => (new Date(END_MS - (days - day) * DAY_MS).getUTCDay() % 6 === 0 ? 0.25 : 1)),
);

// Days in order; inside a day events arrive as they happen.
const perDay = new Uint32Array(days);
for (let made = 0; made < eventCount; made += 1) perDay[pick(byDay)] += 1;

const out = createWriteStream(positionals[0], { highWaterMark: 1 << 22 });
let number = 0;
let lines = [];
for (let day = 0; day < days; day += 1) {
  const midnight = END_MS - (days - day) * DAY_MS;
  const step = DAY_MS / perDay[day];
  for (let index = 0; index < perDay[day]; index += 1) {
    let customer = pick(byCustomer);
    if (fades[customer] && random() < (day / days - 0.66) * 3) customer = customers - 1 - customer;
    const user = Math.floor(random() ** 2 * users[customer]);
    const time = new Date(midnight + Math.floor(index * step + random() * step)).toISOString();
    const value = Math.round(random() * random() * 8000) / 100;
    lines.push(
      `{"type":"track","messageId":"m-${seed}-${number}","userId":"c${customer}-u${user}","event":"${names[pick(byFeature)]}","timestamp":"${time}","context":{"groupId":"c${customer}"},"properties":{"value":${value}}}\n`,
    );
    number += 1;
    if (lines.length === 5000) {
      if (!out.write(lines.join(""))) await once(out, "drain");
      lines = [];
    }
  }
}
out.end(lines.join(""));
await once(out, "finish");
console.error(`${number} events written to ${positionals[0]}`);
