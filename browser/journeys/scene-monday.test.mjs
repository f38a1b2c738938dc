// 月曜の朝: one page, read in two minutes, and answered without digging.
import assert from "node:assert/strict";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("Monday morning is one page: what changed, whom to call, what is due, what went quiet", async ({ page }) => {
  await page.goto("/today");
  const sentence = await page.locator(".lede p").innerText();
  assert.match(sentence, /兆し/, "it begins with a sentence");
  const cards = page.locator("article.work:not(#nobodys *)");
  const count = await cards.count();
  assert.ok(count >= 1 && count <= 8, `a day's work, not an alarm system: ${count}`);
  for (const heading of [/変化/, /期限/, /データ/]) {
    assert.ok((await page.locator("main h2").filter({ hasText: heading }).count()) >= 1, `${heading}`);
  }
  // Somebody left: the manager sees it here, and the room that is under way.
  await page.locator(".handover-banner", { hasText: "引き継ぎが必要です" }).waitFor();
  await page.locator("section.my-rooms a").first().waitFor();

  // The first card says why, and is answered where it stands.
  const first = cards.first();
  const name = await first.locator("h3.name").innerText();
  const [why] = await first.locator("dl.why-what > dd").allInnerTexts();
  assert.ok(why.length > 10, why);
  await first.locator("h3.name a").click();
  await page.locator("h1", { hasText: name.trim() }).first().waitFor();
  await page.locator("#breakdown").waitFor();
});
