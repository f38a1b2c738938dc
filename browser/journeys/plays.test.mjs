// A playbook is begun by hand, answered step by step with ways back, paused, resumed, ended; it shows in the list and on the customer.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

// Its first steps are a person's: an answer to them can be taken back whatever else is known of the customer.
const PLAY = "usage_recovery";

// Begins that play with the first customer that does not go through it yet.
async function begin(page, play = PLAY) {
  await page.goto("/customers");
  const customers = await page.locator("a[data-open]").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const customer of customers) {
    await page.goto(customer);
    const choice = page.locator("#plays select[name=play]");
    if ((await choice.locator(`option[value=${play}]`).count()) === 0) continue;
    await choice.selectOption(play);
    await page.locator("#plays").getByRole("button", { name: "始める" }).click();
    await page.waitForURL("**/plays/runs/*");
    await page.locator(".toast", { hasText: "プレイブックを始めました" }).waitFor();
    return play;
  }
  throw new Error("every customer goes through that play");
}

// When the open steps are due.
function dues(page) {
  return page.locator("ol.flow > li.open .head").allInnerTexts();
}

async function shift(page, days) {
  await page.locator("summary", { hasText: "期限・担当を変える、止める" }).click();
  await page.locator("form[action^='/plays/runs/'][action$='/shift'] input[name=days]").fill(days);
  await page.locator("form[action^='/plays/runs/'][action$='/shift'] button").click();
  await page.locator(".toast", { hasText: "開いている手順を移しました" }).waitFor();
}

async function walk({ page }) {
  const play = await begin(page);
  const run = new URL(page.url()).pathname;
  assert.deepEqual(await listAxeFaults(page), []);
  const open = page.locator("ol.flow > li.open");
  const steps = await open.count();
  assert.ok(steps > 0, "something is to be done at once");

  await open.first().locator("summary", { hasText: "行わない" }).click();
  await open.first().locator("input[name=note]").fill("先方の希望で見送る");
  await open.first().locator("form.sheet button[name=answer]").click();
  await page.locator(".toast", { hasText: "行わないことにしました" }).waitFor();
  await page.locator("ol.flow > li.skipped", { hasText: "先方の希望で見送る" }).waitFor();
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "元に戻しました" }).waitFor();
  assert.equal(await open.count(), steps);

  await page.locator("summary", { hasText: "期限・担当を変える、止める" }).click();
  await page.locator("form[action$='/pause'] input[name=why]").fill("先方の担当が休み");
  await page.locator("form[action$='/pause'] button").click();
  await page.locator(".run-state", { hasText: "先方の担当が休み" }).waitFor();
  await page.locator(".run-state").getByRole("button", { name: "再開する" }).click();
  await page.locator(".toast", { hasText: "再開しました" }).waitFor();

  // Other days, and back.
  const days = await dues(page);
  await shift(page, "2");
  assert.notDeepEqual(await dues(page), days);
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "移した手順を元に戻しました" }).waitFor();
  assert.deepEqual(await dues(page), days);

  await page.goto(`/plays?play=${play}`);
  await page.locator(`ul.runs a[href="${run}"]`).waitFor();
  assert.deepEqual(await listAxeFaults(page), []);

  await page.goto(run);
  await page.locator("summary", { hasText: "期限・担当を変える、止める" }).click();
  await page.locator("form[action$='/end'] input[name=why]").fill("別の進め方にする");
  await page.locator("form[action$='/end'] button").click();
  await page.locator(".run-state", { hasText: "途中で終えました" }).waitFor();
  await page.goto(`/plays?tab=ended&play=${play}`);
  await page.locator(`ul.runs a[href="${run}"]`).waitFor();
  await page.goto(run);
  await page.locator(".run-state").getByRole("button", { name: "終えたことを取り消す" }).click();
  await page.locator(".toast", { hasText: "続きから再開しました" }).waitFor();
  assert.equal(await open.count(), steps);
}

journey("a playbook is gone through by hand, with ways back", walk);

journey("the same without scripts", async ({ page }) => {
  await begin(page);
  const open = page.locator("ol.flow > li.open");
  await open.first().locator("summary", { hasText: "行わない" }).click();
  await open.first().locator("input[name=note]").fill("見送る");
  await open.first().locator("form.sheet button[name=answer]").click();
  await page.locator("ol.flow > li.skipped", { hasText: "見送る" }).waitFor();
  const days = await dues(page);
  await shift(page, "3");
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await page.locator(".toast", { hasText: "移した手順を元に戻しました" }).waitFor();
  assert.deepEqual(await dues(page), days);
}, { javaScriptEnabled: false });

// A run whose next step is a letter that waits for somebody, to a person with an address.
async function findLetter(page) {
  for (let tried = 0; tried < 8; tried += 1) {
    await begin(page, "break_silence");
    await page.locator("ol.flow > li.open button[value=done]").first().click();
    await page.locator(".toast", { hasText: "完了にしました" }).waitFor();
    if (await page.locator("form.letter").count()) return;
  }
  throw new Error("no customer has a person to write to");
}

async function reword({ page }, hasScripts = true) {
  await findLetter(page);
  const letter = page.locator("form.letter");
  const drafted = await letter.locator("textarea[name=body]").inputValue();
  assert.ok(drafted.length > 20, "the drafted text stands in the field");
  if (hasScripts) {
    assert.deepEqual(await listAxeFaults(page), []);
    await assertFits(page);
  }
  // Nothing is said: it does not go, and the subject stays as it was typed.
  await letter.locator("input[name=subject]").fill("近況のご相談");
  await letter.locator("textarea[name=body]").fill("  ");
  await letter.getByRole("button", { name: "送る" }).click();
  assert.match(await letter.locator(".wrongs").innerText(), /本文を入力してください/);
  assert.equal(await letter.locator("input[name=subject]").inputValue(), "近況のご相談");
  const own = "ご無沙汰しております。\n来週、30分お話しできますか。";
  await letter.locator("textarea[name=body]").fill(own);
  await letter.getByRole("button", { name: "送る" }).click();
  await page.locator(".toast", { hasText: "実行しました" }).waitFor();
  const sent = page.locator("ol.flow > li.done", { hasText: "文面を直して送信" });
  await sent.locator("summary", { hasText: "送った文面を見る" }).click();
  assert.match(await sent.innerText(), /近況のご相談/);
  assert.equal(await sent.locator("pre").innerText(), own);
  if (hasScripts) assert.deepEqual(await listAxeFaults(page), []);
}

journey("a letter goes in one's own words, and they are what is kept", async (given) => reword(given));
journey("the same letter without scripts", async (given) => reword(given, false), { javaScriptEnabled: false });

// A card with an open play whose steps are not dated back from a contract: those stay where the contract puts them. Its page, and that of the run.
async function findCardWithTasks(page) {
  await page.goto(`/plays?play=${PLAY}`);
  const runs = await page.locator("ul.runs a[href^='/plays/runs/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const run of runs) {
    await page.goto(run);
    const card = page.locator("main a[href^='/cards/']").first();
    const asks = page.locator("ol.flow > li.open form button[value=done]");
    if ((await card.count()) && (await asks.count())) {
      const address = await card.getAttribute("href");
      await page.goto(address);
      if (await page.locator("form[action$='/due']").count()) return { run, card: address };
    }
  }
  throw new Error("no card has begun a play");
}

async function moveCard({ page }) {
  const { run, card } = await findCardWithTasks(page);
  await page.goto(run);
  const days = await dues(page);
  await page.goto(card);
  const due = page.locator("form[action$='/due'] input[name=due]");
  const was = await due.inputValue();
  // The first Monday that is six weeks away or more: no holiday is that long.
  const later = new Date(Math.max(Date.now(), Date.parse(was)) + 42 * 86_400_000);
  later.setUTCDate(later.getUTCDate() + ((8 - later.getUTCDay()) % 7));
  await due.fill(later.toISOString().slice(0, 10));
  await page.locator("form[action$='/due'] button").click();
  await page.locator(".toast").getByRole("button", { name: /プレイブックの作業.*件も移す/ }).click();
  await page.locator(".toast", { hasText: "プレイブックの作業も移しました" }).waitFor();
  const undo = page.locator(".toast").getByRole("button", { name: "元に戻す" });
  const action = await page.locator(".toast form").last().getAttribute("action");
  assert.match(action, /\/plays\/shifts\/.*\/undo$/);
  await undo.click();
  await page.locator(".toast", { hasText: "カードと作業を元に戻しました" }).waitFor();
  assert.equal(await due.inputValue(), was);
  await page.goto(run);
  assert.deepEqual(await dues(page), days);
}

journey("a card that moves offers to take the open tasks of its playbook along", moveCard);
journey("the same offer without scripts", moveCard, { javaScriptEnabled: false });

journey("the briefing of the customer names what is under way, on paper too", async ({ page }) => {
  await begin(page);
  const run = new URL(page.url()).pathname;
  const customer = await page.locator("h1 a").getAttribute("href");
  await page.goto(`${customer}/handover`);
  const plays = page.locator("section", { has: page.getByRole("heading", { name: "進行中のプレイブック" }) });
  await plays.getByRole("heading", { name: "進行中のプレイブック" }).waitFor();
  const row = plays.locator("tbody tr", { has: page.locator(`a[href="${run}"]`) });
  assert.match(await row.innerText(), /予定どおり|期限を過ぎています/);
  assert.match(await row.innerText(), /期限/);
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);
  // A4 at 96 dots an inch, without its margins.
  await page.setViewportSize({ width: 703, height: 1000 });
  await page.emulateMedia({ media: "print" });
  await assertFits(page);
  const [inner, outer] = await plays.locator(".scroll").evaluate((box) => [box.scrollWidth, box.clientWidth]);
  assert.ok(inner <= outer + 1, `nothing of the table is cut off on paper: ${inner} in ${outer}`);
  assert.equal(await page.locator(".work .acts:visible").count(), 0, "no buttons on paper");
});

journey("onboarding says what its figures mean", async ({ page }) => {
  await page.goto("/plays/onboarding");
  await page.getByRole("heading", { name: "オンボーディング" }).waitFor();
  // The months, or why there are none and where to go.
  assert.ok((await page.locator("main table, main .empty a.btn").count()) >= 1);
  assert.deepEqual(await listAxeFaults(page), []);
});
