// A mail server is set, the digest of the morning comes in the product and by mail, and its link is answered by somebody who is not
// signed in; a calendar is made and ends.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { assertFits, assertNoFaults, listAxeFaults, openPage } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";
import { PASSWORD, startPostbox, USER } from "../parts/postbox.mjs";
import { readAccount, runProgram, startServer } from "../parts/server.mjs";

const RELOADS_MAX = 60;
// Only administrators set how things go out.
const journey = stage(async () => {
  const server = await startServer();
  const added = await runProgram(["user", "add", "--data", server.folder, "--email", "kanri@demo.example", "--role", "admin"]);
  server.account = readAccount(added.out + added.err);
  return server;
});
let postbox;
before(async () => (postbox = await startPostbox()));
after(() => postbox?.stop());

async function press(page, scope, name) {
  await Promise.all([page.waitForNavigation(), scope.getByRole("button", { name, exact: true }).click()]);
}

// How a message ended is written down after it was sent.
async function reloadUntil(page, wanted) {
  for (let n = 0; n < RELOADS_MAX; n++) {
    if (wanted.test(await page.innerText("main"))) return;
    await page.reload();
  }
  assert.match(await page.innerText("main"), wanted);
}

journey("a mail server is set, tried with a wrong password, mended, and a test arrives", async ({ page }) => {
  await page.goto("/notices");
  await page.locator(".empty a", { hasText: "届け方を見る" }).waitFor();
  await page.goto("/notices/ways");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.fill("#host", "localhost");
  await page.fill("#port", String(postbox.port));
  await page.fill("#from", "kizashi@shiken.example");
  await page.fill("#from_name", "兆し");
  await page.fill("#user", USER);
  await page.fill("#password", "wrong");
  await page.locator("summary", { hasText: "社内の認証局" }).click();
  await page.fill("#authority", postbox.authority);
  await press(page, page.locator("#server"), "保存する");
  await press(page, page.locator("#server"), "自分に試しに送る");
  await reloadUntil(page, /ユーザー名かパスワード、トークンが違います/);
  assert.equal(await page.inputValue("#password"), "", "a password is never shown");
  await page.locator("summary", { hasText: "変える" }).click();
  await page.fill("#password", PASSWORD);
  await press(page, page.locator("#server"), "保存する");
  await press(page, page.locator("#server"), "自分に試しに送る");
  const letter = await postbox.next();
  assert.deepEqual([letter.subject, letter.secure], ["試しの知らせ", true]);
  await reloadUntil(page, /届けました/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
});

journey("the digest comes in the product and by mail, and is answered from there without signing in", async ({ page, browser, server }) => {
  await page.goto("/notices");
  await press(page, page.locator("main"), "今のまとめを届ける");
  await page.waitForURL("**/notices/*-*");
  const heading = await page.locator("h1").innerText();
  assert.match(heading, /カード\d+件/);
  assert.deepEqual(await listAxeFaults(page), []);
  const letter = await postbox.next();
  assert.equal(letter.subject, heading);
  assert.match(letter.to, /kanri@demo\.example/);
  await reloadUntil(page, /届けました/);
  const text = letter.parts["text/plain"];
  const first = await page.locator("article.work h3 a").first().innerText();
  assert.ok(text.includes(first), "the cards of the page are those of the letter");
  assert.ok(letter.parts["text/html"].includes("<h2>"));

  // The same answers as on Today, on its page.
  const card = page.locator("article.work", { has: page.getByRole("button", { name: "対応する" }) }).last();
  const taken = page.locator(`#${await card.getAttribute("id")} .head`, { hasText: "対応中" });
  await card.getByRole("button", { name: "対応する" }).click();
  await taken.waitFor();
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await taken.waitFor({ state: "detached" });

  const link = text.match(/^対応する: (\S+)$/m)[1].replace(/^https?:\/\/[^/]+/, "");
  const visitor = await openPage(browser, server.url);
  try {
    await visitor.page.goto(link);
    assert.deepEqual(await listAxeFaults(visitor.page), []);
    assert.equal(await visitor.page.getByRole("button").count(), 1, "one button");
    await visitor.page.reload();
    await press(visitor.page, visitor.page.locator("main"), "対応する");
    assert.match(await visitor.page.innerText("main"), /対応中にしました/);
    assert.deepEqual(await listAxeFaults(visitor.page), []);
    await press(visitor.page, visitor.page.locator("main"), "元に戻す");
    assert.match(await visitor.page.innerText("main"), /返事を取り消しました/);
    await visitor.page.goto(link);
    assert.equal(await visitor.page.getByRole("button").count(), 0, "a link works once");
    const later = text.match(/^後で: (\S+)$/m)[1].replace(/^https?:\/\/[^/]+/, "");
    await visitor.page.goto(later);
    await visitor.page.selectOption("select[name=until]", "3-days");
    await press(visitor.page, visitor.page.locator("main"), "後で");
    assert.match(await visitor.page.innerText("main"), /後に回しました/);
    assertNoFaults(visitor.faults);
  } finally {
    await visitor.context.close();
  }
  const dead = await page.request.get(`${link.slice(0, -3)}AAA`);
  assert.equal(dead.status(), 404);
  assert.match(await dead.text(), /このリンクは使えません/);
  assert.equal(postbox.count(), 0, "nothing came twice");
});

journey("each person chooses how to be told, and has a calendar of what is due", async ({ page }) => {
  await page.goto("/notices/settings");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.locator("fieldset", { hasText: "急ぎの知らせ" }).locator("input[value=mail]").uncheck();
  await press(page, page.locator("form.settings"), "保存する");
  assert.equal(await page.locator("fieldset", { hasText: "急ぎの知らせ" }).locator("input[value=mail]").isChecked(), false);
  assert.equal(await page.locator("fieldset", { hasText: "朝のまとめ" }).locator("input[value=mail]").isChecked(), true);
  const anyHour = page.getByLabel("勤務時間の外でもすぐに送る");
  assert.equal(await anyHour.isChecked(), false, "the night is quiet unless somebody wants it otherwise");
  await anyHour.check();
  await press(page, page.locator("form.settings"), "保存する");
  assert.equal(await anyHour.isChecked(), true);
  await press(page, page.locator("main"), "URLを作る");
  const address = await page.locator("#calendar").innerText();
  const calendar = await page.request.get(address);
  assert.match(calendar.headers()["content-type"], /^text\/calendar/);
  const body = await calendar.text();
  assert.ok(body.startsWith("BEGIN:VCALENDAR\r\n") && body.endsWith("END:VCALENDAR\r\n"));
  for (const line of body.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, line);
  await page.goto("/notices/settings");
  await press(page, page.locator("main"), "使えなくする");
  assert.equal((await page.request.get(address)).status(), 404);
});

journey("of some signs only key accounts are told at once, as an administrator decides", async ({ page }) => {
  await page.goto("/notices/ways");
  const sign = page.locator("ul.instants li", { hasText: "推進役・キーパーソンが離れた" });
  assert.equal(await sign.locator("input[name=rule]").isChecked(), true);
  assert.equal(await sign.locator("input[name=key_rule]").isChecked(), true, "at first only of key accounts");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
  await sign.locator("input[name=key_rule]").uncheck();
  await press(page, page.locator("#rules"), "保存する");
  assert.equal(await sign.locator("input[name=rule]").isChecked(), true);
  assert.equal(await sign.locator("input[name=key_rule]").isChecked(), false);
});

journey("letters to customers have a page, and people who want none are noted", async ({ page }) => {
  await page.goto("/notices/letters");
  const waiting = await page.innerText("main");
  assert.match(waiting, /控えています\s*この人に送れる数に達しました/, "what waits says why, and when it is looked at again");
  await page.goto("/notices/letters?tab=sent");
  await page.locator("details", { hasText: "控えた経緯" }).first().locator("summary").click();
  assert.match(await page.innerText("main"), /営業時間の外です/);
  await page.goto("/notices/letters?tab=held");
  assert.match(await page.innerText("main"), /本人が受け取りを断っています/);
  await page.fill("#person", "Tanaka@minato.example");
  await press(page, page.locator("#spared"), "送らない");
  assert.match(await page.innerText("#spared"), /tanaka@minato\.example/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
  await press(page, page.locator("#spared tr", { hasText: "tanaka@minato.example" }), "また送る");
  assert.doesNotMatch(await page.innerText("#spared"), /tanaka@minato\.example/);
});
