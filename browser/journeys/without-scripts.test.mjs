import assert from "node:assert/strict";
import { stage } from "../parts/journey.mjs";

const journey = stage();
const plain = { javaScriptEnabled: false };

journey("a card is taken and closed", async ({ page }) => {
  await page.goto("/today");
  const address = await page.locator("article.work:has(form[action$='/taking']) a.kind").first().getAttribute("href");
  const card = page.locator(`#card-${address.split("/").at(-1)}`);
  await card.locator("form[action$='/taking'] button").click();
  await page.goto(address);
  const ending = page.locator("form[action$='/closure']:has(#came)");
  await ending.locator("input[value=solved]").check({ force: true });
  await page.fill("#came", "訪問して解決した。");
  await ending.locator("button").last().click();
  await page.goto("/cards?tab=done");
  assert.match(await card.innerText(), /訪問して解決した。/);
}, plain);

journey("a customer is found, filtered, and gets a hunch", async ({ page }) => {
  await page.goto("/customers");
  const name = await page.locator(".customer-cell a").first().innerText();
  await page.goto("/today");
  await page.fill("#find", name);
  await page.press("#find", "Enter");
  await page.waitForURL("**/search?**");
  await page.locator(".hit", { hasText: name }).first().click();
  await page.waitForURL("**/customers/*");
  await page.locator("#hunch input[name=feeling]").first().check({ force: true });
  await page.fill("#hunch-note", "声が明るかった。");
  await page.locator("#hunch form button.main").click();
  assert.match(await page.innerText("main"), /声が明るかった。/);
}, plain);

journey("the language changes and the charts have their numbers", async ({ page }) => {
  await page.goto("/customers");
  await page.locator(".customer-cell a").first().click();
  assert.ok((await page.locator("main figure table, main .chart table, main details table").count()) > 0, "a table beside a chart");
  await page.locator("header details.menu summary").click();
  await page.locator("button[name=language][value=en]").click();
  assert.equal(await page.getAttribute("html", "lang"), "en");
}, plain);
