// 対応中の電話: from anywhere, part of a name, however it is typed.
import assert from "node:assert/strict";
import { stage } from "../parts/journey.mjs";
import { toHalfWidth, toHiragana, toKatakana } from "../parts/kana.mjs";

const journey = stage();

async function pickCustomer(page) {
  await page.goto("/customers");
  const rows = await page.locator(".customer-cell").evaluateAll((cells) =>
    cells.map((cell) => ({ name: cell.querySelector("a").innerText, reading: cell.querySelector(".reading")?.innerText ?? "" })),
  );
  const found = rows.find(({ reading }) => reading.length >= 5);
  assert.ok(found, "a customer with a reading");
  return found;
}

journey("a customer is found by kana, half-width kana and part of the name", async ({ page }) => {
  const { name, reading } = await pickCustomer(page);
  const part = reading.replace(/\s/g, "").slice(0, 5);
  for (const typed of [toHiragana(part), toKatakana(part), toHalfWidth(part), name.slice(0, 3)]) {
    await page.goto("/today");
    await page.keyboard.press("/");
    await page.locator("#palette input").fill(typed);
    const hit = page.locator("#hits .hit", { hasText: name });
    await hit.first().waitFor();
    await hit.first().click();
    await page.waitForURL("**/customers/*");
    assert.match(await page.innerText("h1"), new RegExp(name.slice(0, 3)));
  }
});

journey("the page has what a call needs, and a hunch is kept in one line", async ({ page }) => {
  const { name } = await pickCustomer(page);
  await page.keyboard.press("/");
  await page.locator("#palette input").fill(name);
  await page.locator("#hits .hit", { hasText: name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/customers/*");
  assert.match(await page.innerText("aside"), /更新|契約/);
  assert.ok((await page.locator("aside .people li").count()) > 0, "people to talk to");

  await page.keyboard.press("h");
  await page.locator("#hunch input[name=feeling]").first().check({ force: true });
  await page.fill("#hunch-note", "返事が短くなった。");
  await page.locator("#hunch form button.main").click();
  await page.locator(".toast").last().waitFor();
  assert.match(await page.innerText("main"), /返事が短くなった。/);
});

journey("what is not there is said, not shown as something else", async ({ page }) => {
  await page.goto("/search?q=" + encodeURIComponent("存在しない会社名"));
  assert.match(await page.innerText("main"), /存在しない会社名/);
  assert.equal(await page.locator("main .hit").count(), 0);
});
