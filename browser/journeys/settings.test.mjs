// A model is edited by somebody who writes no TOML: a weight, a curve, the words of the change, the way back.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();
const MODEL = "/settings/models/standard";
const MEASURE = `${MODEL}/measures/seat_use`;

journey("a weight is edited, foretold, saved with its reason, compared in words and taken back", async ({ page }) => {
  await page.goto("/today");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL("**/settings");
  await page.getByRole("link", { name: "標準", exact: true }).click();
  const row = page.locator("tr[data-measure]").first();
  assert.equal(await row.locator("output").innerText(), "20%");
  await row.locator("input[name$='.weight']").fill("５");
  assert.equal(await row.locator("output").innerText(), "7%");
  await page.getByRole("button", { name: "確かめる" }).last().click();
  const preview = page.locator("#preview");
  await preview.waitFor();
  assert.match(await preview.innerText(), /席の使用率：重み 20% → 6.9%/);
  assert.match(await preview.innerText(), /社の点数が変わります|誰も変わりません/);
  assert.deepEqual(await listAxeFaults(page), []);

  await page.getByRole("button", { name: "保存する" }).click();
  assert.match(await page.locator(".wrongs").innerText(), /変える理由/);
  assert.equal(await row.locator("input[name$='.weight']").inputValue(), "５");
  await page.fill("#comment", "席より、使われ方を見る");
  await page.getByRole("button", { name: "保存する" }).click();
  await page.waitForURL("**/settings/versions/2**");
  assert.match(await page.innerText("main"), /席の使用率：重み 20% → 6.9%/);
  assert.match(await page.innerText("main"), /席より、使われ方を見る/);

  await page.goto("/settings/versions/1");
  await page.getByRole("button", { name: "この版に戻す" }).click();
  await page.waitForURL("**/settings/versions/3**");
  assert.match(await page.innerText("main"), /席の使用率：重み 6.9% → 20%/);
  await page.goto("/settings/comparison?from=1&to=3");
  assert.match(await page.innerText("main"), /違いはありません/);
});

journey("the points of a curve are moved with keys and dragged, and the fields follow", async ({ page }) => {
  await page.goto(MEASURE);
  assert.ok((await page.locator("svg.curve rect.hist").count()) > 3, "what customers have today stands behind the curve");
  const knot = page.getByRole("slider").nth(1);
  const [value, points] = [page.locator("[name='c1.v']"), page.locator("[name='c1.p']")];
  assert.deepEqual([await value.inputValue(), await points.inputValue()], ["20", "40"]);
  await knot.focus();
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual([await value.inputValue(), await points.inputValue()], ["21", "45"]);
  assert.equal(await knot.getAttribute("aria-valuenow"), "45");
  const box = await knot.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 40, { steps: 4 });
  await page.mouse.up();
  assert.ok(Number(await points.inputValue()) > 55, "dragged upwards");
  await points.fill("10");
  assert.equal(await knot.getAttribute("aria-valuenow"), "10", "and the drawing follows the fields");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
});

journey("without scripts the same: a point by its number, one more row, a closed day", async ({ page }) => {
  await page.goto(MEASURE);
  const rows = await page.locator("table.points").first().locator("tbody tr").count();
  await page.getByRole("button", { name: "行を増やす" }).click();
  assert.equal(await page.locator("table.points").first().locator("tbody tr").count(), rows + 1);
  await page.fill("[name='c1.v']", "25");
  await page.fill("#comment", "4分の1から");
  await page.getByRole("button", { name: "保存する" }).click();
  assert.match(await page.innerText("main"), /席の使用率：曲線 20%で40点 → 25%で40点/);

  await page.goto("/settings/calendar");
  await page.fill("[name='k1.from']", "08-13");
  await page.fill("[name='k1.to']", "08-16");
  await page.fill("[name='k1.ja']", "夏季休業");
  await page.fill("#comment", "夏休み");
  await page.getByRole("button", { name: "保存する" }).click();
  assert.match(await page.innerText("main"), /休業日を追加：夏季休業（08-13〜08-16）/);
}, { javaScriptEnabled: false });
