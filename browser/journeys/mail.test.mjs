// Letters of a mail program are dropped: those of strangers wait, one is given to its customer and its answer follows, another is left
// out; then all of it is taken back.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();
const OURS = "support@minamo.example";

function letter(id, from, to, more, text) {
  return `From x Fri Nov 20 10:00:00 2026\nFrom: ${from}\nTo: ${to}\nDate: Fri, 20 Nov 2026 10:00:00 +0900\nMessage-ID: <${id}@journey>
Subject: =?utf-8?B?${Buffer.from(`件名${id}`).toString("base64")}?=\n${more}Content-Type: text/plain; charset=utf-8\n\n${text}\n\n`;
}

const MBOX = [
  letter("1", "山本 次郎 <yamamoto@tabinosaki.example>", OURS, "", "来月の打ち合わせについてご相談です。"),
  letter("2", OURS, "yamamoto@tabinosaki.example", "In-Reply-To: <1@journey>\n", "承知しました。\n\n> 来月の打ち合わせについてご相談です。"),
  letter("3", "nobody@betsu.example", OURS, "", "<script>document.title = 'run'</script> <b>売り込み</b>です。"),
  letter("4", "yamamoto@tabinosaki.example", OURS, "Auto-Submitted: auto-replied\n", "不在です。"),
].join("");

async function press(page, scope, name) {
  await Promise.all([page.waitForNavigation(), scope.getByRole("button", { name, exact: true }).click()]);
}

journey("letters are brought in, given to their customer, and taken back", async ({ page }) => {
  await page.goto("/customers");
  const link = page.locator("a[data-open]").first();
  const [name, history] = [(await link.innerText()).trim(), `${(await link.getAttribute("href")).replace(/[?#].*$/, "")}/history?kind=activity`];
  await page.goto("/data/imports");
  await page.locator("#file").setInputFiles({ name: "受信箱.mbox", mimeType: "application/octet-stream", buffer: Buffer.from(MBOX) });
  await page.getByRole("button", { name: "中身を見る" }).click();
  await page.waitForURL("**/data/imports/*-*");
  assert.match(await page.innerText("main"), /メールのファイルです/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "試しに読む" }).click();
  await page.getByText("どの顧客のものかわからないメールが3通").waitFor();
  assert.match(await page.innerText("main"), /プログラムが送ったもの: 1通/);
  await page.getByRole("button", { name: "取り込む", exact: true }).click();
  await page.getByRole("link", { name: "顧客を選ぶ" }).waitFor();
  const address = page.url();
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("link", { name: "顧客を選ぶ" }).click();

  const one = (subject) => page.locator("section.letter", { hasText: subject });
  await one("件名1").waitFor();
  assert.match(await one("件名3").innerText(), /<script>/, "a letter is text");
  assert.notEqual(await page.title(), "run");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
  await one("件名1").getByRole("textbox").fill("どこにもない会社");
  await press(page, one("件名1"), "この顧客に渡す");
  assert.match(await one("件名1").innerText(), /その名前かコードの顧客はありません/);
  assert.equal(await one("件名1").getByRole("textbox").inputValue(), "どこにもない会社", "what was written stays");
  await one("件名1").getByRole("textbox").fill(name);
  await press(page, one("件名1"), "この顧客に渡す");
  assert.match(await page.innerText("main"), /ほかに1通が、同じ顧客のもの/);
  assert.deepEqual([await one("件名1").count(), await one("件名2").count(), await one("件名3").count()], [0, 0, 1]);
  await press(page, one("件名3"), "取り込まない");
  assert.match(await page.innerText("main"), /顧客のわからないメールはありません/);

  await page.goto(history);
  const sent = page.locator(".moment", { hasText: "件名2" });
  assert.doesNotMatch(await sent.innerText(), /> 来月/, "what is quoted is folded");
  await sent.getByText("引用・署名").click();
  assert.match(await sent.innerText(), /> 来月の打ち合わせ/);
  assert.match(await page.locator(".moment", { hasText: "件名1" }).innerText(), /山本 次郎/);

  await page.goto(address);
  await page.getByText("この取り込みを取り消す").click();
  await page.getByRole("button", { name: "まるごと取り消す" }).click();
  await page.getByRole("heading", { name: "取り消しました" }).waitFor();
  await page.goto(history);
  assert.equal(await page.locator(".moment", { hasText: "件名1" }).count(), 0);
});

journey("our own domains are named, and a wrong one is told", async ({ page }) => {
  await page.goto("/data/letters");
  await page.fill("#domains", "gmail.com");
  await press(page, page.locator("main"), "保存する");
  assert.match(await page.innerText("main"), /誰でも使えるドメインです/);
  assert.equal(await page.inputValue("#domains"), "gmail.com", "what was written stays");
  await page.fill("#domains", "minamo.example\nminamo-cs.example");
  await press(page, page.locator("main"), "保存する");
  assert.equal(await page.inputValue("#domains"), "minamo-cs.example\nminamo.example");
});
