// A form that was refused: going on and coming back asks nobody to send it again, and its address leads to its page.
import assert from "node:assert/strict";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("after a refused form the way back opens the page, and so does its address", async ({ page, server }) => {
  await page.goto("/cards");
  const links = await page.locator("main a[href^='/cards/']").evaluateAll((all) => all.map((each) => each.getAttribute("href")));
  const card = links.find((href) => /^\/cards\/[0-9a-f-]{36}$/.test(href));
  await page.goto(card);
  const refused = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.evaluate((action) => {
    const form = document.querySelector(`form[action="${action}"]`);
    form.noValidate = true;
    form.closest("details")?.setAttribute("open", "");
    form.submit();
  }, `${card}/closure`);
  assert.equal((await refused).status(), 422);
  await page.waitForURL(/\/closure$/);
  await page.goto("/today");
  const back = await page.goBack();
  assert.equal(back.status(), 200);
  assert.equal(new URL(page.url()).pathname, card);
  await page.goto(`${server.url}${card}/closure`);
  assert.equal(new URL(page.url()).pathname, card);
});
