// A field is changed where it stands; where each value came from stays to be seen, and the way back too.
import assert from "node:assert/strict";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a region is changed, tells who did it, and goes back to what it was", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  await page.locator(".tabs").getByRole("link", { name: "項目" }).click();
  await page.waitForURL("**/fields");
  assert.deepEqual(await listAxeFaults(page), []);
  const region = page.locator("#field-region");
  const before = await page.inputValue("#value-region");
  assert.match(await region.innerText(), /crm/);
  await page.fill("#value-region", "北陸・上越");
  await region.getByRole("button", { name: "変える" }).click();
  await page.locator(".toast", { hasText: "前の値は履歴に" }).waitFor();
  assert.equal(await page.inputValue("#value-region"), "北陸・上越");
  const name = (await page.locator("header .who, header details summary").last().innerText()).trim();
  assert.ok((await region.innerText()).includes(name), "the person who wrote it is named");
  await region.locator("summary").click();
  await region.getByRole("button", { name: "この値に戻す" }).click();
  await page.locator(".toast").waitFor();
  assert.equal(await page.inputValue("#value-region"), before);
});

journey("a wrong value is refused in words and changes nothing", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  await page.goto(`${page.url()}/fields`);
  const before = await page.inputValue("#value-employees");
  await page.fill("#value-employees", "たくさん");
  await page.locator("#field-employees").getByRole("button", { name: "変える" }).click();
  await page.getByText("数として読めません").waitFor();
  await page.goBack();
  await page.reload();
  assert.equal(await page.inputValue("#value-employees"), before);
});

journey("another owner is offered what is open with the former one", async ({ page }) => {
  await page.goto("/cards?view=all&kind=risk");
  await page.locator("#cards .name a").first().click();
  await page.waitForURL(/\/(customers|cards)\//);
  if (page.url().includes("/cards/")) await page.locator("main a[href^='/customers/']").first().click();
  await page.waitForURL("**/customers/*");
  const customer = new URL(page.url()).pathname;
  await page.goto(`${customer}/fields`);
  const owner = page.locator("#field-owner");
  const former = await page.locator("#value-owner option:checked").innerText();
  const other = await page.locator("#value-owner option").evaluateAll((all) => all.find((o) => o.value && !o.selected).value);
  await page.selectOption("#value-owner", other);
  await owner.getByRole("button", { name: "変える" }).click();
  await page.waitForURL("**/handovers/new?**");
  await page.locator(".toast", { hasText: "開いているものは前の担当のまま" }).waitFor();
  assert.ok((await page.locator("main").innerText()).includes(former.trim()), "it says with whom it is");
  await page.locator("form[action='/handovers'] button.main").click();
  await page.waitForURL(/\/handovers\/[0-9a-f-]{36}/);
  await page.goto(`${customer}/fields`);
  assert.equal(await page.inputValue("#value-owner"), other);
});
