import assert from "node:assert/strict";
import { account, signIn } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("a wrong password is refused with a sentence and says nothing about the account", async ({ page }) => {
  const answers = [];
  for (const email of [account().email, "nobody@example.jp"]) {
    await page.goto("/sign-in");
    await page.fill("input[name=email]", email);
    await page.fill("input[name=password]", "not the password");
    await page.click("main form button");
    await page.waitForLoadState();
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.equal(await page.inputValue("input[name=password]"), "", "a password is never sent back");
    answers.push((await page.innerText("main")).replaceAll(email, ""));
  }
  assert.equal(answers[0], answers[1]);
  assert.match(answers[0], /パスワード/);
}, { signedIn: false });

journey("signing in leads on to the page that was asked for, signing out closes it", async ({ page }) => {
  await page.goto("/customers");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.fill("input[name=email]", account().email);
  await page.fill("input[name=password]", account().password);
  await page.click("main form button");
  await page.waitForURL("**/customers");
  await page.locator("header details.menu summary").click();
  await page.locator("form[action='/sign-out'] button").click();
  await page.waitForURL("**/sign-in**");
  await page.goto("/customers");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
}, { signedIn: false });

journey("an address of another site is not a place to go on to", async ({ page, server }) => {
  for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.fill("input[name=email]", account().email);
    await page.fill("input[name=password]", account().password);
    await page.click("main form button");
    await page.waitForURL((target) => target.pathname !== "/sign-in");
    assert.equal(new URL(page.url()).origin, server.url);
  }
}, { signedIn: false });

journey("the session cookie is out of reach of scripts", async ({ page, context }) => {
  await signIn(page).catch(() => {});
  const cookies = (await context.cookies()).filter((cookie) => /session|kizashi/i.test(cookie.name) && cookie.httpOnly);
  assert.ok(cookies.length >= 1, "one cookie with HttpOnly");
  assert.ok(cookies.every((cookie) => cookie.sameSite === "Lax" || cookie.sameSite === "Strict"));
});
