// Debian's Chromium, pages that notice every fault, and axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const account = () => JSON.parse(process.env.KIZASHI_ACCOUNT);

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// A page of its own session. `faults` collects what no journey may cause: console errors (a broken content policy is one),
// script errors, dialogs, failed answers of the server, requests that leave the machine.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ baseURL: url, locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  const faults = [];
  const page = await context.newPage();
  page.on("console", (message) => {
    // The browser notes each answer of 400 and above as an error; a journey checks those it provokes by itself.
    const isAnswer = message.text().startsWith("Failed to load resource: the server responded with a status of 4");
    if (message.type() === "error" && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("dialog", async (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (/^https?:$/.test(target.protocol) && target.origin !== url) faults.push(`outside request: ${request.url()}`);
  });
  page.on("response", (response) => {
    // A page may rightly be missing; a style, a script or a picture may not.
    const isPart = !["document", "fetch", "xhr"].includes(response.request().resourceType());
    if (response.status() >= (isPart ? 400 : 500)) faults.push(`${response.status()} ${response.url()}`);
  });
  return { page, context, faults };
}

export async function signIn(page, { email, password } = account()) {
  await page.goto("/sign-in");
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL((target) => !target.pathname.startsWith("/sign-in")), page.click("main form button")]);
}

// Serious and critical findings of axe, as readable lines.
export async function listAxeFaults(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.length} ×, first ${nodes[0].html.slice(0, 160)}: ${nodes[0].any[0]?.message ?? ""}`);
}

export function assertNoFaults(faults, where = "") {
  assert.deepEqual(faults, [], where);
}

// The page never needs sideways scrolling.
export async function assertFits(page) {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= view + 1, `${page.url()} is ${wide} px wide in a window of ${view} px`);
}

// Every kind of page, by name; the addresses of one customer and one card come from the pages themselves.
export async function listPages(page) {
  const first = async (address, selector) => {
    await page.goto(address);
    const found = page.locator(selector).first();
    return (await found.count()) > 0 ? found.getAttribute("href") : null;
  };
  const customer = await first("/today", "article.work a[data-open]") ?? await first("/customers", "a[data-open]");
  const card = await first("/cards?tab=open", "article.work a.kind");
  const deal = await first("/deals", "table.deals a[data-open]");
  const room = await first("/rooms", "table.rooms a[data-open]");
  const plan = await first("/handovers", "a[href^='/handovers/new']");
  const pages = { today: "/today", customers: "/customers", customer, cards: "/cards?tab=open", card, done: "/cards?tab=done", deals: "/deals", deal, data: "/data", coverage: "/data/fields", merges: "/data/merges", jot: "/activities/new", many: "/customers/edit?all=1&field=segment&value=A", axes: "/axes", support: "/support", past: customer && `${customer.split("?")[0]}?as_of=2026-01-15`, history: customer && `${customer.split("?")[0]}/history`, relations: customer && `${customer.split("?")[0]}/relations`, fields: customer && `${customer.split("?")[0]}/fields`, dictionary: "/dictionary", rooms: "/rooms", room, newRoom: customer && `/rooms/new?customer=${customer.split("/").at(-1)}`, handovers: "/handovers", plan, briefing: customer && `${customer.split("?")[0]}/handover`, settings: "/settings", model: "/settings/models/standard", measure: "/settings/models/standard/measures/seat_use", metric: "/settings/metrics/login_trend", signal: "/settings/signals/logins_falling", calendar: "/settings/calendar", order: "/settings/order", plays: "/settings/plays", play: "/settings/plays/onboarding", rehearsal: "/settings/plays/onboarding/rehearsal", newplay: "/settings/new/play", proposals: "/settings/proposals", versions: "/settings/versions", comparison: "/settings/comparison", upload: "/settings/upload", search: "/search?q=a", help: "/help", missing: "/nowhere" };
  return Object.entries(pages).filter(([, address]) => address);
}
