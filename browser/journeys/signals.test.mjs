// Why a signal spoke: from the settings to its firings, the figures behind one, the card that came of it, and back.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("what a signal noticed stands with its figures, and leads to the card and back", async ({ page }) => {
  await page.goto("/settings");
  const row = page.locator("tr", { has: page.locator("a[href='/signals/setup_stalled']") });
  await row.getByRole("link", { name: "これまでの知らせ" }).click();
  await page.waitForURL("**/signals/setup_stalled");
  assert.match(await page.innerText("p.answer"), /直近90日で\d+件の知らせがありました/);
  const line = page.locator("ul.firings > li").first();
  assert.match(await line.innerText(), /つまずき\d+日目|に収まりました/);
  assert.match(await line.innerText(), /環境設定の完了が0回です（利用開始から15営業日の\d+月\d+日までに1回以上が目安）/);
  await line.locator("summary").click();
  assert.match(await line.innerText(), /第1版/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  await page.goto("/signals/red_account");
  assert.ok((await page.locator("ul.firings > li").count()) > 0, "a red account is in the demo company");
  const red = page.locator("ul.firings > li", { hasText: "カード" }).first();
  await red.locator("a[href^='/cards/']").click();
  await page.waitForURL("**/cards/**");
  await page.locator("a[href^='/signals/']").first().click();
  await page.waitForURL("**/signals/**customer=**");
  assert.match(await page.innerText("main"), /知らせだけを表示しています/);

  await page.goto("/signals/views_apart");
  assert.ok((await page.locator("ul.firings > li").count()) > 0, "views that disagree are in the demo company");
});

journey("お盆 is added to the calendar at one press, and saved", async ({ page }) => {
  await page.goto("/settings/calendar");
  await page.getByRole("button", { name: "お盆を加える" }).click();
  await page.locator("input[value='お盆']").waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  await page.fill("[name='closing']", "20");
  await page.fill("#comment", "お盆は休み、20日締め");
  await page.getByRole("button", { name: "保存する" }).click();
  await page.waitForURL("**/settings/versions/**");
  assert.match(await page.innerText("main"), /締め日 月末 → 20日/);
});
