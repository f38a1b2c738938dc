import assert from "node:assert/strict";
import { account } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("from the sign-in page to a closed card without a pointer", async ({ page }) => {
  await page.goto("/sign-in");
  await page.keyboard.type(account().email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(account().password);
  await page.keyboard.press("Enter");
  await page.waitForURL((target) => target.pathname !== "/sign-in");
  await page.goto("/today");

  await page.keyboard.press("j");
  const card = page.locator("article.work.at");
  await card.waitFor();
  const id = await card.getAttribute("id");
  const same = page.locator(`#${id}`);
  await page.keyboard.press("1");
  await same.locator("summary.main-line").waitFor();
  // The row at hand is the same after the answer came back.
  if (!(await page.locator("article.work.at").count())) await page.keyboard.press("j");
  await page.keyboard.press("1");
  await same.locator("details[open] textarea").waitFor();
  await same.locator("textarea").focus();
  await page.keyboard.type("折り返し済み。");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator(".toast", { hasText: "完了" }).waitFor();
  await page.goto("/cards?tab=done");
  assert.equal(await page.locator(`#${id}`).count(), 1);
}, { signedIn: false });

journey("a key acts on the row at hand alone, and says so when it has nothing to do", async ({ page }) => {
  await page.goto("/today");
  const cards = page.locator("article.work");
  const ids = () => cards.evaluateAll((all) => all.map((card) => card.id));
  const before = await ids();
  assert.ok(before.length > 1);
  // Nothing is chosen: the key closes nothing.
  await page.keyboard.press("3");
  await page.locator("#toasts .hint", { hasText: "先に j と k で行を選んで" }).waitFor();
  // The second card is taken: it has no 誤検知 any more, and the one above it is left alone.
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const at = page.locator("article.work.at");
  const id = await at.getAttribute("id");
  const second = page.locator(`#${id}`);
  if (await second.locator("[data-key='3']").count()) await second.locator("button[data-key='1']").click();
  await second.locator("summary.main-line").waitFor();
  for (let n = 0; n < before.length && !(await at.count() && (await at.getAttribute("id")) === id); n += 1) await page.keyboard.press("j");
  assert.equal(await at.getAttribute("id"), id);
  await page.keyboard.press("3");
  await page.locator("#toasts .hint", { hasText: "この行では使えない" }).waitFor();
  assert.equal(await page.locator("article.work.done").count(), 0, "no card was closed");
  await page.reload();
  assert.deepEqual((await ids()).toSorted(), before.toSorted());
});

journey("letters lead through the pages, ? shows them, Escape goes back", async ({ page }) => {
  await page.goto("/today");
  for (const [letter, address] of [["c", "/customers"], ["a", "/cards"], ["d", "/data"], ["t", "/today"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    await page.waitForURL(`**${address}**`);
  }
  await page.keyboard.press("?");
  await page.locator("dialog#keys[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog#keys").waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  await page.locator("dialog#palette[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog#palette").waitFor({ state: "hidden" });
});

journey("keys are silent while an input method is composing and while typing", async ({ page }) => {
  await page.goto("/today");
  await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", isComposing: true, bubbles: true })));
  assert.equal(await page.locator("dialog#palette[open]").count(), 0);
  await page.goto("/customers");
  const field = page.locator("main input[type=search], main input[type=text]").first();
  await field.focus();
  await page.keyboard.type("g?/j");
  assert.equal(await field.inputValue(), "g?/j");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

journey("what has the focus can be seen, and the first stop skips to the page", async ({ page }) => {
  await page.goto("/customers");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main");
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      const box = element.getBoundingClientRect();
      // The mark may be around the field instead of on it.
      const marked = [element, element.parentElement].some((part) => {
        const style = getComputedStyle(part);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      });
      return { what: element.outerHTML.slice(0, 120), ok: element === document.body || (marked && box.width > 0) || element.matches("input[type=checkbox], input[type=radio]") };
    });
    assert.ok(seen.ok, `no visible focus: ${seen.what}`);
  }
});
