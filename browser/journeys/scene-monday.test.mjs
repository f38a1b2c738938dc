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

// Two minutes at a thousand characters each: we take that for whoever knows the page and looks for what concerns them; read word by word
// it is twice as long. What stands on buttons and in menus is not read.
const READ_CHARS_MAX = 2000;
// A day holds eight cards; what comes due beyond that is there too, at the end of a month most of all: six seconds more for each.
const DAY_CARDS = 8;
const READ_CHARS_MORE = 100;

journey("what a CSM reads on Monday morning is read in two minutes, and says what, by when and who", async ({ browser, server }) => {
  const { account, openPage, signIn } = await import("../parts/browser.mjs");
  for (const name of ["hayase", "kitami", "shiraishi", "onodera", "maekawa"]) {
    const { page, context } = await openPage(browser, server.url, {});
    await signIn(page, { ...account(), email: `${name}@minamo.example` });
    await page.goto("/today");
    const read = await page.evaluate(() => {
      const copy = document.querySelector("main").cloneNode(true);
      for (const control of copy.querySelectorAll("button, form, details, .sr, [hidden], script")) control.remove();
      return copy.textContent.replace(/\s/g, "").length;
    });
    const beyond = Math.max(0, (await page.locator("article.work").count()) - DAY_CARDS);
    assert.ok(read > 100 && read <= READ_CHARS_MAX + beyond * READ_CHARS_MORE, `${name}: ${read} characters, ${beyond} cards beyond the day's`);
    for (const card of await page.locator("article.work").all()) {
      const told = await card.innerText();
      for (const part of ["何を", "いつまでに", "誰が"]) assert.ok(told.includes(part), `${name}: ${part}`);
    }
    await context.close();
  }
});
