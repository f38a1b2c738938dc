// Presses on cards: who was first is said, everything goes back as a whole, and what cannot be taken is said at its form.
import assert from "node:assert/strict";
import { account, listAxeFaults, openPage, signIn } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

/** Address of a card that is new and belongs to somebody else than the reader. */
async function findNew(page) {
  await page.goto("/cards?tab=open&kind=risk");
  const card = page.locator("article.work", { has: page.locator("form[action$='/taking']") }).first();
  return card.locator("a.kind").getAttribute("href");
}

async function colleague(browser, server, email, options = {}) {
  const opened = await openPage(browser, server.url, options);
  await signIn(opened.page, { ...account(), email });
  return opened;
}

journey("who began to work a moment ago is said before work is taken over", async ({ page, browser, server }) => {
  const address = await findNew(page);
  const other = await colleague(browser, server, "kitami@minamo.example");
  await page.goto(address);
  await other.page.goto(address);
  const owner = (on) => on.locator("article.work dd.by").innerText();
  await other.page.locator("article.work form[action$='/taking'] button").click();
  await other.page.locator(".toast", { hasText: "対応します" }).waitFor();
  await page.locator("article.work form[action$='/taking'] button").click();
  await page.locator(".toast", { hasText: /北見 亮介さんがたった今対応を始めています/ }).waitFor();
  assert.match(await owner(page), /北見/, "nothing was taken over yet");
  await page.locator(".toast").getByRole("button", { name: "引き継いで対応する" }).click();
  await page.locator(".toast", { hasText: "対応します" }).waitFor();
  assert.doesNotMatch(await owner(page), /北見/);
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  await page.goto(address);
  assert.match(await owner(page), /北見/, "back with whom it was");
  // What the colleague did cannot be taken back any more: the card went on since.
  await other.page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await other.page.locator(".toast", { hasText: "その後に変わったため" }).waitFor();
  await other.context.close();
});

journey("a card that waits goes back to being under way, and one that was put off sleeps on", async ({ page }) => {
  const address = await findNew(page);
  await page.goto(address);
  const state = () => page.locator("article.work .head").innerText();
  const back = async () => {
    await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
    await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
    await page.goto(address);
  };
  await page.locator("article.work form[action$='/taking'] button").click();
  await page.locator("article.work form[action$='/waiting'] button").click();
  await page.locator(".toast", { hasText: "待ちにしました" }).waitFor();
  await back();
  assert.match(await state(), /対応中/);
  await page.locator("article.work summary", { hasText: "後で" }).click();
  await page.locator("article.work button.item[value='3-days']").click();
  await page.locator(".toast", { hasText: "まで後でにしました" }).waitFor();
  await page.goto(address);
  const form = page.locator("form.closing.hunch");
  await form.getByText("解決", { exact: true }).click();
  await form.locator("textarea").fill("電話で話せた");
  await form.getByRole("button", { name: "完了する" }).click();
  await page.locator(".toast", { hasText: "完了しました" }).waitFor();
  await back();
  assert.match(await page.locator("article.work dl").innerText(), /まで/, "it is put off as it was");
});

const outcome = (page, word) => page.locator("form.closing.hunch .feel label", { has: page.locator(`input[value=${word}]`) });

journey("what cannot be taken is said in place, with what was typed", async ({ page, browser, server }) => {
  const address = await findNew(page);
  await page.goto(address);
  const form = page.locator("form.closing.hunch");
  await page.locator("section", { has: form }).locator("textarea").fill("  ");
  await outcome(page, "solved").click();
  await form.getByRole("button", { name: "完了する" }).click();
  await page.locator(".wrongs", { hasText: "一言書いてください" }).waitFor();
  assert.equal(await page.locator("form.closing.hunch input[value=solved]").isChecked(), true);
  assert.equal(await page.locator("#due").count(), 1, "the rest of the page is there");
  await page.fill("#due", "2020-01-01");
  await page.locator("form[action$='/due'] button").click();
  await page.locator(".wrongs", { hasText: "今日から2年以内" }).waitFor();
  assert.equal(await page.inputValue("#due"), "2020-01-01");
  // A colleague closes it while words about its end are typed: they are kept, and who closed it is said.
  const other = await colleague(browser, server, "kitami@minamo.example", { javaScriptEnabled: false });
  await other.page.goto(address);
  await outcome(other.page, "unsolved").click();
  await other.page.locator("form.closing.hunch textarea").fill("返事がない");
  await other.page.locator("form.closing.hunch").getByRole("button", { name: "完了する" }).click();
  await other.page.locator(".toast", { hasText: "完了しました" }).waitFor();
  await other.context.close();
  await outcome(page, "solved").click();
  await page.locator("form.closing.hunch textarea").fill("長い経過のメモ");
  await page.locator("form.closing.hunch").getByRole("button", { name: "完了する" }).click();
  await page.locator(".wrongs", { hasText: /北見 亮介さんがたった今完了にしています（未解決）/ }).waitFor();
  assert.equal(await page.inputValue("#card-note"), "長い経過のメモ");
}, { javaScriptEnabled: false });

/** Puts two cards off from the page of many: one of a key account with a near notice deadline, and one without. */
async function pick(page) {
  await page.goto("/cards?tab=open");
  const ids = await page.locator("article.work input.pick").evaluateAll((picks) => picks.map((one) => one.value));
  const [key, plain] = [[], []];
  for (const id of ids.slice(0, 20)) {
    await page.goto(`/cards/${id}`);
    const head = await page.locator("article.work .head").innerText();
    if (head.includes("静かにしません")) key.push(id);
    else if (!head.includes("通知期限")) plain.push(id);
    if (key.length > 0 && plain.length > 0) break;
  }
  return { key: key[0], plain: plain[0] };
}

journey("many are put off but for a key account, which is named; and cards go to whom was chosen", async ({ page }) => {
  const { key, plain } = await pick(page);
  assert.ok(key && plain, "the demo has both");
  await page.goto(`/cards/${key}`);
  const name = await page.innerText("h1");
  await page.goto(`/cards/many?id=${key}&id=${plain}&back=/cards?tab=open`);
  const hand = page.getByRole("form", { name: "担当を変える" });
  assert.equal(await hand.locator("select").inputValue(), "", "nobody is chosen beforehand");
  await hand.locator("select").evaluate((select) => select.removeAttribute("required"));
  await hand.getByRole("button").click();
  await page.locator(".wrongs", { hasText: "誰に渡すか" }).waitFor();
  const later = page.getByRole("form", { name: "後で" });
  const until = new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10);
  await later.locator("input[name=day]").fill(until);
  await later.getByRole("button").click();
  const toast = page.locator(".toast", { hasText: "1件を後に回しました" });
  await toast.waitFor();
  assert.ok((await toast.innerText()).includes(name.trim()), "who was left out is named");
  assert.deepEqual(await listAxeFaults(page), []);
  await toast.getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
});

journey("another department reads a card and leaves a word, and has no other buttons", async ({ page, browser, server }) => {
  const address = await findNew(page);
  const other = await colleague(browser, server, "sakamaki@minamo.example");
  await other.page.goto(address);
  assert.equal(await other.page.locator("#owner, #due, #helper, form.closing, article.work .acts button").count(), 0);
  assert.deepEqual(await listAxeFaults(other.page), []);
  await other.page.fill("#card-note", "経理から：請求の件は解決しています。");
  await other.page.getByRole("button", { name: "ひとこと残す" }).click();
  await other.page.locator(".said", { hasText: "経理から" }).waitFor();
  await other.context.close();
});

journey("the number of a day is taken in any digits, and refused in place", async ({ page }) => {
  await page.goto("/cards/quiet");
  const field = page.getByLabel("1日に受け持つカード");
  await field.fill("たくさん");
  await page.locator("form[action='/preferences/cards'] button").click();
  await page.locator(".wrongs", { hasText: "1〜50" }).waitFor();
  assert.equal(await field.inputValue(), "たくさん");
  await field.fill("３");
  await page.locator("form[action='/preferences/cards'] button").click();
  await page.locator(".toast", { hasText: "1日に受け持つカード" }).waitFor();
  assert.equal(await field.inputValue(), "3");
});
