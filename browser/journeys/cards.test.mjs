// Cards in many ways: picked, moved over the board, shared, made by hand; what is kept quiet; how right signals are.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

/** Picks the first two cards of the list of all. */
async function pickTwo(page) {
  await page.goto("/cards?tab=open");
  const picks = page.locator("article.work input.pick");
  await picks.nth(0).check();
  await picks.nth(1).check();
  return [await picks.nth(0).inputValue(), await picks.nth(1).inputValue()];
}

journey("cards are picked, handed over at once, and given back as a whole", async ({ page }) => {
  const ids = await pickTwo(page);
  const owner = (id) => page.locator(`#card-${id} dd.by`).innerText();
  const before = await owner(ids[0]);
  await page.getByRole("button", { name: /選んだカードを/ }).click();
  await page.getByRole("heading", { level: 1, name: /2件のカード/ }).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  const form = page.getByRole("form", { name: "担当を変える" });
  const options = await form.locator("select[name=owner] option").allInnerTexts();
  const other = options.find((name) => name && !before.includes(name) && !/なし|選んで/.test(name));
  await form.locator("select[name=owner]").selectOption({ label: other });
  await form.getByRole("button").click();
  await page.locator(".toast", { hasText: "2件の担当を変えました" }).waitFor();
  assert.match(await owner(ids[0]), new RegExp(other));
  assert.match(await owner(ids[1]), new RegExp(other));
  await page.locator(".toast form button").last().click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  await page.goto("/cards?tab=open");
  assert.equal(await owner(ids[0]), before);
});

async function narrow(page) {
  await page.goto("/cards?tab=open");
  const apply = async (act) => {
    await act();
    const button = page.locator("form.filters button.nojs");
    if (await button.isVisible()) await button.click();
  };
  const names = () => page.locator("article.work h3.name").allInnerTexts();
  const all = await names();
  await apply(async () => {
    await page.fill("#q", all[0]);
    await page.press("#q", "Enter");
  });
  await page.waitForURL((url) => url.searchParams.get("q") === all[0]);
  await page.locator("article.work h3.name").first().waitFor();
  assert.ok((await names()).every((name) => name.includes(all[0])));
  // It stays from tab to tab, and so does whose they are.
  await page.getByRole("link", { name: "完了" }).first().click();
  assert.equal(await page.inputValue("#q"), all[0]);
  await page.goto("/cards?tab=mine");
  assert.equal(await page.locator("#owner").inputValue(), "me");
  const colleague = await page.locator("#owner option").nth(2).getAttribute("value");
  await apply(() => page.locator("#owner").selectOption(colleague));
  await page.waitForURL((url) => url.searchParams.get("owner") === colleague);
  await page.locator("#cards").waitFor();
  assert.equal(await page.locator("#owner").inputValue(), colleague);
}

journey("cards are narrowed down by a text and by whose they are", async ({ page }) => {
  await narrow(page);
  assert.deepEqual(await listAxeFaults(page), []);
});

journey("the same without scripts", async ({ page }) => narrow(page), { javaScriptEnabled: false });

journey("a card is put off until a date, and a day of the past is refused in words", async ({ page }) => {
  await page.goto("/cards?tab=open");
  const card = page.locator("article.work").first();
  await card.locator("summary", { hasText: "後で" }).click();
  const day = card.locator("input[name=day]");
  assert.match(await day.getAttribute("max"), /^\d{4}-\d\d-\d\d$/);
  const later = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  await day.fill(later);
  // Enter in the field means the day in it.
  await day.press("Enter");
  await page.locator(".toast", { hasText: "まで後でにしました" }).waitFor();
  await pickTwo(page);
  await page.getByRole("button", { name: /選んだカードを/ }).click();
  const form = page.getByRole("form", { name: "後で" });
  await form.locator("input[name=day]").evaluate((field) => {
    field.removeAttribute("min");
    field.value = "2020-01-01";
  });
  await form.getByRole("button").click();
  assert.match(await page.innerText("main"), /今日より後の日を選んでください/);
});

journey("the keyboard picks and opens the change of many", async ({ page }) => {
  await page.goto("/cards?tab=open");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.equal(await page.locator("input.pick:checked").count(), 2);
  await page.getByRole("button", { name: "このページをすべて選ぶ" }).click();
  assert.equal(await page.locator("input.pick:not(:checked)").count(), 0);
  assert.equal(await page.getByRole("button", { name: "このページをすべて選ぶ" }).isVisible(), false);
  await page.getByRole("button", { name: "選択をやめる" }).click();
  const picks = page.locator("article.work input.pick");
  for (const at of [0, 1]) await picks.nth(at).check();
  await page.keyboard.press("e");
  await page.getByRole("heading", { level: 1, name: /2件のカード/ }).waitFor();
});

journey("the board shows a column for each state and moves a card", async ({ page }) => {
  await page.goto("/cards?tab=open&view=board");
  assert.deepEqual(await listAxeFaults(page), []);
  const [fresh, taken] = [page.getByRole("region", { name: "新規" }), page.getByRole("region", { name: "対応中" })];
  const name = await fresh.locator("article.tile a.name").first().innerText();
  const address = await fresh.locator("article.tile a.name").first().getAttribute("href");
  await fresh.locator("article.tile").first().getByRole("button", { name: /対応中/ }).click();
  await page.locator(".toast", { hasText: "1件" }).waitFor();
  assert.equal(await taken.locator(`a.name[href='${address}']`).innerText(), name);
  await page.locator(".toast form button").last().click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  await page.goto("/cards?tab=open&view=board");
  assert.equal(await fresh.locator(`a.name[href='${address}']`).count(), 1);
});

journey("a card gets a helper, words, another owner, and leads to its facts", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  await page.goto(await page.locator("article.work a.kind").first().getAttribute("href"));
  assert.deepEqual(await listAxeFaults(page), []);
  const helper = page.locator("select[name=staff]");
  const name = (await helper.locator("option").allInnerTexts())[1];
  await helper.selectOption({ label: name });
  await page.getByRole("button", { name: "加える" }).click();
  await page.locator(".helper", { hasText: name }).waitFor();
  await page.locator("#card-note").fill("先方の都合で来週に動きます。");
  await page.getByRole("button", { name: "ひとこと残す" }).click();
  await page.locator(".said", { hasText: "先方の都合" }).waitFor();
  assert.ok((await page.locator(".facts a").count()) >= 1, "the rule and the figures lead on");
});

journey("a card is made by hand for a customer", async ({ page }) => {
  await page.goto("/customers");
  const customer = await page.locator("table a[data-open]").first().innerText();
  await page.goto("/cards/new");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByLabel("何を").fill("導入一周年のお礼に伺う");
  await page.locator("#customer").fill(customer);
  await page.getByRole("button", { name: "作る", exact: true }).click();
  await page.locator("h1", { hasText: customer }).waitFor();
  assert.match(await page.innerText("main"), /導入一周年のお礼に伺う/);
});

journey("what was kept quiet says why, and the day's number can be changed", async ({ page }) => {
  await page.goto("/cards/quiet");
  await page.getByLabel("1日に受け持つカード").fill("2");
  await page.locator("form[action='/preferences/cards'] button").click();
  await page.locator(".toast", { hasText: "1日に受け持つカード" }).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  assert.match(await page.innerText("main"), /番目|待っています|後でに/);
  await page.goto("/today");
  assert.match(await page.innerText(".budget"), /\/ 2/);
  await page.goto("/cards/quiet");
  await page.getByLabel("1日に受け持つカード").fill("8");
  await page.locator("form[action='/preferences/cards'] button").click();
});

journey("who leads and has no card begins at everybody's, and stays where they choose to be", async ({ page, browser, server }) => {
  await page.goto("/cards");
  const own = await page.goto("/cards?tab=mine").then(() => page.locator("article.work").count());
  await page.goto("/cards");
  const at = () => page.locator(".tabs [aria-current]").innerText();
  assert.match(await at(), own > 0 ? /自分/ : /開いている|全員|すべて/);
  if (own === 0) {
    assert.ok((await page.locator("article.work").count()) > 0, "there is something to see");
    await page.goto("/cards?view=board");
    assert.match(await at(), /開いている|全員|すべて/);
  }
  await page.goto("/cards?tab=mine");
  assert.match(await at(), /自分/, "a tab that was chosen stays");
  // Whoever does not lead begins at their own, also with none.
  const { account, openPage, signIn } = await import("../parts/browser.mjs");
  const opened = await openPage(browser, server.url, {});
  await signIn(opened.page, { ...account(), email: "sakamaki@minamo.example" });
  await opened.page.goto("/cards");
  assert.match(await opened.page.locator(".tabs [aria-current]").innerText(), /自分/);
  await opened.context.close();
});

journey("on a phone the outcomes are in sight, and the button leads to them first", async ({ page }) => {
  await page.goto("/cards?tab=open");
  await page.goto(await page.locator("article.work a.kind").first().getAttribute("href"));
  const form = page.locator("form.closing.hunch");
  const overlap = () => form.evaluate((one) => {
    const box = (selector) => one.querySelector(selector).getBoundingClientRect();
    const [chips, bar] = [box(".feel"), box(".btns")];
    return bar.top < chips.bottom && bar.bottom > chips.top;
  });
  const top = await form.evaluate((one) => one.getBoundingClientRect().top + scrollY);
  for (let shown = 40; shown <= 320; shown += 20) {
    await page.evaluate((y) => scrollTo(0, y), top - 844 + 57 + shown);
    assert.equal(await overlap(), false, `${shown} pixels of it in sight`);
  }
  await form.getByRole("button", { name: "完了する" }).click();
  const [chips, foot, head] = await page.evaluate(() => [".closing.hunch .feel", ".nav-foot", "header.top"].map((one) => document.querySelector(one).getBoundingClientRect().toJSON()));
  assert.ok(chips.top >= head.bottom && chips.bottom <= foot.top, "the outcomes are in sight");
  assert.equal(await page.locator("form.closing.hunch").count(), 1, "nothing was closed");
}, { viewport: { width: 390, height: 844 } });

journey("at 1280 nothing of a card's first line falls below it that has room beside it", async ({ page }) => {
  for (const address of ["/today", "/cards?tab=open"]) {
    await page.goto(address);
    const fallen = await page.locator("article.work .head").evaluateAll((heads) => heads.filter((head) => {
      const [first, last] = [head.firstElementChild, head.lastElementChild].map((one) => one.getBoundingClientRect());
      const needed = [...head.children].reduce((sum, one) => sum + one.getBoundingClientRect().width + 20, 0);
      return last.top > first.bottom && needed < document.querySelector("main").clientWidth - 100;
    }).map((head) => head.innerText));
    assert.deepEqual(fallen, [], address);
  }
});

journey("how right signals are stands on a page", async ({ page }) => {
  await page.goto("/cards/precision");
  assert.deepEqual(await listAxeFaults(page), []);
  assert.ok((await page.locator("table.precision tbody tr").count()) >= 5);
  assert.match(await page.innerText("main"), /まだ言えません|%/);
  const titles = await page.locator("table.precision tbody td:first-child").allInnerTexts();
  // A proposal opens the form with its values, and says why.
  const proposed = page.locator("a[href*='proposed=1']");
  if (await proposed.count()) {
    await proposed.first().click();
    await page.locator("section.proposed").waitFor();
    assert.notEqual(await page.inputValue("#comment"), "");
    assert.deepEqual(await listAxeFaults(page), []);
  }
  assert.deepEqual(titles.filter((title) => /…|[{}]/.test(title)), [], "a title without blanks");
});
