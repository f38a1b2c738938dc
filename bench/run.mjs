// Import, metrics, pages and start-up on made data of a stated size. Medians of several runs; nothing is asserted.
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "10000000" },
    customers: { type: "string", default: "20000" },
    listed: { type: "string", default: "100000" },
    runs: { type: "string", default: "5" },
    only: { type: "string", default: "import,metrics,pages" },
  },
});
const binary = process.env.KIZASHI_BINARY;
const out = path.join(import.meta.dirname, "out");
const wanted = options.only.split(",");
mkdirSync(out, { recursive: true });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const say = (what, value, unit, note = "") => console.log(`${what.padEnd(52)} ${String(value).padStart(12)} ${unit.padEnd(9)} ${note}`);

// Runs a program; seconds by the clock and the highest resident memory in MiB that it reached.
async function measure(command, args) {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let tail = "";
  let peakKib = 0;
  child.stdout.on("data", (chunk) => (text = (text + chunk).slice(-4_000_000)));
  child.stderr.on("data", (chunk) => (tail = (tail + chunk).slice(-4000)));
  const watch = setInterval(() => {
    try {
      peakKib = Math.max(peakKib, Number(readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  }, 50);
  const [status] = await once(child, "close");
  clearInterval(watch);
  if (status > 1) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${tail}`);
  return { seconds: (performance.now() - start) / 1000, mib: peakKib / 1024, text, note: tail };
}
const kizashi = (...args) => measure(binary, args);

function describeMachine() {
  const cpus = os.cpus();
  console.log(`machine: ${cpus.length} × ${cpus[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}`);
  console.log(`program: ${binary}, ${(statSync(binary).size / 1e6).toFixed(1)} MB\n`);
}

function madeEvents() {
  const file = path.join(out, `events-${options.events}-${options.customers}.ndjson`);
  if (!existsSync(file)) {
    console.error("making events …");
    const maker = ["bench/generate.mjs", file, "--events", options.events, "--customers", options.customers];
    return measure(process.execPath, maker).then(() => file);
  }
  return file;
}

async function measureImport(file, data) {
  rmSync(data, { recursive: true, force: true });
  await kizashi("init", "--data", data, "--pack", "saas");
  const events = Number(options.events);
  // The file once through the page cache, so that the disk's first read is not what is measured.
  for await (const _ of createReadStream(file, { highWaterMark: 1 << 22 }));
  const first = await kizashi("import", file, "--data", data, "--as", "events", "--source", "bench", "--json");
  say("import, events a second", Math.round(events / first.seconds).toLocaleString("en"), "events/s", `${options.events} events, ${(statSync(file).size / 1e9).toFixed(2)} GB in ${first.seconds.toFixed(1)} s`);
  say("import, highest memory", Math.round(first.mib), "MiB");
  const again = await kizashi("import", file, "--data", data, "--as", "events", "--source", "bench", "--json");
  say("the same file again (all duplicates)", Math.round(events / again.seconds).toLocaleString("en"), "events/s", lastObject(again.text));
}

const lastObject = (text) => text.trim().split("\n").at(-1)?.slice(0, 160) ?? "";

async function measureMetrics(data) {
  const runs = [];
  let last;
  for (let run = 0; run < Number(options.runs); run += 1) {
    last = await kizashi("metrics", "--data", data, "--as-of", "2026-10-31", "--summary");
    runs.push(last.seconds);
  }
  say("all metrics of the pack, one day, warm", median(runs.slice(1)).toFixed(2), "s", `${options.customers} customers; first ${runs[0].toFixed(2)} s; memory ${Math.round(last.mib)} MiB`);
  const series = await kizashi("series", "--data", data, "--from", "2026-08-03", "--to", "2026-10-31", "--summary").catch(() => null);
  if (series) say("all metrics, each of 90 days", series.seconds.toFixed(2), "s", `memory ${Math.round(series.mib)} MiB`);
}

async function writeCustomers(file) {
  const stream = createWriteStream(file);
  stream.write("customer,name,reading,segment,stage\n");
  const [heads, kinds] = [["青葉", "みなと", "北斗", "白樺", "瀬戸", "武蔵", "若松", "千歳"], ["製作所", "商事", "工業", "物流", "食品"]];
  for (let number = 0; number < Number(options.listed); number += 1) {
    const name = `${heads[number % 8]}${kinds[number % 5]}${number}`;
    if (!stream.write(`k${number},${name},,${["大手", "中堅", "小規模"][number % 3]},活用\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

// Starts a server on the data; resolves to its address and how long it took to be ready, in milliseconds.
async function serve(data) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const start = performance.now();
  const child = spawn(binary, ["serve", "--data", data, "--listen", url.slice(7)], { stdio: "ignore" });
  while (!(await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false))) {
    if (child.exitCode !== null) throw new Error("the server ended");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { url, child, readyMs: performance.now() - start };
}

describeMachine();
const data = path.join(out, "data");
if (wanted.includes("import")) await measureImport(await madeEvents(), data);
if (wanted.includes("metrics")) await measureMetrics(data);
if (wanted.includes("pages")) {
  const { measurePages } = await import("./pages.mjs");
  await measurePages({ kizashi, serve, writeCustomers, out, say, median, listed: options.listed });
}
