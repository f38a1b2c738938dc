// A note for a colleague: written with @, found on their morning page, seen; changed and removed by whoever wrote it, and brought back.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a note is changed, shows what it said before, is removed and comes back", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  await page.fill("#note-text", "三月まで待つ。@だれでもない人 へ");
  await page.locator("#note").getByRole("button", { name: "記録する" }).click();
  await page.locator(".toast", { hasText: "誰のことかわからず" }).waitFor();
  const moment = page.locator(".moment").filter({ hasText: "待つ。" }).first();
  await moment.locator("summary", { hasText: "直す・消す" }).click();
  await moment.locator("textarea").fill("四月まで待つ。");
  await moment.getByRole("button", { name: "記録する" }).click();
  await page.locator(".toast", { hasText: "記録を直しました" }).waitFor();
  await moment.locator("summary", { hasText: "前に書いてあったこと" }).click();
  await moment.locator("del", { hasText: "三月まで待つ。" }).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  await moment.locator("summary", { hasText: "直す・消す" }).click();
  await moment.getByRole("button", { name: "この記録を消す" }).click();
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  assert.match(await moment.innerText(), /四月まで待つ。/);
});

journey("behind an @ the colleagues are listed, for keyboard and pointer", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  const note = page.locator("#note-text");
  const list = page.locator("#mentions");
  await note.pressSequentially("mail@example.jp ");
  assert.equal(await list.count(), 0, "an address is no colleague");
  await note.pressSequentially("相談です @");
  await list.waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  const names = await list.locator("li bdi").allInnerTexts();
  assert.ok(names.length > 1, names.join());
  assert.equal(await note.getAttribute("aria-activedescendant"), "mention-0");
  await note.press("ArrowDown");
  await note.press("Enter");
  assert.equal(await note.inputValue(), `mail@example.jp 相談です @${names[1]} `);
  assert.equal(await list.count(), 0);
  await note.pressSequentially(`と @${names[0].slice(0, 1)}`);
  await list.waitFor();
  await note.press("Escape");
  assert.equal(await list.count(), 0);
  await note.press("Backspace");
  await list.locator("li", { hasText: names[0] }).click();
  assert.equal(await note.inputValue(), `mail@example.jp 相談です @${names[1]} と @${names[0]} `);
  assert.equal(await note.getAttribute("aria-activedescendant"), null);
});
