// axe on every page: no serious and no critical finding, light and dark, wide and narrow.
import assert from "node:assert/strict";
import { listAxeFaults, listPages } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    journey(`every page, ${colorScheme}, ${width} px`, async ({ page }) => {
      const found = [];
      for (const [name, address] of await listPages(page)) {
        await page.goto(address);
        found.push(...(await listAxeFaults(page)).map((fault) => `${name}: ${fault}`));
      }
      assert.deepEqual(found, []);
    }, { colorScheme, viewport: { width, height: 900 } });
  }
  journey(`the sign-in page, ${colorScheme}`, async ({ page }) => {
    await page.goto("/sign-in");
    assert.deepEqual(await listAxeFaults(page), []);
  }, { colorScheme, signedIn: false });
}

journey("open menus and dialogs too", async ({ page }) => {
  await page.goto("/today");
  await page.keyboard.press("?");
  await page.locator("dialog#keys[open]").waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.locator("#palette input").fill("株");
  await page.locator("#hits .hit").first().waitFor();
  assert.deepEqual(await listAxeFaults(page), []);
  await page.keyboard.press("Escape");
  await page.locator("article.work summary[data-key='2']").first().click();
  assert.deepEqual(await listAxeFaults(page), []);
});
