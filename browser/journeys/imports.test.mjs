// A file of the office is dropped, one column put right, tried, brought in, seen, and taken back; then a workbook, by keyboard and
// without scripts.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";
import { toSheets, toShiftJis, toWorkbook } from "../parts/office.mjs";

const journey = stage();

const CUSTOMERS = `顧客一覧,,,,
顧客コード,会社名,フリガナ,ひとこと,利用開始日
Z-001,㈱髙﨑表計算①,ﾀｶｻｷﾋｮｳｹｲｻﾝ,"在庫を
半分にしたい",令和7年4月1日
Z-002,しらさぎ能率 株式会社,シラサギノウリツ,,R7.4.1
Z-003,ありえない元号の会社,,,平成40年4月1日
合計,,,,
`.replaceAll("\n", "\r\n");

async function drop(page, name, bytes) {
  await page.goto("/data");
  await page.getByRole("link", { name: "ファイルを取り込む" }).click();
  await page.locator("#file").setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  await page.getByRole("button", { name: "中身を見る" }).click();
  await page.waitForURL("**/data/imports/*-*");
}

async function count(page, name) {
  return page.locator("dl.import-counts div", { hasText: name }).locator("dd").innerText();
}

async function findCustomer(page, text) {
  await page.goto(`/search?q=${encodeURIComponent(text)}`);
  return page.innerText("main");
}

journey("a Shift_JIS list is dropped, mended, tried, brought in and taken back", async ({ page }) => {
  await drop(page, "顧客一覧.csv", toShiftJis(CUSTOMERS));
  assert.match(await page.locator("#encoding option:checked").innerText(), /Shift_JIS/);
  assert.equal(await page.locator("#kind").inputValue(), "customers");
  assert.match(await page.locator("table.import-columns").innerText(), /㈱髙﨑表計算①/);
  const remark = page.getByLabel("ひとこと");
  assert.equal(await remark.inputValue(), "");
  await remark.selectOption({ label: "利用目的" });
  assert.deepEqual(await listAxeFaults(page), []);

  await page.getByRole("button", { name: "試しに読む" }).click();
  const keep = page.getByRole("button", { name: "取り込む", exact: true });
  await keep.waitFor();
  assert.deepEqual([await count(page, "追加"), await count(page, "変更"), await count(page, "受け取れない行")], ["2", "0", "1"]);
  assert.match(await page.innerText("main"), /平成は31年までです。西暦2028年/);
  assert.match(await page.innerText("main"), /合計の行を1行除きました/);
  assert.deepEqual(await listAxeFaults(page), []);
  assert.doesNotMatch(await findCustomer(page, "たかさき表計算"), /髙﨑/, "a trial keeps nothing");
  await page.goBack();

  await keep.click();
  await page.getByRole("link", { name: "顧客を見る" }).waitFor();
  const address = page.url();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "受け取れない行をファイルで受け取る" }).click()]);
  assert.equal(file.suggestedFilename(), "rejected.csv");
  assert.match(await findCustomer(page, "ﾀｶｻｷ"), /㈱髙﨑表計算①/);

  // The same file again: read the same way, and nothing would change.
  await drop(page, "顧客一覧.csv", toShiftJis(CUSTOMERS.replace(/Z-003.*\r\n/, "")));
  assert.match(await page.innerText("main"), /前にも取り込んでいます/);
  assert.equal(await page.getByLabel("ひとこと").inputValue(), "purpose");
  await page.getByRole("button", { name: "試しに読む" }).click();
  await page.getByText("取り込んでも何も変わりません").waitFor();
  assert.equal(await keep.count(), 0);

  await page.goto(address);
  await page.getByText("この取り込みを取り消す").click();
  await page.getByRole("button", { name: "まるごと取り消す" }).click();
  await page.getByRole("heading", { name: "取り消しました" }).waitFor();
  assert.match(await page.innerText("main"), /消したもの 2/);
  assert.doesNotMatch(await findCustomer(page, "ﾀｶｻｷ"), /髙﨑/);
  await page.goto("/data/imports");
  assert.match(await page.innerText("table.imports"), /取り消し済み/);
  assert.deepEqual(await listAxeFaults(page), []);
});

const CONTRACTS = toWorkbook("契約", [
  ["契約管理表"],
  ["会社名", "プラン", "月額（千円）", "契約開始日", "契約終了日"],
  ["ない会社", "Standard", 450, 45748, "令和8年3月31日"],
]);

journey("a workbook on a phone, without scripts", async ({ page }) => {
  await drop(page, "契約.xlsx", CONTRACTS);
  await assertFits(page);
  assert.equal(await page.locator("#kind").inputValue(), "contracts");
  assert.equal(await page.locator("input[name=sheet]:checked").inputValue(), "契約");
  assert.match(await page.innerText("main"), /1,000倍して読みます/);
  await page.getByRole("button", { name: "試しに読む" }).click();
  await page.locator("dl.import-counts").waitFor();
  assert.equal(await count(page, "受け取れない行"), "1");
  assert.match(await page.innerText("main"), /この名前の顧客はいません/);
  await assertFits(page);
  await page.getByRole("button", { name: "やめる" }).click();
  await page.waitForURL("**/data/imports");
}, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });

journey("what cannot be read says why and what to do", async ({ page }) => {
  await drop(page, "写真.csv", Buffer.from("%PDF-1.7 not a table"));
  assert.match(await page.innerText("main"), /この形のファイルは読めません/);
  await drop(page, "壊れた.xlsx", CONTRACTS.subarray(0, CONTRACTS.length - 40));
  assert.match(await page.innerText("main"), /壊れているようです/);
  await drop(page, "なぞ.csv", Buffer.from("a,b,c\n1,2,3\n"));
  assert.match(await page.innerText("main"), /何の表かわかりません/);
  await page.locator("#kind").selectOption("customers");
  await page.getByRole("button", { name: "見直す" }).click();
  assert.match(await page.innerText("main"), /なくてはならない項目/);
});

const EVENTS = "顧客ID,日時,操作,利用者\nZ-900,2026/11/20 9:30,ログイン,u1\nZ-900,2026/11/20 9:31,出力,u1\n";

async function bringIn(page) {
  await drop(page, "利用.csv", Buffer.from(EVENTS));
  assert.equal(await page.locator("#kind").inputValue(), "events");
  await page.getByRole("button", { name: "試しに読む" }).click();
  const keep = page.getByRole("button", { name: "取り込む", exact: true });
  await keep.waitFor();
  assert.equal(await count(page, "追加"), "2");
  await keep.click();
  await page.getByRole("link", { name: "顧客を見る" }).waitFor();
  assert.equal(await count(page, "追加"), "2");
}

journey("usage events are taken back from the history, and the same file comes again as if it were the first", async ({ page }) => {
  for (const turn of ["first", "second"]) {
    await bringIn(page);
    assert.match(await findCustomer(page, "Z-900"), /Z-900/, turn);
    await page.goto("/data/imports");
    await page.getByRole("link", { name: "利用.csv" }).first().click();
    await page.getByText("この取り込みを取り消す").click();
    await page.getByRole("button", { name: "まるごと取り消す" }).click();
    await page.getByRole("heading", { name: "取り消しました" }).waitFor();
    assert.match(await page.innerText("main"), /消したもの 1、前の値に戻したもの 0、数えなくなった利用の記録 2/);
  }
});

const OFFICE = toSheets([
  ["表紙", []],
  ["顧客", [["顧客コード", "会社名", "課題"], ["Z-700", "三枚綴り株式会社", "紙が残る"]]],
  ["担当者", [["顧客コード", "担当者名", "メールアドレス", "役割"], ["Z-700", "枚田 綴", "tsuzuru@example.jp", "推進役"]]],
]);

async function tryAndKeep(page) {
  await page.getByRole("button", { name: "試しに読む" }).click();
  const keep = page.getByRole("button", { name: "取り込む", exact: true });
  await keep.waitFor();
  await keep.click();
  await page.getByRole("link", { name: "顧客を見る" }).waitFor();
}

journey("sheet after sheet of one upload, and the mapping as a file", async ({ page }) => {
  await drop(page, "台帳.xlsx", OFFICE);
  assert.equal(await page.locator("input[name=sheet]:checked").inputValue(), "顧客");
  assert.ok(await page.locator("input[name=sheet][value=表紙]").isDisabled(), "nothing stands in it");
  assert.match(await page.locator("fieldset.sheets").innerText(), /担当者\s+1行/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByText("読み方をファイルで持ち運ぶ").click();
  const [map] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "読み方をダウンロード" }).click()]);
  assert.equal(map.suggestedFilename(), "map.toml");
  await page.locator("#map").setInputFiles({ name: "wrong.toml", mimeType: "text/plain", buffer: Buffer.from("as = \"robots\"") });
  await page.getByRole("button", { name: "この読み方で見る" }).click();
  await page.locator(".wrongs", { hasText: "robots" }).waitFor();
  await page.getByRole("link", { name: "列の対応に戻る" }).click();
  await page.getByText("読み方をファイルで持ち運ぶ").click();
  await page.locator("#map").setInputFiles(await map.path());
  await page.getByRole("button", { name: "この読み方で見る" }).click();
  assert.equal(await page.getByLabel("課題").inputValue(), "challenges");
  await tryAndKeep(page);

  await page.getByRole("link", { name: "次のシートへ" }).click();
  await page.waitForURL("**/data/imports/*-*");
  assert.equal(await page.locator("input[name=sheet]:checked").inputValue(), "担当者");
  assert.match(await page.locator("fieldset.sheets").innerText(), /顧客\s+1行[^\n]*取り込み済み/);
  await tryAndKeep(page);
  assert.equal(await page.getByRole("link", { name: "次のシートへ" }).count(), 0, "no sheet with rows is left");
  assert.match(await findCustomer(page, "紙が残る"), /三枚綴り/);
});
