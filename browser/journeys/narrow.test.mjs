import assert from "node:assert/strict";
import { assertFits, listPages } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

journey("every page fits a phone, in both languages", async ({ page }) => {
  for (const language of ["en", "ja"]) {
    await page.goto("/today");
    await page.locator("header details.menu summary").tap();
    await page.locator(`button[name=language][value=${language}]`).tap();
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    for (const [, address] of await listPages(page)) {
      await page.goto(address);
      await assertFits(page);
    }
  }
}, phone);

journey("on the move: find a customer, read the answer, add a hunch, answer a card", async ({ page }) => {
  await page.goto("/customers");
  const name = await page.locator(".customer-cell a").first().innerText();
  await page.goto("/search?q=" + encodeURIComponent(name));
  await page.locator(".hit", { hasText: name }).first().tap();
  await page.waitForURL("**/customers/*");
  assert.ok(await page.locator(".verdict").isVisible());
  await page.locator("#hunch label").first().tap();
  await page.fill("#hunch-note", "駅で会えた。");
  await page.locator("#hunch form button.main").tap();
  await page.getByText("駅で会えた。").first().waitFor();
  await page.goto("/today");
  const button = page.locator("form[action$='/taking'] button").first();
  const box = await button.boundingBox();
  assert.ok(box.height >= 32, `a finger needs room: ${box.height} px`);
  await button.tap();
  await page.locator(".toast").last().waitFor();
}, phone);
