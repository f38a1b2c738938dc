// 高リスク顧客の検討: the score with its reasons, similar cases, the people, the promises; then a decision that is kept.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a customer at risk is weighed on one page and what was decided is kept", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  await page.locator("article.work h3.name a").first().click();
  await page.locator("#breakdown").waitFor();
  const main = await page.innerText("main");
  for (const part of ["似た事例と、効いたこと", "決めたこと"]) assert.ok(main.includes(part), part);
  assert.ok((await page.locator("ul.people li").count()) >= 1, "the people are there");
  assert.ok((await page.locator("svg.chart").count()) >= 1, "and the history of the score");

  const review = page.locator("#review");
  await review.locator("summary", { hasText: "決めたことを書く" }).click();
  await review.getByLabel("決めたこと", { exact: true }).fill("来週、部長どうしで話す。値引きはまだ出さない。");
  await review.getByLabel("決めた人").fill("黒岩、白石");
  await review.getByRole("button", { name: "残す" }).click();
  await page.locator(".toast", { hasText: "決めたことを残しました" }).waitFor();
  await page.locator("#review li", { hasText: "部長どうしで話す" }).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  // The way back.
  await page.locator(".toast form button").click();
  await page.locator(".toast", { hasText: "取り消しました" }).waitFor();
  assert.equal(await page.locator("#review li", { hasText: "部長どうしで話す" }).count(), 0);
});

journey("a closed card with the same signs is found among the similar cases", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  const cards = page.locator("article.work");
  const seen = [];
  // Two risks with a sign in common: each of them is opened by the pack's own rules.
  for (let index = 0; index < (await cards.count()); index += 1) {
    seen.push(await cards.nth(index).locator("a.kind").getAttribute("href"));
  }
  assert.ok(seen.length >= 2, "more than one risk in the demo");
  for (const address of seen.slice(1, 6)) {
    await page.goto(address);
    await page.locator(".feel label", { hasText: /^解決$/ }).click();
    await page.locator("#came").fill("説明会を開いて使い方を思い出してもらった");
    await page.locator("form:has(#came) button").click();
    await page.locator(".toast").first().waitFor();
  }
  await page.goto(seen[0]);
  await page.getByRole("link", { name: "検討" }).click();
  const found = await page.locator("#review").innerText();
  assert.match(found, /同じ兆しで閉じたカード|同じ兆しで閉じたカードはまだありません/);
});
