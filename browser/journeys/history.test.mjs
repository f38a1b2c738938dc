// なぜ今日は黄なのか、10月1日には何を知っていたのか: another day, a word over the score, the axes.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

async function openCustomer(page) {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
}

const inputDay = (page) => page.inputValue("#as-of");
const shift = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

journey("a page of an earlier day says what was known, keeps the day while one looks around, and comes back", async ({ page }) => {
  await openCustomer(page);
  const today = await inputDay(page);
  const then = shift(today, -40);
  const now = await page.innerText(".verdict");
  await page.fill("#as-of", then);
  await page.fill("#against", shift(then, -30));
  await page.getByRole("button", { name: "表示" }).click();
  await page.waitForURL(`**as_of=${then}*`);
  assert.match(await page.innerText("section.then"), /時点[\s\S]*再計算/);
  assert.equal(await page.locator("#hunch, #note").count(), 0, "nothing is written on a past day");
  assert.equal(await page.locator(".work button").count(), 0);
  // Walking to the other pages of the customer stays on that day.
  for (const [tab, there] of [["人と契約", "relations"], ["項目", "fields"], ["これまで", "history"]]) {
    await page.locator(".tabs").getByRole("link", { name: tab }).click();
    await page.waitForURL(`**/${there}?as_of=${then}`);
    assert.equal(await inputDay(page), then);
    assert.match(await page.innerText("div.then"), /時点/);
    assert.equal(await page.locator("main form[method=post]").count(), 0, `${there} writes nothing on a past day`);
    assert.deepEqual(await listAxeFaults(page), []);
  }
  await page.locator("main .chip", { hasText: "問い合わせ" }).click();
  await page.waitForTimeout(300);
  const days = await page.locator("#moments .date").evaluateAll((all) => all.map((each) => each.title));
  const [year, month, day] = then.split("-").map(Number);
  for (const text of days) {
    const [y, m, d] = text.match(/\d+/g).map(Number);
    assert.ok(Date.UTC(y, m - 1, d) <= Date.UTC(year, month - 1, day), `${text} is not after ${then}`);
  }
  await page.locator(".tabs").getByRole("link", { name: "概要" }).click();
  await page.waitForURL(`**as_of=${then}`);
  await page.getByRole("link", { name: "いまに戻る" }).click();
  await page.waitForURL((address) => !address.search);
  assert.equal(await page.innerText(".verdict"), now);
});

journey("a day that is none is refused in words", async ({ page }) => {
  await openCustomer(page);
  const answer = await page.goto(`${page.url()}?as_of=yesterday`);
  assert.equal(answer.status(), 422);
  assert.match(await page.innerText("main"), /2026-10-01 の形/);
});

journey("a word over the score shows both, is told apart, and is taken back", async ({ page }) => {
  await openCustomer(page);
  await page.locator("details.override summary").click();
  await page.fill("#points", "88");
  await page.selectOption("#reason", "known_event");
  await page.fill("#override-note", "担当交代で一時的に下がっている");
  await page.getByRole("button", { name: "上書きする", exact: true }).click();
  await page.locator(".note.warn", { hasText: "上書き中" }).waitFor();
  assert.match(await page.innerText(".verdict"), /88/);
  assert.match(await page.innerText(".note.warn"), /計算では/);
  assert.match(await page.innerText(".verdict"), /上書き/, "the change says what the override did");
  assert.match(await page.innerText("table.breakdown tfoot"), /人による上書き/);
  await page.getByRole("button", { name: "上書きをやめる" }).click();
  await page.locator("details.override summary").waitFor();
  assert.doesNotMatch(await page.innerText(".verdict .score-box"), /88/);
});

journey("a felt rating is one press", async ({ page }) => {
  await openCustomer(page);
  await page.locator("form.felt button", { hasText: "5" }).click();
  await page.locator("form.felt button[aria-pressed='true']", { hasText: "5" }).waitFor();
});

journey("axes are compared by region and by owner", async ({ page }) => {
  await page.goto("/customers");
  await page.getByRole("link", { name: "軸の比較" }).click();
  await page.waitForURL("**/axes*");
  assert.ok((await page.locator("table.axes tbody tr").count()) > 3);
  await page.getByRole("link", { name: "担当" }).click();
  await page.waitForURL("**/axes?by=owner");
  assert.match(await page.innerText("table.axes tfoot"), /全体/);
  assert.deepEqual(await listAxeFaults(page), []);
});
