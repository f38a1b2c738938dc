// Live use, against a running server: what refreshed scores cost after new events, and how long it takes from an event's 200 to its
// score and its card on the page while events come in all the time. Prints; asserts nothing.
//
//   KIZASHI_BINARY=… node bench/live.mjs [--customers N] [--rate EVENTS_A_SECOND] [--seconds N] [--probes N] [--only refresh,latency]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    customers: { type: "string", default: "20000" },
    rate: { type: "string", default: "20000" },
    seconds: { type: "string", default: "60" },
    probes: { type: "string", default: "300" },
    only: { type: "string", default: "refresh,latency" },
  },
});
const [customers, rate, seconds, probes] = [options.customers, options.rate, options.seconds, options.probes].map(Number);
const binary = process.env.KIZASHI_BINARY;
const out = path.join(import.meta.dirname, "out");
const data = path.join(out, "live");
const DAY_MS = 86_400_000;
const BATCH = 100;
mkdirSync(out, { recursive: true });

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (what, value, unit = "", note = "") => console.log(`${what.padEnd(64)} ${String(value).padStart(10)} ${unit.padEnd(8)} ${note}`);

let state = 7;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const pick = (count) => Math.floor(random() * count);

async function kizashi(...args) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (text += chunk));
  const [status] = await once(child, "close");
  if (status > 1) throw new Error(`kizashi ${args.join(" ")} ended with ${status}\n${text}`);
  return text;
}

async function serve() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ["serve", "--data", data, "--listen", url.slice(7)], { stdio: "ignore" });
  while (!(await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false))) {
    if (child.exitCode !== null) throw new Error("the server ended");
    await sleep(20);
  }
  return { url, child };
}

// Every customer with a login on most of the last thirty days.
async function writeHistory(file) {
  const stream = createWriteStream(file);
  stream.write("customer,user,event,occurred_at\n");
  for (let customer = 0; customer < customers; customer += 1) {
    const lines = [];
    for (let number = 0; number < 20; number += 1) {
      const at = new Date(Date.now() - DAY_MS - random() * 30 * DAY_MS).toISOString();
      lines.push(`c${customer},c${customer}-u${pick(10)},${number % 3 ? "page_view" : "login"},${at}\n`);
    }
    if (!stream.write(lines.join(""))) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}

let address = "";
const waiting = async () => Number(/^kizashi_customers_waiting (\d+)$/m.exec(await (await fetch(`${address}/metrics`)).text())[1]);

async function settle() {
  const start = performance.now();
  while ((await waiting()) > 0) await sleep(20);
  return performance.now() - start;
}

let number = 0;
let again = 0;
const track = (customer, event) => {
  number += 1;
  return { type: "track", messageId: `live-${process.pid}-${number}`, userId: `c${customer}-u${pick(10)}`, event, timestamp: new Date().toISOString(), context: { groupId: `c${customer}` } };
};

async function post(url, key, batch) {
  const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}`, "content-type": "application/json" };
  const body = JSON.stringify({ batch });
  for (;;) {
    const answer = await fetch(`${url}/v1/batch`, { method: "POST", headers, body });
    await answer.arrayBuffer();
    if (answer.status === 200) return;
    // Asked to come again: as Segment's libraries do, only sooner.
    if (answer.status !== 503) throw new Error(`intake answered ${answer.status}`);
    again += 1;
    await sleep(200);
  }
}

async function signIn(url, password) {
  const form = new URLSearchParams({ email: "bench@example.jp", password, next: "/today" });
  const answer = await fetch(`${url}/sign-in`, { method: "POST", body: form, redirect: "manual", headers: { origin: url } });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return async (address) => {
    const page = await fetch(url + address, { headers: { cookie } });
    // A search that finds one customer leads to it.
    return { text: await page.text(), address: new URL(page.url).pathname };
  };
}

// Seconds that the server has had on the processors.
const used = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);

// One event each for so many customers, in batches; seconds from the last 200 until all of them are scored.
async function refresh(url, key, touched) {
  const start = performance.now();
  const before = used(server);
  for (let from = 0; from < touched; from += BATCH) {
    await post(url, key, Array.from({ length: Math.min(BATCH, touched - from) }, (_, index) => track(from + index, "login")));
  }
  await settle();
  const ms = performance.now() - start;
  say(`new events for ${touched} of ${customers} customers, until all of these are scored`, (ms / 1000).toFixed(2), "s", `${(ms / touched).toFixed(2)} ms a customer; ${(used(server) - before).toFixed(2)} s on the processors`);
}

async function pour(url, key, until) {
  let sent = 0;
  const start = performance.now();
  const flights = new Set();
  while (performance.now() < until()) {
    const due = ((performance.now() - start) / 1000) * rate;
    while (sent < due && flights.size < 64) {
      // A few customers are busy, most are not.
      const batch = Array.from({ length: BATCH }, () => track(Math.floor(customers * random() ** 4), random() < 0.1 ? "login" : "page_view"));
      sent += BATCH;
      const flight = post(url, key, batch).finally(() => flights.delete(flight));
      flights.add(flight);
    }
    await sleep(2);
  }
  await Promise.all(flights);
  return sent / ((performance.now() - start) / 1000);
}

async function measureLatency(url, key, get) {
  const places = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const customer = customers - 1 - probe;
    const page = await get(`/search?q=c${customer}`);
    const found = [page.address, ...(page.text.match(/\/customers\/[0-9a-f-]{36}/g) ?? [])].find((address) => /[0-9a-f-]{36}/.test(address));
    if (!found) throw new Error(`customer c${customer} is not found at ${page.address}: ${page.text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 300)}`);
    places.push([customer, found]);
  }
  let over = Infinity;
  const pouring = pour(url, key, () => over);
  await sleep(3000);
  const times = [];
  const pause = (seconds * 1000) / probes;
  const watching = [];
  for (const [customer, address] of places) {
    watching.push(
      (async () => {
        await post(url, key, [track(customer, "alarm")]);
        const start = performance.now();
        while (!/Alarm raised/.test((await get(address)).text)) {
          if (performance.now() - start > 60_000) break;
          await sleep(20);
        }
        times.push(performance.now() - start);
      })(),
    );
    await sleep(pause);
  }
  await Promise.all(watching);
  over = 0;
  const reached = await pouring;
  times.sort((a, b) => a - b);
  // The nearest rank: so many of the probes were at most that long.
  const at = (share) => (times[Math.max(0, Math.ceil(times.length * share) - 1)] / 1000).toFixed(2);
  say("events a second that came in meanwhile", Math.round(reached).toLocaleString("en"), "events/s");
  say("requests asked to come again", again);
  say("from an event's 200 to its card on the page, median", at(0.5), "s", `${probes} probes`);
  say("the same, 99th percentile", at(0.99), "s");
  say("the same, the longest of all", at(1), "s");
}

rmSync(data, { recursive: true, force: true });
await kizashi("init", "--data", data, "--pack", path.join(import.meta.dirname, "live.toml"));
const added = await kizashi("user", "add", "--data", data, "--email", "bench@example.jp", "--role", "admin", "--language", "en");
const password = added.match(/password:\s*(\S+)/)?.[1];
const key = (await kizashi("token", "add", "--data", data, "--source", "bench")).trim().split(/\s+/).findLast((word) => word.length > 15);
const file = path.join(out, "live.csv");
await writeHistory(file);
await kizashi("import", file, "--data", data, "--as", "events", "--source", "bench");
const { url, child } = await serve();
address = url;
const server = child.pid;
try {
  const first = await settle();
  say(`first scores of ${customers} customers`, (first / 1000).toFixed(1), "s");
  const get = await signIn(url, password);
  if (options.only.includes("refresh")) for (const share of [0.01, 0.03, 0.1]) await refresh(url, key, Math.round(customers * share));
  if (options.only.includes("latency")) await measureLatency(url, key, get);
} finally {
  child.kill("SIGTERM");
}
