// 電話中に探す: one search over customers, people, notes and inquiries, from the keyboard.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a word of two characters is found inside notes and inquiries, and Enter opens its place", async ({ page }) => {
  await page.goto("/today");
  await page.keyboard.press("/");
  await page.keyboard.type("解約");
  await page.locator("#hits mark", { hasText: "解約" }).first().waitFor();
  const groups = await page.locator("#hits [role=group]").evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
  assert.ok(groups.some((name) => name === "記録" || name === "問い合わせ"), groups.join());
  assert.deepEqual(await listAxeFaults(page), []);
  await page.keyboard.press("ArrowDown");
  const chosen = await page.locator("#hits .hit[aria-selected=true]").getAttribute("href");
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => chosen.startsWith(address.pathname));
  assert.equal(new URL(page.url()).pathname, chosen.split("?")[0]);
});

journey("what is typed the moment a page appears is searched for, however late the browser gives htmx its turn", async ({ page }) => {
  // htmx asks for a turn of its own before it listens; on a busy machine that turn comes after the first key.
  await page.addInitScript(() => {
    const later = window.setTimeout;
    window.setTimeout = (work, delay, ...rest) => later(work, delay ?? 60_000, ...rest);
  });
  await page.goto("/today");
  await page.keyboard.press("/");
  await page.keyboard.type("解約");
  await page.locator("#hits mark", { hasText: "解約" }).first().waitFor();
});

journey("a company is found with and without its form, and whatever is typed is no error", async ({ page }) => {
  await page.goto("/customers");
  const name = (await page.locator("a[data-open]").allInnerTexts()).map((text) => text.trim()).find((text) => text.includes("株式会社"));
  const bare = name.replace("株式会社", "");
  for (const typed of [bare, `株式会社${bare}`, `${bare} ㈱`]) {
    await page.goto(`/search?q=${encodeURIComponent(typed)}`);
    assert.ok((await page.locator("main .hit").first().innerText()).includes(name), typed);
  }
  for (const typed of ["\"", "' OR 1=1 --", "NEAR(a, b)", "*", "😀", "解約".repeat(500), "<script>alert(1)</script>"]) {
    const answer = await page.goto(`/search?q=${encodeURIComponent(typed)}`);
    assert.equal(answer.status(), 200, typed.slice(0, 40));
  }
  assert.deepEqual(await listAxeFaults(page), []);
});
