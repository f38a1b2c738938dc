// The record of a company is rebuilt from what its office has: a folder of tables as they are, a workbook through the browser, and
// two live feeds. Nothing is typed twice, and bringing the folder in again changes nothing.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { LIBRARIES, startClient } from "../parts/clients.mjs";
import { stage } from "../parts/journey.mjs";
import { toSheets, toShiftJis } from "../parts/office.mjs";
import { startPostgres } from "../parts/postgres.mjs";
import { readAccount, runProgram, serve } from "../parts/server.mjs";

const PASSWORD = "kanri-2026";
const table = (rows) => toShiftJis(rows.map((row) => row.join(",")).join("\r\n") + "\r\n");

const LEDGER = toSheets([
  [
    "顧客台帳",
    [
      ["ミナモ帳票株式会社　顧客台帳"],
      ["作成日", "令和8年11月28日"],
      ["コード", "会社名", "フリガナ", "業種", "従業員数", "ランク", "フェーズ", "担当", "利用開始日"],
      ["K-001", "株式会社髙﨑製作所", "タカサキセイサクショ", "製造", "１，２００人", "A", "活用中", "早瀬 美緒", "令和6年4月1日"],
      ["K-002", "あおぞら商事株式会社", "アオゾラショウジ", "卸売", "85名", "B", "導入中", "北見", "R8.9.1"],
      ["合計", "2社"],
    ],
  ],
  [
    "担当者名簿",
    [
      ["No", "会社名", "氏名", "部署", "役職", "役割", "E-mail"],
      [1, "㈱髙﨑製作所", "小野 里奈", "経営企画室", "室長", "決裁者", "ono@takasaki.example"],
      [2, "あおぞら商事（株）", "皆川 恵", "総務部", "", "窓口", "minagawa@aozora.example"],
    ],
  ],
  ["メモ", [["次回更新のとき列を整理する"]]],
]);
const CONTRACTS = table([
  ["契約一覧表（税抜）"],
  ["契約No", "お客様コード", "お客様名", "プラン", "ID数", "契約金額（千円）", "契約期間", "契約開始", "契約満了", "自動更新", "解約予告"],
  ["E-1", "K-001", "㈱髙﨑製作所", "プレミアム", "６０", '"6,984"', "1年", "令和8年4月1日", "令和9年3月31日", "有", "3ヶ月前"],
  ["E-2", "K-002", "あおぞら商事㈱", "ライト", "１０", "480", "12ヶ月", "2026/9/1", "2027/8/31", "無", "60日前"],
]);
const DEALS = table([
  ["案件No.", "取引先", "案件名", "フェーズ", "見込金額", "確度", "次アクション", "次回日", "営業担当"],
  ["D-1", "髙﨑製作所", "席の追加", "提案", '"￥1,200,000"', "40%", "見積の再提出", "2026/12/10", "北見 亮介"],
]);
const REPORTS = table([
  ["日報番号", "日付", "時刻", "訪問先", "先方担当", "区分", "当社担当", "件名", "内容"],
  ["N-1", "2026/11/20", "14:30", "㈱髙﨑製作所", "小野様", "訪問", "早瀬", "定例の打合せ", "来期の計画を伺った。"],
  ["N-2", "2026/11/21", "9:05", "あおぞら商事", "皆川さん", "電話", "北見", "初期設定", "設定の手順を案内した。"],
]);
const ANSWERS = table([
  ["タイムスタンプ", "御社名", "お名前", "当社のサービスを知人に薦める可能性はどれくらいですか？", "その理由をお聞かせください"],
  ["2026/11/10 10:41:00", "髙﨑製作所(株)", "小野 里奈", "9", "帳票づくりが早くなった"],
]);
const INQUIRIES = toSheets([
  [
    "問合せ一覧",
    [
      ["受付No", "受付日時", "お客様名", "問合せ区分", "件名", "問合せ内容", "一次回答", "受付担当", "満足度"],
      ["Q-1", "2026/11/12 10:00", "あおぞら商事（株）", "操作", "ログインできない", "合言葉を忘れた", "2026/11/12 11:00", "石井", 5],
    ],
  ],
]);

const COLLEAGUES = [["hayase@minamo.example", "早瀬 美緒"], ["kitami@minamo.example", "北見 亮介"]];
let folder;
const journey = stage(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kizashi-rebuild-"));
  const data = path.join(folder, "data");
  await runProgram(["init", "--data", data, "--pack", "saas"]);
  const added = await runProgram(["user", "add", "--data", data, "--email", "kanri@minamo.example", "--name", "管理"]);
  for (const [email, name] of COLLEAGUES) await runProgram(["user", "add", "--data", data, "--email", email, "--name", name, "--role", "csm"]);
  const server = await serve(data, () => rm(folder, { recursive: true, force: true }));
  return { ...server, account: readAccount(added.out + added.err) };
});
let theirs;
before(async () => {
  theirs = await startPostgres(PASSWORD);
  theirs.sql(`CREATE TABLE toiawase (id TEXT, tokuisaki TEXT, uketsuke TIMESTAMPTZ, kubun TEXT, kenmei TEXT, updated_at TIMESTAMPTZ NOT NULL);
    INSERT INTO toiawase VALUES ('Q-2', '髙﨑製作所', '2026-11-24 09:00+09', '契約', '請求書の宛名', '2026-11-24')`);
});
after(() => theirs?.stop());

const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);

async function bringIn(data, place) {
  const { out } = await runProgram(["import", place, "--data", data, "--json"]);
  return JSON.parse(out.trim().split("\n").at(-1));
}

async function fetchRows(page, address) {
  const answer = await page.context().request.get(address);
  const [head, ...rows] = (await answer.text()).replace("\ufeff", "").trim().split(/\r?\n/).map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(head.map((title, n) => [title, row[n]])));
}

journey("a folder of the office's tables goes in at once, and again changes nothing", async ({ page, server }) => {
  const place = path.join(folder, "台帳");
  await mkdir(place);
  const files = { "顧客台帳.xlsx": LEDGER, "契約一覧.csv": CONTRACTS, "商談管理表.csv": DEALS, "営業日報.csv": REPORTS, "アンケート.csv": ANSWERS, "~$顧客台帳.xlsx": "open" };
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(place, name), bytes);
  const first = await bringIn(server.folder, place);
  assert.deepEqual([first.added, first.refused, first.strangers ?? []], [10, 0, []], JSON.stringify(first));
  const again = await bringIn(server.folder, place);
  assert.deepEqual([again.added, again.changed, again.same, again.refused], [0, 0, 10, 0], JSON.stringify(again));

  const customers = await fetchRows(page, "/data/customers.csv");
  assert.deepEqual(customers.map((c) => [c["顧客ID"], c["自社担当者"], c["利用開始日"]]).sort(), [
    ["K-001", "hayase@minamo.example", "2024-04-01"],
    ["K-002", "kitami@minamo.example", "2026-09-01"],
  ]);
  const [contract] = (await fetchRows(page, "/contracts.csv")).filter((c) => c.ID === "E-1");
  assert.deepEqual([contract["席数"], contract["契約金額"], contract["契約月数"], contract["終了日"], contract["通知日数"]], ["60", "6984000", "12", "2027-03-31", "90"]);
  const people = await fetchRows(page, "/contacts.csv");
  assert.deepEqual(people.map((p) => [p["顧客名"], p["名前"], p["役職"]]).sort(), [
    ["あおぞら商事株式会社", "皆川 恵", "総務部"],
    ["株式会社髙﨑製作所", "小野 里奈", "経営企画室 室長"],
  ]);
  const visits = await fetchRows(page, "/activities.csv");
  assert.deepEqual(visits.map((v) => [v["相手の担当者"], v["日時"], v["対応者"]]).sort(), [
    ["minagawa@aozora.example", "2026-11-21 09:05", "kitami@minamo.example"],
    ["ono@takasaki.example", "2026-11-20 14:30", "hayase@minamo.example"],
  ]);
});

journey("a workbook of inquiries goes in by the browser, and its customers are found by name", async ({ page }) => {
  await page.goto("/data");
  await page.getByRole("link", { name: "ファイルを取り込む" }).click();
  await page.locator("#file").setInputFiles({ name: "問合せ管理.xlsx", mimeType: "application/octet-stream", buffer: INQUIRIES });
  await page.getByRole("button", { name: "中身を見る" }).click();
  await page.waitForURL("**/data/imports/*-*");
  assert.equal(await page.inputValue("#kind"), "tickets");
  await page.getByRole("button", { name: "試しに読む" }).click();
  const keep = page.getByRole("button", { name: "取り込む", exact: true });
  await keep.waitFor();
  await keep.click();
  await page.getByText("この取り込みを取り消す").first().waitFor();
  const tickets = await fetchRows(page, "/tickets.csv");
  assert.deepEqual(tickets.map((t) => [t.ID, t["顧客名"], t["分類"], t["内容"]]), [["Q-1", "あおぞら商事株式会社", "操作", "合言葉を忘れた"]]);
});

journey("a database goes on bringing inquiries", async ({ page }) => {
  await page.goto("/data/connections");
  await page.getByRole("link", { name: "PostgreSQL をつなぐ" }).click();
  for (const [field, value] of Object.entries({ name: "受付", host: theirs.host, database: "postgres", user: "owner", password: PASSWORD })) await page.fill(`#${field}`, value);
  await page.selectOption("#tls", "plain");
  await press(page, "保存");
  await page.waitForURL("**/queries/new");
  await page.fill("#query", "SELECT id AS 受付番号, tokuisaki AS 得意先, uketsuke AS 受付日時, kubun AS 問合せ区分, kenmei AS 件名, updated_at FROM toiawase");
  await press(page, "中を見る");
  assert.equal(await page.inputValue("#kind"), "tickets");
  await page.fill("#name", "問い合わせ");
  await press(page, "保存して読む");
  await page.waitForURL("**/data/pulls/*");
  await page.getByText("に読みました").first().waitFor();
  const tickets = await fetchRows(page, "/tickets.csv");
  assert.deepEqual(tickets.filter((t) => t.ID === "Q-2").map((t) => [t["顧客名"], t["件名"]]), [["株式会社髙﨑製作所", "請求書の宛名"]]);
});

journey("the product sends what is done in it, and the page of a customer has it all", async ({ page, server }) => {
  const added = await runProgram(["token", "add", "--data", server.folder, "--source", "app"]);
  const client = startClient(LIBRARIES[0], server.url, added.out.trim().split(/\s+/).at(-1));
  for (const n of [1, 2, 3]) client.send({ type: "track", userId: "u-1", event: "login", messageId: `m-${n}`, context: { groupId: "K-001" } });
  await client.flush();
  await client.close();
  assert.deepEqual(client.errors, []);
  const out = path.join(folder, "events.csv");
  await runProgram(["export", "--data", server.folder, "--what", "events", "--out", out]);
  const logins = (await readFile(out, "utf8")).split("\n").filter((line) => line.includes(",app,K-001,u-1,login,"));
  assert.equal(logins.length, 3);

  await page.goto("/search?q=たかさき");
  await page.getByRole("option", { name: /髙﨑製作所/ }).first().click();
  await page.waitForURL("**/customers/*");
  const main = await page.innerText("main");
  for (const part of ["早瀬 美緒", "プレミアム", "小野 里奈"]) assert.ok(main.includes(part), `${part} is on the page of the customer`);
  await page.goto(`${page.url().split("?")[0]}/history`);
  const history = await page.innerText("main");
  for (const part of ["定例の打合せ", "請求書の宛名", "帳票づくりが早くなった"]) assert.ok(history.includes(part), `${part} is in what happened`);
});
