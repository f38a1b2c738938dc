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
