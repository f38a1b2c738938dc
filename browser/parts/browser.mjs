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
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("dialog", async (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (/^https?:$/.test(target.protocol) && target.origin !== url) faults.push(`outside request: ${request.url()}`);
  });
  page.on("response", (response) => response.status() >= 500 && faults.push(`${response.status()} ${response.url()}`));
  return { page, context, faults };
}

export async function signIn(page, { email, password } = account()) {
  await page.goto("/sign-in");
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL((target) => !target.pathname.startsWith("/sign-in")), page.click("main button[type=submit]")]);
}

// Serious and critical findings of axe, as readable lines.
export async function listAxeFaults(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`));
}

export function assertNoFaults(faults, where = "") {
  assert.deepEqual(faults, [], where);
}

// The page never needs sideways scrolling.
export async function assertFits(page) {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= view + 1, `${page.url()} is ${wide} px wide in a window of ${view} px`);
}
