// Files of a customer: brought, given back as they were and never as a page, removed and brought back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a page somebody made up is kept as a file and never opened as a page", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  const text = "<!doctype html><script>alert(1)</script>";
  await page.locator("#files summary", { hasText: "ファイルを追加" }).click();
  await page.locator("#file").setInputFiles([
    { name: "議事録<b>\"1\".html", mimeType: "text/html", buffer: Buffer.from(text) },
    { name: "図面.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(2)'/>") },
  ]);
  await page.locator("#files").getByRole("button", { name: "追加する" }).click();
  await page.locator(".toast", { hasText: "ファイルを追加しました" }).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  const link = page.locator("#files a[download]", { hasText: "議事録" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(readFileSync(await download.path(), "utf8"), text);
  const answer = await page.request.get(await link.getAttribute("href"));
  const headers = answer.headers();
  assert.match(headers["content-disposition"], /^attachment; /);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.match(headers["content-security-policy"], /^sandbox/);
  assert.equal(headers["content-type"], "application/octet-stream");
  await page.locator("#files li", { hasText: "図面.svg" }).getByRole("button").click();
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  await page.locator("#files li", { hasText: "図面.svg" }).waitFor();
});

journey("an empty file is refused in words", async ({ page }) => {
  await page.goto("/customers");
  await page.locator("a[data-open]").first().click();
  await page.waitForURL("**/customers/*");
  await page.locator("#files summary", { hasText: "ファイルを追加" }).click();
  await page.locator("#file").setInputFiles({ name: "空.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
  await page.locator("#files").getByRole("button", { name: "追加する" }).click();
  await page.getByText("中身のないファイルです").waitFor();
});
