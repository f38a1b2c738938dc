// Who follows up with whom, and when: the list, a change where it stands, a new deal, and what sales promised on the customer's page.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("the next step of a deal is changed where it stands, and the change can be seen", async ({ page }) => {
  await page.goto("/today");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL("**/deals");
  assert.deepEqual(await listAxeFaults(page), []);
  const row = page.locator("table.deals tbody tr").first();
  const title = await row.locator("a[data-open]").innerText();
  const address = await row.locator("a[data-open]").getAttribute("href");
  await row.locator("details.menu summary").click();
  await row.locator("input[name=next_step]").fill("契約書の案を送る");
  await row.locator("input[name=next_on]").fill("2020-01-06");
  await row.getByRole("button", { name: "保存する" }).click();
  await page.locator(".toast", { hasText: "商談を保存しました" }).waitFor();
  // The most overdue stands first.
  const first = page.locator("table.deals tbody tr").first();
  assert.equal(await first.locator("a[data-open]").getAttribute("href"), address);
  assert.match(await first.innerText(), /契約書の案を送る/);
  await page.goto(address);
  assert.deepEqual(await listAxeFaults(page), []);
  assert.equal(await page.innerText("h1"), title);
  await page.locator("section", { hasText: "これまでの変更" }).getByText("契約書の案を送る").waitFor();
});

journey("a deal is added by hand; a wrong amount loses nothing that was typed; the promise shows to whoever serves", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  const customer = page.url();
  await page.getByRole("link", { name: "商談を追加" }).click();
  await page.waitForURL("**/deals/new");
  await page.fill("#title", "倉庫部門への展開");
  await page.fill("#amount", "たくさん");
  await page.fill("#promise", "説明会を二回開く");
  await page.getByRole("button", { name: "保存する" }).click();
  await page.locator(".field .wrong").getByText("数として読めません").waitFor();
  assert.equal(await page.inputValue("#promise"), "説明会を二回開く");
  await page.fill("#amount", "￥1,200,000");
  await page.getByRole("button", { name: "保存する" }).click();
  await page.waitForURL((url) => url.href.startsWith(customer));
  const deals = page.locator("#deals");
  await deals.getByText("倉庫部門への展開").waitFor();
  assert.match(await deals.innerText(), /説明会を二回開く/);
  assert.match(await deals.innerText(), /¥1,200,000/);
  await page.keyboard.press("/");
  await page.locator("#palette input").fill("倉庫部門");
  await page.locator("#hits .hit").first().click();
  await page.waitForURL("**/deals/*");
});

journey("the list fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/deals");
  await assertFits(page);
  await page.locator("table.deals a[data-open]").first().click();
  await page.waitForURL("**/deals/*");
  await assertFits(page);
});
