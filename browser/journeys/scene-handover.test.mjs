// 引き継ぎ: somebody left; everything open moves at once, the newcomer knows the next three actions, and all of it can go back.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("what somebody left behind goes to two others, who read about it in order; undone as a whole", async ({ page, server }) => {
  await page.goto("/today");
  await page.locator(".handover-banner").getByRole("link", { name: "引き渡す" }).click();
  await page.waitForURL("**/handovers/new?from=*");
  await page.locator("h1", { hasText: "引き渡す" }).waitFor();
  assert.match(await page.innerText("main"), /動くもの/);
  for (const name of ["早瀬 美緒", "北見 亮介"]) await page.locator("label.chip", { hasText: name }).click();
  await page.locator("label.chip", { hasText: "社数が同じになるように" }).click();
  await page.getByRole("button", { name: "何が動くか確かめる" }).click();
  const rows = page.locator("table.handover-list tbody tr");
  const count = await rows.count();
  assert.ok(count >= 2, `customers to hand over: ${count}`);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
  await page.getByLabel("申し送り").fill("どの会社も月初は忙しいので、10日以降に連絡してください。");
  await page.getByRole("button", { name: "引き渡す", exact: true }).click();
  await page.locator(".toast", { hasText: "引き渡しました" }).waitFor();
  const cover = await page.innerText("main");
  assert.match(cover, /早瀬 美緒さんが読む順/);
  assert.match(cover, /10日以降に連絡/);
  const address = new URL(page.url()).pathname;

  // Nothing is left behind.
  await page.goto("/today");
  assert.equal(await page.locator(".handover-banner").count(), 0);

  // The newcomer reads.
  await page.goto(address);
  await page.locator("table.handover-list a").first().click();
  await page.locator("h2", { hasText: "次の3つ" }).waitFor();
  const pack = await page.innerText("main");
  for (const part of ["いまの点数と理由", "目標と利用目的", "約束と、開いている次の一手", "人と、最後のやりとり", "開いているカードと問い合わせ", "勘と、そのあと", "通知期限"]) {
    assert.ok(pack.includes(part), part);
  }
  assert.ok((await page.locator("ol.next li").count()) <= 3);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  // All of it back.
  await page.goto(address);
  await page.getByRole("button", { name: "全体を元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  await page.goto("/today");
  await page.locator(".handover-banner").waitFor();
  assert.ok(server.url);
});

journey("who comes second is told what is left, and keeps the note that they wrote", async ({ page }) => {
  await page.goto("/handovers");
  await page.locator(".handover-due").getByRole("link", { name: "引き渡す" }).click();
  await page.locator("label.chip", { hasText: "早瀬 美緒" }).click();
  await page.getByRole("button", { name: "何が動くか確かめる" }).click();
  const note = "月初は忙しい会社が多いです。".repeat(400);
  await page.getByLabel("申し送り").fill(note);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("button", { name: "引き渡す", exact: true }).click();
  await other.locator(".toast", { hasText: "引き渡しました" }).waitFor();
  await page.getByRole("button", { name: "引き渡す", exact: true }).click();
  await page.locator("[role=alert]", { hasText: "ほかの人が先に引き渡しました" }).waitFor();
  assert.ok((await page.innerText("main")).includes(note), "all of the note is there to be copied");
  await other.getByRole("button", { name: "全体を元に戻す" }).click();
  await other.locator(".toast", { hasText: "元に戻しました" }).waitFor();
});

journey("a newcomer finds what they have taken over and marks it as read", async ({ page, browser, server }) => {
  await page.goto("/handovers");
  await page.locator(".handover-due").getByRole("link", { name: "引き渡す" }).click();
  await page.locator("label.chip", { hasText: "早瀬 美緒" }).click();
  await page.getByRole("button", { name: "何が動くか確かめる" }).click();
  await page.getByRole("button", { name: "引き渡す", exact: true }).click();
  await page.locator(".toast", { hasText: "引き渡しました" }).waitFor();

  const { account, openPage, signIn } = await import("../parts/browser.mjs");
  const other = await openPage(browser, server.url, {});
  await signIn(other.page, { ...account(), email: "hayase@minamo.example" });
  await other.page.goto("/today");
  await other.page.getByRole("link", { name: "読む", exact: true }).click();
  const first = other.page.locator("#received tbody tr").first();
  await first.getByRole("button", { name: "読んだことにする" }).click();
  await other.page.locator(".toast", { hasText: "読みました" }).waitFor();
  assert.equal(await other.page.locator("#received").getByRole("button", { name: "未読に戻す" }).count(), 1);
  await other.context.close();
});
