// Names that are code somewhere, in every text field that can be imported, on every page.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { listPages } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";
import { readAccount, runProgram, serve } from "../parts/server.mjs";

const NAMES = [
  `"><img src=x onerror=alert(1)>`,
  `</script><script>alert(2)</script>`,
  `=cmd|' /C calc'!A0`,
  `@SUM(1+1)*cmd`,
  `\u202eecila\u202c 株式会社`,
  `'"\`{{constructor.constructor('alert(3)')()}}`,
  `javascript:alert(4)`,
  `%3Cscript%3Ealert(5)%3C/script%3E&lt;b&gt;`,
  `x" autofocus onfocus=alert(6) y="`,
  `<!--<svg/onload=alert(7)>-->`,
];

const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
const csv = (rows) => rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";

// One file a kind; the hostile text stands in every text column.
function makeFiles() {
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  const soon = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const each = (make) => NAMES.map((name, index) => make(name, `h${index}`, index));
  return {
    customers: csv([["顧客ID", "会社名", "フリガナ", "セグメント", "地域", "業種", "利用目的", "ドメイン", "利用開始日"], ...each((name, id) => [id, name, name, name, name, name, name, name, "2025-01-10"])]),
    contacts: csv([["顧客ID", "担当者ID", "氏名", "フリガナ", "役職", "役割", "メールアドレス", "電話番号"], ...each((name, id) => [id, `p-${id}`, name, name, name, "推進役", name, name])]),
    contracts: csv([["顧客ID", "契約ID", "プラン", "契約席数", "月額", "契約開始日", "契約終了日"], ...each((name, id) => [id, `k-${id}`, name, "20", "120000", "2025-01-10", soon])]),
    activities: csv([["顧客ID", "活動ID", "日時", "種別", "件名", "内容"], ...each((name, id) => [id, `a-${id}`, `${day} 10:00`, "電話", name, name])]),
    tickets: csv([["顧客ID", "チケットID", "受付日時", "分類", "件名", "内容"], ...each((name, id) => [id, `t-${id}`, `${day} 11:00`, name, name, name])]),
    responses: csv([["顧客ID", "回答ID", "回答日時", "点数", "調査名", "コメント"], ...each((name, id) => [id, `r-${id}`, `${day} 12:00`, "3", name, name])]),
    events: csv([["customer", "user", "event", "occurred_at"], ...each((name, id) => [id, name, "login", `${day}T03:00:00Z`])]),
  };
}

async function makeHostileServer() {
  const folder = await mkdtemp(path.join(tmpdir(), "kizashi-hostile-"));
  const data = path.join(folder, "data");
  await runProgram(["init", "--data", data, "--pack", "saas"]);
  const added = await runProgram(["user", "add", "--data", data, "--email", "csm@example.jp", "--name", NAMES[0], "--role", "admin"]);
  for (const [kind, text] of Object.entries(makeFiles())) {
    const file = path.join(folder, `${kind}.csv`);
    await writeFile(file, text);
    await runProgram(["import", file, "--data", data, "--as", kind, "--source", "hostile"]);
  }
  const server = await serve(data, () => rm(folder, { recursive: true, force: true }));
  server.account = readAccount(`csm@example.jp\n${added.out}${added.err}`);
  return server;
}

const journey = stage(makeHostileServer);

// Nothing of the text became markup.
async function assertOnlyText(page, where) {
  const made = await page.evaluate(() => ({
    images: document.querySelectorAll("img[src='x'], svg[onload], [onerror], [onfocus], [onload]").length,
    scripts: [...document.scripts].filter((script) => !script.src).length,
    bold: [...document.querySelectorAll("main b")].length,
    addresses: [...document.querySelectorAll("a[href], form[action]")].filter((element) => /^\s*javascript:/i.test(element.getAttribute("href") ?? element.getAttribute("action"))).length,
  }));
  assert.deepEqual(made, { images: 0, scripts: 0, bold: 0, addresses: 0 }, where);
}

journey("every page shows them as text and runs nothing", async ({ page }) => {
  const customers = new Set();
  await page.goto("/customers");
  for (const href of await page.locator(".customer-cell a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) customers.add(href);
  assert.ok(customers.size >= NAMES.length, `${customers.size} customers in the list`);
  const listed = await page.innerText("main");
  for (const name of NAMES.filter((name) => !name.includes("\u202e"))) assert.ok(listed.includes(name), `the list shows ${name}`);
  for (const [name, address] of [...(await listPages(page)), ...[...customers].map((href) => [href, href])]) {
    await page.goto(address);
    await assertOnlyText(page, name);
  }
});

journey("search takes them and gives them back as text", async ({ page }) => {
  for (const name of NAMES) {
    await page.goto(`/search?q=${encodeURIComponent(name)}`);
    await assertOnlyText(page, name);
    await page.goto("/today");
    await page.keyboard.press("/");
    const answered = page.waitForResponse((response) => response.url().includes("/search?"));
    await page.locator("#palette input").fill(name);
    await answered;
    await assertOnlyText(page, name);
  }
});

journey("marks that turn the writing direction do not reach past their name", async ({ page }) => {
  for (const [name, address] of await listPages(page)) {
    await page.goto(address);
    const open = await page.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.data.includes("\u202e") || text.parentElement.closest("script, option, title")) continue;
        const style = getComputedStyle(text.parentElement);
        const closed = style.display !== "inline" || style.unicodeBidi.startsWith("isolate") || style.unicodeBidi === "plaintext";
        if (!closed) found.push(text.parentElement.outerHTML.slice(0, 160));
      }
      return found;
    });
    assert.deepEqual(open, [], name);
  }
});

journey("a spreadsheet takes no cell of the CSV for a formula", async ({ page }) => {
  await page.goto("/customers");
  const address = await page.locator("a[href*='csv']").first().getAttribute("href");
  const text = await page.evaluate(async (target) => (await fetch(target)).text(), address);
  const cells = text.split(/\r?\n/).flatMap((line) => line.split(","));
  const formulas = cells.map((value) => value.replace(/^\ufeff?"?/, "")).filter((value) => /^[=@+\t\r]/.test(value));
  assert.deepEqual(formulas, []);
});

journey("notes typed by hand are text as well", async ({ page }) => {
  await page.goto("/customers");
  await page.locator(".customer-cell a").first().click();
  for (const name of NAMES.slice(0, 3)) {
    await page.locator("#hunch input[name=feeling]").first().check({ force: true });
    await page.fill("#hunch-note", name);
    await page.locator("#hunch form button.main").click();
    await page.getByText(name, { exact: false }).first().waitFor();
    await assertOnlyText(page, name);
  }
});
