// A play is made by somebody who writes no TOML: copied, changed step by step, rehearsed, published with its reason, taken back.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

// A button that sends a form, and the page that answers.
const press = (page, button) => Promise.all([page.waitForEvent("load"), button.click()]);

journey("a play is copied, its steps are changed, it is rehearsed over the last quarter and published", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("link", { name: "プレイブックを開く" }).click();
  await page.waitForURL("**/settings/plays");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("link", { name: "打ち手をつくる" }).click();
  await page.fill("[name='title.ja']", "うちの立て直し");
  await page.selectOption("[name=copy]", "usage_recovery");
  await page.getByRole("button", { name: "下書きをつくる" }).click();
  await page.waitForURL("**/settings/plays/play_1");
  assert.match(await page.innerText("main"), /まだ公開していない下書きです/);
  const steps = page.locator("li.book-step");
  const before = await steps.count();
  assert.ok(before >= 7);
  assert.equal(await page.locator("svg.flow .box").count(), before + 1, "the picture has every step and the start");

  // A step is added, named and moved; a broken figure is said at its field and nothing is lost.
  await press(page, page.getByRole("button", { name: "＋ メール" }));
  const mail = steps.last();
  assert.equal(await mail.locator("details").getAttribute("open"), "");
  await mail.locator("[name$='.title.ja']").fill("お礼を送る");
  await mail.locator("[name$='.subject.ja']").fill("{customer}様　ありがとうございます");
  await mail.locator("[name$='.body.ja']").fill("{person}様\nこれからもよろしくお願いします。");
  await mail.locator("[name$='.due']").fill("三日");
  await press(page, page.getByRole("button", { name: "下書きを保存する" }).last());
  await page.locator(".wrongs").waitFor();
  assert.equal(await mail.locator("[name$='.title.ja']").inputValue(), "お礼を送る");
  await mail.locator("[name$='.due']").fill("３");
  await press(page, page.getByRole("button", { name: "下書きを保存する" }).last());
  assert.match(await page.innerText("#toasts"), /下書きを保存しました/);
  await steps.last().locator("summary").first().click();
  await press(page, steps.last().getByRole("button", { name: "上へ" }));
  assert.match(await steps.nth(before - 1).locator("summary").first().innerText(), /お礼を送る/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  // Fields fit the kind.
  const first = steps.first();
  await first.locator("summary").first().click();
  await first.locator("select[name='s0.kind']").selectOption("wait");
  assert.ok(await first.locator("[name='s0.days']").isVisible());
  assert.ok(!(await first.locator("[name='s0.due']").isVisible()));
  await first.locator("select[name='s0.kind']").selectOption("task");

  // Due before the notice deadline instead of after it could begin.
  assert.ok(!(await first.locator("[name='s0.due_back']").isVisible()));
  await first.locator("select[name='s0.due_from']").selectOption("notice_deadline");
  await first.locator("[name='s0.due_back']").fill("30");

  await page.locator("[name='signal.logins_falling']").check();
  await press(page, page.getByRole("button", { name: "下書きを保存する" }).last());
  assert.match(await page.innerText("#toasts"), /下書きを保存しました/);
  assert.match(await steps.first().locator("summary").first().innerText(), /通知期限の30営業日前/);
  // What stands in the fields is rehearsed, and is never lost.
  await page.locator("[name='what.ja']").fill("使われ方が落ちたとき");
  await page.getByRole("button", { name: "リハーサルする" }).first().click();
  await page.waitForURL("**/rehearsal**");
  assert.match(await page.innerText("#toasts"), /下書きを保存しました/);
  await page.getByRole("link", { name: "編集に戻る" }).click();
  assert.equal(await page.locator("[name='what.ja']").inputValue(), "使われ方が落ちたとき");
  await page.getByRole("button", { name: "リハーサルする" }).first().click();
  await page.waitForURL("**/rehearsal");
  const said = await page.innerText("main");
  assert.match(said, /直近90日（.+）なら、\d+社で\d+回始まっていました/);
  assert.match(said, /ログインが減っています/, "what changes beside the play is said");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  await page.getByRole("button", { name: "この内容で公開する" }).click();
  assert.match(await page.locator(".wrongs").innerText(), /変える理由/);
  await page.fill("#comment", "自社の進め方にする");
  await page.getByRole("button", { name: "この内容で公開する" }).click();
  await page.waitForURL("**/settings/versions/2**");
  assert.match(await page.innerText("main"), /自社の進め方にする/);
  await page.goto("/settings/versions/1");
  // Going back puts other plays in force: first what they would have done.
  await page.getByRole("link", { name: "この版に戻す" }).click();
  await page.waitForURL("**/settings/versions/1/restoration");
  assert.match(await page.locator("#rehearsals").innerText(), /この四半期なら、\d+社に始まり、メールは\d+通でした/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "この版に戻す" }).click();
  assert.match(await page.locator(".wrongs").innerText(), /リハーサルの結果を確かめて/);
  await page.getByLabel("リハーサルの結果を確かめた").check();
  await page.getByRole("button", { name: "この版に戻す" }).click();
  await page.waitForURL("**/settings/versions/3**");
});

journey("without scripts the same: a step added, its kind chosen, a draft thrown away", async ({ page }) => {
  await page.goto("/settings/plays/qbr");
  await page.getByRole("button", { name: "＋ 待つ" }).click();
  const step = page.locator("li.book-step").last();
  // Of a wait every way has its fields, under a heading each.
  for (const field of ["days", "wait_date", "wait_back", "of", "limit", "timeout"]) assert.ok(await step.locator(`[name$='.${field}']`).isVisible(), field);
  assert.deepEqual((await step.locator("fieldset.way legend.nojs").allInnerTexts()).map((text) => text.trim()), ["日数が過ぎるまで", "日付の何営業日か前まで", "条件を満たすまで"]);
  await step.locator("select[name$='.kind']").selectOption("approval");
  await step.getByRole("button", { name: "欄を切り替える" }).click();
  const same = page.locator("li.book-step").last();
  assert.ok(!(await same.locator("[name$='.days']").isVisible()));
  await same.locator("select[name$='.due_from']").selectOption("contract_end");
  await same.getByRole("button", { name: "欄を切り替える" }).click();
  assert.ok(await page.locator("li.book-step").last().locator("[name$='.due_back']").isVisible());
  assert.match(await page.innerText("main"), /公開の前に：/, "a step without a name is said");
  await page.locator("[name='title.ja']").fill("四半期の振り返り（改）");
  await page.locator("[name=start]").selectOption("stage");
  await page.locator("[data-switch=start]").getByRole("button", { name: "欄を切り替える" }).click();
  assert.ok(!(await page.locator("[name=start_date]").isVisible()), "what belongs to dates is not shown");
  await page.locator("[name=stage]").selectOption("adoption");
  await page.getByRole("button", { name: "リハーサルする" }).first().click();
  await page.getByRole("link", { name: "編集に戻る" }).click();
  assert.equal(await page.locator("[name='title.ja']").inputValue(), "四半期の振り返り（改）");
  assert.equal(await page.locator("[name=stage]").inputValue(), "adoption");
  await page.getByRole("button", { name: "下書きを捨てる" }).click();
  assert.match(await page.innerText("main"), /公開中の内容です/);
}, { javaScriptEnabled: false });

journey("with scripts a wait shows the fields of its way alone, and a branch its condition", async ({ page }) => {
  await page.goto("/settings/plays/qbr");
  await page.getByRole("button", { name: "＋ 待つ" }).click();
  const step = page.locator("li.book-step").last();
  const seen = async () => {
    const fields = ["days", "wait_date", "wait_back", "of", "limit", "timeout", "yes"];
    const shown = await Promise.all(fields.map((field) => step.locator(`[name$='.${field}']`).isVisible()));
    return fields.filter((_, at) => shown[at]);
  };
  assert.deepEqual(await seen(), ["days"]);
  assert.equal(await step.locator("fieldset.way legend.nojs").first().isVisible(), false);
  await step.locator("select[name$='.wait']").selectOption("before");
  assert.deepEqual(await seen(), ["wait_date", "wait_back"]);
  await step.locator("select[name$='.wait']").selectOption("until");
  assert.deepEqual(await seen(), ["of", "limit", "timeout"]);
  await step.locator("select[name$='.kind']").selectOption("branch");
  assert.deepEqual(await seen(), ["of", "limit", "yes"]);
  await step.locator("select[name$='.kind']").selectOption("wait");
  assert.deepEqual(await seen(), ["of", "limit", "timeout"], "the way stays chosen");
  assert.deepEqual(await listAxeFaults(page), []);
  // What was chosen is kept.
  await step.locator("select[name$='.of']").selectOption({ index: 1 });
  await step.locator("[name$='.limit']").fill("70");
  await page.getByRole("button", { name: "下書きを保存" }).last().click();
  assert.deepEqual(await seen(), ["of", "limit", "timeout"]);
  assert.equal(await step.locator("[name$='.limit']").inputValue(), "70");
});

journey("a play made of a card has its note beside it, and none of it in it", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  const card = await page.locator("article.work a.kind").first().getAttribute("href");
  await page.goto(card);
  const ending = page.locator("form.closing.hunch");
  await ending.locator("label", { hasText: "解決" }).first().click();
  await ending.locator("textarea").fill("高橋様に電話し、権限を直した");
  await ending.getByRole("button", { name: "完了する" }).click();
  await page.goto(card);
  await page.getByRole("button", { name: "この対応を打ち手にする" }).click();
  await page.waitForURL(/\/settings\/plays\/.*card=/);
  const beside = page.locator("section.reminder");
  assert.match(await beside.innerText(), /高橋様に電話し、権限を直した/);
  const fields = () => page.locator("#book input, #book textarea").evaluateAll((all) => all.map((one) => one.value).join("\n"));
  assert.doesNotMatch(await fields(), /高橋様/);
  assert.deepEqual(await listAxeFaults(page), []);
  // It is still there once the draft is kept, and nowhere but there.
  await page.getByRole("button", { name: "下書きを保存" }).last().click();
  await beside.waitFor();
  const address = new URL(page.url()).pathname;
  await page.goto(address);
  assert.equal(await beside.count(), 0);
  assert.doesNotMatch(await page.innerText("main") + await fields(), /高橋様/);
});

journey("what could become a play is proposed, or said why not", async ({ page }) => {
  await page.goto("/settings/proposals");
  assert.match(await page.innerText("main"), /打ち手の候補/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
});

journey("before and after a play: the score, the metrics that made its cards, and what came of them, side by side", async ({ page }) => {
  await page.goto("/settings/plays/usage_recovery");
  await page.getByRole("link", { name: "前後の変化を見る" }).click();
  await page.locator("h1", { hasText: "前後の変化" }).waitFor();
  const cell = (part, row, column) => page.locator(`${part} tbody tr`).nth(row).locator("td").nth(column).innerText();
  assert.match(await cell("#changes", 0, 1), /^[+−±][\d.]+.*（.+〜.+）.*件/s, "enough runs came to their end to say something");
  assert.match(await page.innerText("#metrics"), /請求書作成のふだんとの差/);
  assert.match(await page.innerText("#metrics"), /いまわかっている記録といまの設定から計算/);
  assert.match(await cell("#ends", 0, 0), /\d+%.*件中\d+件/s);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
});
