// A workspace of many customers: how long the server takes for 今日, the list and a customer, and to start.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export async function measurePages({ kizashi, serve, writeCustomers, out, say, median, listed }) {
  const data = path.join(out, "many");
  const file = path.join(out, `customers-${listed}.csv`);
  if (!existsSync(file)) await writeCustomers(file);
  rmSync(data, { recursive: true, force: true });
  await kizashi("init", "--data", data, "--pack", writePack(out));
  const added = await kizashi("user", "add", "--data", data, "--email", "bench@example.jp", "--role", "admin");
  const password = readPassword(added.text + added.note);
  const imported = await kizashi("import", file, "--data", data, "--as", "customers", "--source", "bench");
  say("import of customers", Math.round(Number(listed) / imported.seconds).toLocaleString("en"), "rows/s");
  const usage = path.join(out, "usage.csv");
  writeFileSync(usage, makeUsage(Number(listed)));
  await kizashi("import", usage, "--data", data, "--as", "events", "--source", "bench");

  // Scored first, so that the pages show what they show on any other day.
  const first = await serve(data);
  const start = performance.now();
  const waiting = async () => Number(/^kizashi_customers_waiting (\d+)$/m.exec(await (await fetch(`${first.url}/metrics`)).text())[1]);
  while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  say("scoring of all customers, with their history", ((performance.now() - start) / 1000).toFixed(1), "s");
  first.child.kill("SIGTERM");
  await new Promise((resolve) => first.child.on("close", resolve));
  const { url, child, readyMs } = await serve(data);
  try {
    say(`start-up until /readyz, ${listed} customers`, readyMs.toFixed(0), "ms");
    await timePages(url, password, say, median);
  } finally {
    child.kill("SIGTERM");
  }
}

// The pack `saas` with a rule that holds for everybody, since twenty days: a card for each customer.
function writePack(out) {
  const file = path.join(out, "cards.toml");
  const saas = readFileSync(path.join(import.meta.dirname, "../packs/saas.toml"), "utf8");
  const rule = ['id = "everybody"', 'title = "Users {value}"', 'what = "Look"', 'card = "activity"', 'when = { kind = "threshold", of = "users_28d", side = "below", fire = 1000 }'];
  writeFileSync(file, [saas, "[[signal]]", ...rule, "dwell_days = 20", "severity = 0.3", "due_business_days = 5", ""].join("\n"));
  return file;
}

const readPassword = (text) => {
  const found = text.match(/(?:password|パスワード)\S*\s*[:：]?\s*(\S+)/i)?.[1];
  if (!found) throw new Error(`no password in: ${text}`);
  return found;
};

// A login a customer on one of the last sixty days.
function makeUsage(customers) {
  const lines = ["customer,user,event,occurred_at"];
  for (let number = 0; number < customers; number += 1) {
    const day = new Date(Date.now() - (1 + (number % 60)) * 86_400_000).toISOString().slice(0, 10);
    lines.push(`k${number},u${number},login,${day}T02:00:00Z`);
  }
  return lines.join("\n");
}

async function timePages(url, password, say, median) {
  const form = new URLSearchParams({ email: "bench@example.jp", password, next: "/today" });
  const answer = await fetch(`${url}/sign-in`, { method: "POST", body: form, redirect: "manual", headers: { origin: url } });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const get = (address) => fetch(url + address, { headers: { cookie }, redirect: "manual" });
  const list = await (await get("/customers")).text();
  const customer = list.match(/href="(\/customers\/[0-9a-f-]{36})"/)?.[1];
  const pages = { "今日": "/today", "list of customers": "/customers", "list, sorted and filtered": "/customers?segment=大手&sort=name", "search, two characters": "/search?q=青葉", "customer": customer };
  const cards = await (await get("/cards?tab=open")).text();
  say("open cards", Number(cards.match(/class="count">(\d+)/)?.[1] ?? NaN).toLocaleString("en"), "cards");
  Object.assign(pages, { "cards of everybody": "/cards?tab=open", "cards of one kind": "/cards?tab=open&kind=activity", "board of cards": "/cards?tab=open&view=board" });
  for (const [name, address] of Object.entries(pages)) {
    if (!address) continue;
    const times = [];
    let bytes = 0;
    for (let run = 0; run < 40; run += 1) {
      const start = performance.now();
      const page = await get(encodeURI(address));
      bytes = (await page.arrayBuffer()).byteLength;
      if (page.status !== 200) throw new Error(`${address}: ${page.status}`);
      times.push(performance.now() - start);
    }
    const sorted = times.toSorted((a, b) => a - b);
    say(`page: ${name}`, median(times).toFixed(1), "ms", `slowest of 40: ${sorted.at(-1).toFixed(0)} ms, ${(bytes / 1024).toFixed(0)} KiB`);
  }
}
