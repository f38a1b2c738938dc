// Many customers are changed at once and go back; a view is shared; the state of the fields, and who may write them.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("two customers are chosen, changed after a look, and taken back as a whole", async ({ page }) => {
  await page.goto("/customers");
  const rows = page.locator("tr[data-row]");
  const names = [await rows.nth(0).locator("a[data-open]").innerText(), await rows.nth(1).locator("a[data-open]").innerText()];
  await rows.nth(0).locator("input.pick").check();
  await rows.nth(1).locator("input.pick").check();
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "選んだ顧客をまとめて変える" }).click();
  await page.waitForURL("**/customers/edit?*");
  await page.fill("#edit-region", "四国・九州");
  await page.locator("form", { has: page.locator("#edit-region") }).getByRole("button", { name: "確かめる" }).click();
  await page.locator("#preview").waitFor();
  for (const name of names) assert.ok((await page.innerText("#preview")).includes(name));
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "2件を変える" }).click();
  await page.locator(".toast", { hasText: "まとめて変えました" }).waitFor();
  const count = async () => (await (await page.request.get("/customers?col=region")).text()).split("四国・九州").length - 1;
  assert.equal(await count(), 2);
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しています" }).waitFor();
  let left = 2;
  for (let times = 0; left > 0 && times < 60; times += 1) {
    await page.waitForTimeout(250);
    left = await count();
  }
  assert.equal(left, 0, "both say again what they said before");
});

journey("a field gets an owner, is then closed to others, and opens again", async ({ page }) => {
  await page.goto("/data/fields");
  assert.deepEqual(await listAxeFaults(page), []);
  const row = page.locator("tr", { has: page.locator("#owner-region") });
  await page.selectOption("#owner-region", "crm");
  await row.getByRole("button").click();
  await page.locator(".toast", { hasText: "書ける取り込み元" }).waitFor();
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  const customer = page.url().split("?")[0];
  await page.goto(`${customer}/fields`);
  assert.match(await page.innerText("#field-region"), /crm だけが書けます/);
  assert.equal(await page.locator("#value-region").count(), 0);
  await page.goto("/data/fields");
  await page.selectOption("#owner-region", "");
  await page.locator("tr", { has: page.locator("#owner-region") }).getByRole("button").click();
  await page.locator(".toast").waitFor();
  await page.goto(`${customer}/fields`);
  assert.equal(await page.locator("#value-region").count(), 1);
});
