// Something written down from anywhere in two strokes: about whom, then what.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("g n writes a call from any page; a name that several have asks which one, and nothing typed is lost", async ({ page }) => {
  await page.goto("/customers");
  const name = await page.locator("a[data-open]").first().innerText();
  await page.goto("/support");
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.waitForURL("**/activities/new");
  assert.equal(await page.evaluate(() => document.activeElement.id), "jot-customer");
  assert.deepEqual(await listAxeFaults(page), []);
  // 株式会社 fits many.
  await page.fill("#jot-customer", "株式会社");
  await page.fill("#jot-text", "更新の条件を電話で確認した");
  await page.selectOption("#jot-kind", "call");
  await page.getByRole("button", { name: "記録する" }).click();
  await page.getByText("当てはまる顧客が複数").waitFor();
  assert.equal(await page.inputValue("#jot-text"), "更新の条件を電話で確認した");
  assert.equal(await page.inputValue("#jot-kind"), "call");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.goto("/activities/new");
  await page.fill("#jot-customer", "どこにもない名前のお客さま");
  await page.fill("#jot-text", "x");
  await page.getByRole("button", { name: "記録する" }).click();
  await page.getByText("見つかりません").waitFor();
  await page.fill("#jot-customer", name);
  await page.fill("#jot-text", "更新の条件を電話で確認した");
  await page.getByRole("button", { name: "記録する" }).click();
  await page.waitForURL("**/customers/*");
  assert.equal(await page.innerText("h1"), name);
  assert.match(await page.innerText("#timeline"), /更新の条件を電話で確認した/);
});
