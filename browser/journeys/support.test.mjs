// 件数から顧客へ: the numbers of the support desk, by inquiry and by customer.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("the numbers stand beside their definitions, and lead from inquiries to customers", async ({ page }) => {
  await page.goto("/today");
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await page.waitForURL("**/support");
  const numbers = await page.innerText("table.support-numbers");
  for (const name of ["応答率", "放棄呼率", "ATT", "ACW", "初回応答時間（中央値）", "営業時間", "CSAT", "対応件数"]) assert.ok(numbers.includes(name), name);
  assert.match(numbers, /応答した着信 ÷ 結果のわかる着信/);
  assert.doesNotMatch(numbers, /NaN|未取得/, "the demo company feeds every number");
  assert.match(await page.innerText(".answer >> nth=0"), /件の問い合わせがあり.*社で、うち.*2回以上/);
  assert.match(await page.innerText("#support"), /上位20%の分類（\d+分類中\d+）で、全体の\d+%/);
  assert.deepEqual(await listAxeFaults(page), []);
  const asker = page.locator("#support a[href^='/customers/']").first();
  const name = await asker.innerText();
  await asker.click();
  await page.waitForURL("**/customers/*");
  assert.ok((await page.innerText("h1")).includes(name));
});

journey("a period, a channel and a category narrow every number, and the address says so", async ({ page }) => {
  await page.goto("/support");
  const received = async () => Number((await page.innerText(".answer >> nth=0")).match(/に ([\d,]+)件/)[1].replace(",", ""));
  const quarter = await received();
  await page.locator(".chip", { hasText: "今年度" }).click();
  await page.waitForURL("**period=year**");
  await page.waitForFunction((n) => !document.querySelector("#support .answer").innerText.includes(`に ${n}件`), quarter.toLocaleString("en"));
  const year = await received();
  assert.ok(year > quarter, `${year} > ${quarter}`);
  await page.selectOption("#choose-channel", "mail");
  await page.waitForURL("**channel=mail**");
  await page.waitForFunction(() => document.querySelector("table.support-numbers").innerText.includes("対象外"));
  assert.ok((await received()) < year);
  await page.reload();
  assert.equal(await page.inputValue("#choose-channel"), "mail");
  const answer = await page.goto(`/support?period=never&channel=${encodeURIComponent("<script>'\";--")}&category=${"x".repeat(2000)}`);
  assert.equal(answer.status(), 200);
  assert.match(await page.innerText("#support"), /この期間・条件の問い合わせはありません/);
});
