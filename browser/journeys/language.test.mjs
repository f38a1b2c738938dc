import assert from "node:assert/strict";
import { listPages } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

async function choose(page, language) {
  await page.goto("/today");
  await page.locator("header details.menu summary").click();
  await page.locator(`form[action='/preferences'] button[name=language][value=${language}]`).click();
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
}

journey("English is complete: no Japanese in what the program itself says", async ({ page }) => {
  await choose(page, "en");
  const japanese = [];
  for (const [name, address] of await listPages(page)) {
    await page.goto(address);
    assert.equal(await page.getAttribute("html", "lang"), "en");
    // Names, notes and subjects are data; headings, labels, buttons and navigation are ours.
    const own = await page
      .locator("nav a, th, label, button, summary, main h2, dt, .empty p")
      .evaluateAll((found) => found.filter((element) => !element.closest("[lang=ja], [translate=no], .hit, table.axes tbody, table.relations tbody, table.handover-list tbody, #support tbody, header details.menu > summary")).map((element) => element.innerText.trim()));
    const left = own.filter((text) => /[\u3041-\u30fa\u4e00-\u9fff]/.test(text) && !text.includes("(ja)"));
    japanese.push(...left.map((text) => `${name}: ${text}`));
    assert.doesNotMatch(await page.innerText("main"), /\{\s*\$|\bundefined\b|\bNaN\b/, `${name}: no raw pattern`);
  }
  assert.deepEqual(japanese, []);
  await choose(page, "ja");
  assert.match(await page.innerText("nav"), /今日/);
});

// Hands over what somebody left behind, to two others; the addresses of the plan, the cover and the pack.
async function handOver(page) {
  await page.goto("/handovers");
  await page.locator(".handover-due a[href*='/handovers/new']").first().click();
  for (const taker of [0, 1]) await page.locator("fieldset.takers label.chip").nth(taker).click();
  await page.locator("form.handover-choose button.btn").last().click();
  await page.locator("form[action='/handovers'] button.btn.main").waitFor();
  const plan = page.url();
  await page.locator("form[action='/handovers'] button.btn.main").click();
  await page.waitForURL(/\/handovers\/[0-9a-f]{8}-/);
  const cover = page.url().split("?")[0];
  return [plan, cover, `${cover}/pack`];
}

journey("English is complete where work is done, handed over and told of", async ({ page }) => {
  await choose(page, "en");
  const first = async (address, selector) => {
    await page.goto(address);
    return page.locator(selector).first().getAttribute("href");
  };
  await page.goto("/cards/new");
  const names = await page.locator("select#owner option").allInnerTexts();
  await page.goto("/cards?tab=open");
  names.push(...(await page.locator("select#owner option").allInnerTexts()).slice(2));
  const left = await page.goto("/handovers").then(() => page.locator(".handover-due strong").allInnerTexts());
  const pages = [
    ...(await handOver(page)),
    "/handovers", "/cards?tab=open&view=board", "/cards?tab=done", "/cards?tab=later", "/cards?tab=nobody", "/cards/quiet", "/cards/precision", "/cards/new",
    await first("/cards?tab=done", "article.work a.kind"),
    await first("/plays", "ul.runs a[href^='/plays/runs/']"),
    await first("/rooms", "table.rooms a[data-open]"),
    await first("/notices", "li.notice a.plain"),
    "/plays", "/plays?tab=ended", "/plays/onboarding", "/rooms", "/notices", "/notices/settings", "/notices/ways", "/notices/letters", "/settings/cards", "/settings/use",
    "/settings/plays/onboarding", "/settings/plays/usage_recovery", "/settings/plays/usage_recovery/effect", "/settings/plays/usage_recovery/rehearsal", "/signals/logins_falling",
  ];
  const japanese = [];
  const short = (address) => address.replace(/^.*\/\/[^/]*/, "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…");
  for (const address of pages) {
    const answer = await page.goto(address);
    assert.equal(answer.status(), 200, address);
    const own = await page
      .locator("nav a, th[scope=col], thead th, label, button, summary, legend, main h2, dt, p.help, .note > p, .empty p, .tag, .chip, caption")
      .evaluateAll((found) => found.filter((one) => !one.closest("[lang=ja], [translate=no], header details.menu, .letter, .paper, .reminder, .customer-head")).map((one) => one.textContent.trim()));
    const placeholders = await page.locator("[placeholder]").evaluateAll((all) => all.map((one) => one.placeholder));
    const without = (text) => [...names, ...left].reduce((rest, name) => (name ? rest.replaceAll(name, "") : rest), text);
    japanese.push(...[...own, ...placeholders].map(without).filter((text) => /[\u3041-\u30fa\u4e00-\u9fff]/.test(text) && !text.includes("(ja)")).map((text) => `${short(address)}: ${text}`));
    // No raw pattern, and one is one.
    const odd = (await page.innerText("main")).match(/.{0,20}(\{\s*\$|\bundefined\b|\bNaN\b|(?<![\d,.])\b1 (inquiries|cards|customers|days|hunches|rooms|tasks)\b).{0,20}/g) ?? [];
    japanese.push(...odd.map((text) => `${short(address)}: ${text}`));
  }
  assert.deepEqual([...new Set(japanese)], []);
  await choose(page, "ja");
});
