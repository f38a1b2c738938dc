// Two customers become one, and two again.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("two customers become one on their pages, and two again", async ({ page }) => {
  await page.goto("/customers?sort=name");
  const links = page.locator("a[data-open]");
  const [stays, goes] = [await links.nth(0).getAttribute("href"), await links.nth(1).getAttribute("href")];
  const name = (await links.nth(1).innerText()).trim();
  const people = async (address) => {
    await page.goto(`${address}/relations`);
    return page.locator("table.relations").first().locator("tbody tr").count();
  };
  const [own, other] = [await people(stays), await people(goes)];

  await page.goto(`${stays}/fields`);
  await page.getByRole("link", { name: "ほかの顧客と統合…" }).click();
  await page.getByRole("searchbox", { name: "名前・読み・コード" }).fill(name);
  await page.getByRole("button", { name: "探す" }).click();
  await page.locator(`a[href*="with=${goes.split("/").at(-1)}"]`).click();
  assert.match(await page.innerText("main"), /左が残り/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "統合する" }).click();
  await page.locator(".toast", { hasText: "統合しました" }).waitFor();
  assert.equal(await people(stays), own + other, "the people of both");
  await page.goto(goes);
  assert.equal(new URL(page.url()).pathname, stays, "who opens the old page comes to the one that stays");

  await page.goto("/data/merges");
  assert.deepEqual(await listAxeFaults(page), []);
  assert.match(await page.innerText("#made"), new RegExp(name));
  await page.locator("#made").getByRole("button", { name: "元に戻す" }).first().click();
  await page.locator(".toast", { hasText: "元の2つの顧客" }).waitFor();
  assert.equal(new URL(page.url()).pathname, goes);
  assert.deepEqual([await people(stays), await people(goes)], [own, other]);
});
