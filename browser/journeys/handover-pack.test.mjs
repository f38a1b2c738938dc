// 引き継ぎ資料: found from the first page, read and printed as one document; and on a phone no button lies behind the places at the foot.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

// Hands over what somebody left behind, to two others; the address of the handover.
async function handOver(page) {
  await page.goto("/handovers");
  await page.locator(".handover-due").getByRole("link", { name: "引き渡す" }).click();
  for (const name of ["早瀬 美緒", "北見 亮介"]) await page.locator("label.chip", { hasText: name }).click();
  await page.getByRole("button", { name: "何が動くか確かめる" }).click();
  await page.getByRole("button", { name: "引き渡す", exact: true }).click();
  await page.locator(".toast", { hasText: "引き渡しました" }).waitFor();
  return new URL(page.url()).pathname;
}

journey("rooms and handovers are found by clicking from the first page", async ({ page }) => {
  for (const [place, name, address] of [["顧客", "引き継ぎ", "/handovers"], ["カード", "対策会議", "/rooms"]]) {
    await page.goto("/");
    await page.locator("header .nav").getByRole("link", { name: place, exact: true }).click();
    await page.locator(".page-head").getByRole("link", { name, exact: true }).click();
    await page.waitForURL(`**${address}`);
    assert.equal(await page.innerText("h1"), name);
    // And back to where one came from.
    await page.locator("main").getByRole("link", { name: `← ${place}` }).click();
    assert.equal(await page.innerText("h1"), place);
  }
});

journey("all briefings of a handover are one document that prints, each customer on a sheet of its own", async ({ page }) => {
  const address = await handOver(page);
  await page.goto(address);
  const customers = await page.locator("table.handover-list tbody tr").count();
  await page.getByRole("link", { name: "資料をまとめて読む" }).click();
  await page.locator("article.pack").first().waitFor();
  assert.equal(await page.locator("article.pack").count(), customers);
  const first = page.locator("article.pack").first();
  const heads = await first.locator("h2").allInnerTexts();
  assert.deepEqual(heads.slice(0, 2), ["次の3つ", "いまの点数と理由"], "what is done first comes first");
  assert.ok((await first.innerText()).includes("最近のやりとり"));
  for (const action of await page.locator("ol.next li").allInnerTexts()) assert.match(action, /まで|決まっていません/, "each says by when");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  // The button prints; on paper there is no navigation and no button, and each customer begins a sheet.
  await page.evaluate(() => {
    globalThis.printed = 0;
    globalThis.print = () => globalThis.printed++;
  });
  await page.getByRole("button", { name: "印刷する" }).click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("header.top, .nav-foot, [data-print], article.pack .acts").evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0).length), 0);
  assert.equal(await first.evaluate((pack) => getComputedStyle(pack).breakBefore), "page");
  assert.equal(await first.locator(".pack-head").evaluate((head) => getComputedStyle(head).display), "table-header-group");
  const sheets = (await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(sheets > customers && sheets < customers * 4, `${sheets} sheets for ${customers} customers`);
  await page.emulateMedia({ media: "screen" });

  // One person's part.
  await page.goto(address);
  await page.getByRole("link", { name: "北見 亮介さんの分の資料だけを開く" }).click();
  await page.locator("article.pack").first().waitFor();
  const own = await page.locator("article.pack").count();
  assert.ok(own > 0 && own < customers, `${own} of ${customers}`);
});

journey("without scripts there is no button that needs one", async ({ page }) => {
  await page.goto("/customers");
  await page.locator(".customer-cell a").first().click();
  await page.getByRole("link", { name: "引き継ぎ資料を読む" }).click();
  await page.locator("h2", { hasText: "次の3つ" }).waitFor();
  assert.equal(await page.locator("[data-print]").isVisible(), false);
}, { javaScriptEnabled: false });

journey("on a phone the button of a form is above the places at the foot", async ({ page }) => {
  await page.goto("/customers");
  const customer = (await page.locator(".customer-cell a").first().getAttribute("href")).split("?")[0];
  const addresses = ["/activities/new", "/cards/new", `/rooms/new?customer=${customer.split("/").at(-1)}`, `${customer}/deals/new`, "/settings/calendar", "/data/connections/new"];
  let seen = 0;
  for (const address of addresses) {
    const answer = await page.goto(address);
    if (answer.status() !== 200) continue;
    const buttons = page.locator("main form .btn.main");
    for (let at = 0; at < await buttons.count(); at++) {
      const button = buttons.nth(at);
      if (!(await button.isVisible())) continue;
      await button.focus();
      const hidden = await button.evaluate((one) => {
        const [box, foot] = [one.getBoundingClientRect(), document.querySelector(".nav-foot").getBoundingClientRect()];
        return box.bottom > foot.top + 1;
      });
      assert.equal(hidden, false, `${address}: ${await button.innerText()}`);
      seen++;
    }
    // The first form's own button, before anybody has scrolled: in sight, or further down, never half behind the bar.
    await page.evaluate(() => scrollTo(0, 0));
    const behind = await buttons.evaluateAll((all) => {
      const foot = document.querySelector(".nav-foot").getBoundingClientRect();
      return all.filter((one) => one.getClientRects().length > 0).map((one) => one.getBoundingClientRect()).filter((box) => box.top < foot.bottom && box.bottom > foot.top + 1).length;
    });
    assert.equal(behind, 0, `${address}: a button lies behind the bar`);
  }
  assert.ok(seen >= 3, `${seen} buttons looked at`);
}, { viewport: { width: 390, height: 844 } });
