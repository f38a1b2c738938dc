// A database of the office is connected: a wrong password first, then a query that writes, then one that brings customers, goes on
// by itself, and says what is wrong when a column goes away.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";
import { startPostgres } from "../parts/postgres.mjs";
import { readAccount, runProgram, startServer } from "../parts/server.mjs";

const PASSWORD = "p@ss:/?#[] 'q' \"d\" ＄";
// Only administrators connect databases.
const journey = stage(async () => {
  const server = await startServer();
  const added = await runProgram(["user", "add", "--data", server.folder, "--email", "kanri@demo.example", "--role", "admin"]);
  server.account = readAccount(added.out + added.err);
  return server;
});
let theirs;
before(async () => {
  theirs = await startPostgres(PASSWORD);
  theirs.sql(`CREATE TABLE torihikisaki (code TEXT, kaisha TEXT, jugyoin TEXT, updated_at TIMESTAMPTZ NOT NULL);
    INSERT INTO torihikisaki VALUES ('PG-1', '青空データベース商会', '42', '2026-10-01'), ('PG-2', '株式会社つながる', '多数', '2026-10-02')`);
});
after(() => theirs?.stop());

async function press(page, name) {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
}

journey("a database is connected, asked, and its rows become customers", async ({ page }) => {
  await page.goto("/data");
  await page.getByRole("link", { name: "接続", exact: true }).click();
  await page.getByRole("link", { name: "PostgreSQL をつなぐ" }).click();
  await page.fill("#name", "販売管理");
  await page.fill("#host", theirs.host);
  await page.fill("#database", "postgres");
  await page.fill("#user", "owner");
  await page.fill("#password", "wrong");
  await page.selectOption("#tls", "plain");
  await press(page, "保存");
  assert.match(await page.innerText("main"), /ユーザーかパスワードが違います/);
  assert.equal(await page.inputValue("#password"), "", "a password is never shown");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.fill("#password", PASSWORD);
  await press(page, "接続を試す");
  assert.match(await page.innerText("main"), /つながりました/);
  await page.fill("#password", PASSWORD);
  await press(page, "保存");
  await page.waitForURL("**/queries/new");

  await page.fill("#query", "DELETE FROM torihikisaki");
  await press(page, "中を見る");
  assert.match(await page.innerText("main"), /書き込む問い合わせです/);
  await page.fill("#query", "SELECT code AS 顧客コード, kaisha AS 会社名, jugyoin AS 従業員数, updated_at FROM torihikisaki");
  await press(page, "中を見る");
  assert.equal(await page.inputValue("#kind"), "customers");
  assert.equal(await page.inputValue("#cursor"), "updated_at");
  assert.match(await page.innerText("table.import-columns"), /青空データベース商会/);
  await page.fill("#name", "取引先");
  assert.deepEqual(await listAxeFaults(page), []);
  await press(page, "試しに読む");
  assert.match(await page.innerText("main"), /まだ何も入れていません/);
  await press(page, "保存して読む");
  await page.waitForURL("**/data/pulls/*");
  await page.getByText("に読みました").first().waitFor();
  const main = await page.innerText("main");
  assert.match(main, /多数/, "a refused row is listed with its value");
  assert.deepEqual(await listAxeFaults(page), []);
  await page.goto("/search?q=青空データベース");
  assert.match(await page.innerText("main"), /青空データベース商会/);
});

journey("what goes wrong there is said, and a phone shows it", async ({ page }) => {
  theirs.sql("ALTER TABLE torihikisaki RENAME COLUMN jugyoin TO ninzu");
  await page.goto("/data/connections");
  await page.getByRole("link", { name: "取引先" }).click();
  await press(page, "今すぐ読む");
  await page.getByText("問い合わせが受け付けられません").first().waitFor();
  assert.match(await page.innerText("main"), /失われるものはありません/);
  await page.setViewportSize({ width: 390, height: 800 });
  for (const address of ["/data/connections", page.url()]) {
    await page.goto(address);
    await assertFits(page);
    assert.deepEqual(await listAxeFaults(page), []);
  }
});
