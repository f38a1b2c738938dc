import assert from "node:assert/strict";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("the page says whom to call, why, what to do, by when and who", async ({ page }) => {
  await page.goto("/today");
  const cards = page.locator("article.work:not(#nobodys *)");
  assert.ok((await cards.count()) >= 3, "at least three cards in the demo");
  assert.ok((await cards.count()) <= 8, "no more than a day's work");
  for (let index = 0; index < 3; index += 1) {
    const card = cards.nth(index);
    assert.ok((await card.locator("h3.name").innerText()).length > 0);
    const what = await card.locator("dl.why-what > dd.by").innerText();
    // Who took a card knows the one reason that its title says.
    const why = await card.locator("dl.why-what ul.causes, a.kind").last().innerText();
    assert.ok(why.length > 10 && what.length > 10, `${why} / ${what}`);
    assert.match(what, /\d+\/\d+|\d+月\d+日/, "a day");
  }
  assert.equal(await page.locator(".cols section").count(), 3, "changes, deadlines, quiet data");
});

journey("a card is taken, closed with an outcome, and taken back", async ({ page }) => {
  await page.goto("/today");
  const address = await page.locator("article.work a.kind").first().getAttribute("href");
  const card = page.locator(`#card-${address.split("/").at(-1)}`);
  const name = await card.locator("h3.name").innerText();

  await card.getByRole("button", { name: /対応する/ }).click();
  await card.locator("summary.btn", { hasText: "完了" }).or(card.locator("summary.main-line")).click();
  await card.locator("textarea[name=came_of_it]").fill("電話で後任の推進役が決まった。");
  await card.locator("button[value=solved]").click();
  await page.locator(".toast", { hasText: "完了" }).waitFor();

  await page.goto("/cards?tab=done");
  const closed = page.locator(`#card-${address.split("/").at(-1)}`);
  assert.match(await closed.innerText(), /解決/);
  assert.match(await closed.innerText(), /後任の推進役/);
  await closed.locator("h3.name a").click();
  assert.match(await page.innerText("main"), /後任の推進役/, `the outcome stands in the timeline of ${name}`);

  await page.goto("/cards?tab=done");
  await closed.locator("form[action$='/undo'] button").click();
  await page.locator(".toast").last().waitFor();
  await page.goto("/cards?tab=open");
  assert.equal(await card.count(), 1, "open again");
});

journey("undo from the notice works at once", async ({ page }) => {
  await page.goto("/today");
  const address = await page.locator("article.work:has(form[action$='/taking']) a.kind").first().getAttribute("href");
  const card = page.locator(`#card-${address.split("/").at(-1)}`);
  await card.locator("form[action$='/taking'] button").click();
  await page.locator(".toast form button").last().click();
  await card.locator("form[action$='/taking'] button").waitFor();
});

journey("a card put off leaves the page and says until when", async ({ page }) => {
  await page.goto("/today");
  const address = await page.locator("article.work a.kind").first().getAttribute("href");
  const card = page.locator(`#card-${address.split("/").at(-1)}`);
  await card.locator("summary[data-key='2']").click();
  await card.locator("button[value='next-week']").click();
  await page.locator(".toast").last().waitFor();
  await page.goto("/today");
  assert.equal(await page.locator(`article#card-${address.split("/").at(-1)}`).count(), 0);
  await page.goto("/cards?tab=later");
  assert.equal(await card.count(), 1);
});
