// レッドアカウント対策会議: what fired, who does what by when, what was decided, how it stands; it ends with what was learned.
import assert from "node:assert/strict";
import { assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";

const journey = stage();

journey("the room under way shows condition, team, plan, decisions and state", async ({ page }) => {
  await page.goto("/rooms?tab=closed");
  await page.locator(".empty a", { hasText: "開いている対策会議を見る" }).click();
  await page.locator("table.rooms").waitFor();
  await page.goto("/today");
  await page.locator("section.my-rooms a").first().click();
  await page.locator("h1", { hasText: "対策会議" }).waitFor();
  assert.ok((await page.locator("table.views tbody tr").count()) >= 2, "the sides, then and now");
  assert.ok((await page.locator("#team li").count()) >= 2, "a team");
  assert.ok((await page.locator("ul.plan li").count()) >= 3, "a plan");
  assert.ok((await page.locator("#decisions li").count()) >= 1, "a decision");
  assert.deepEqual(await listAxeFaults(page), []);
  await assertFits(page);

  // In the meeting: an action is done, another added, something decided, the state moved on.
  await page.locator("ul.plan").getByRole("button", { name: "済みにする" }).first().click();
  await page.locator(".toast", { hasText: "済みにしました" }).waitFor();
  await page.fill("#action-what", "説明会の録画を送る");
  await page.getByRole("button", { name: "行動を足す" }).click();
  await page.locator("ul.plan li", { hasText: "説明会の録画を送る" }).waitFor();
  const added = page.locator("ul.plan li", { hasText: "説明会の録画を送る" });
  await added.locator("summary").click();
  await added.locator("input[name=due]").fill("2020-01-06");
  await added.getByRole("button", { name: "保存する" }).click();
  await page.locator("ul.plan li p.wrong", { hasText: "今日からあとの日付" }).waitFor();
  await page.locator("ul.plan li details[open] input[name=what]").fill("説明会の録画と資料を送る");
  await page.locator("ul.plan li details[open] input[name=due]").fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await page.locator("ul.plan li details[open]").getByRole("button", { name: "保存する" }).click();
  await page.locator(".toast", { hasText: "行動を直しました" }).waitFor();
  await page.locator("ul.plan li", { hasText: "説明会の録画と資料を送る" }).waitFor();
  await page.locator("#decisions").getByLabel("決めたこと", { exact: true }).fill("更新の条件は次回までに営業と決める");
  await page.locator("#decisions").getByRole("button", { name: "残す" }).click();
  await page.locator("#decisions li", { hasText: "更新の条件" }).waitFor();
  await page.getByRole("button", { name: "見守り" }).click();
  await page.locator(".toast").waitFor();

  // It does not end without what was learned.
  await page.locator("#closing label", { hasText: "立て直した" }).click();
  await page.locator("#closing textarea").fill("部長との面談が先、説明会はその後がよい。");
  await page.locator("#closing button").click();
  await page.locator(".toast", { hasText: "終わりにしました" }).waitFor();
  await page.goto("/rooms?tab=closed");
  await page.locator("table.rooms", { hasText: "部長との面談が先" }).waitFor();
});

journey("a red account proposes a room, drafts its aim, and the room shows the sides that set it off", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  const proposal = page.locator("article.work .over", { hasText: "レッドアカウント" }).first();
  await proposal.waitFor();
  const card = await page.locator("article.work", { has: page.locator(".over", { hasText: "レッドアカウント" }) }).first().locator("a.kind").getAttribute("href");
  await page.goto(card);
  const why = await page.locator("ul.causes").first().innerText();
  assert.match(why, /懸念：/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("link", { name: "対策会議を開く" }).click();
  await page.locator(".note", { hasText: "きっかけ" }).waitFor();
  assert.match(await page.getByLabel("目指す状態").inputValue(), /問題のない水準に戻す/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "対策会議を開く" }).click();
  await page.locator(".toast", { hasText: "開きました" }).waitFor();
  const sides = await page.locator("table.views tbody tr").allInnerTexts();
  assert.match(sides.join("\n"), /利用状況：/);
  assert.ok(sides.slice(1).every((side) => /で要対応/.test(side)), "each side with its limit");
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("table.views").isVisible(), "the condition is on the sheet of the meeting");
  const [head, row] = await Promise.all(["thead", "tbody"].map((part) => page.locator(`table.views ${part}`).boundingBox()));
  assert.ok(head.y < row.y && Math.abs(head.x - row.x) < 2, "headings stand above their columns");
  await page.emulateMedia({ media: null });
  await page.goto(card);
  assert.equal(await page.locator(".over", { hasText: "レッドアカウント" }).count(), 0, "one is open");
});

journey("a room is opened from a risk card, once for a customer", async ({ page }) => {
  await page.goto("/cards?tab=open&kind=risk");
  const addresses = await page.locator("article.work a.kind").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  // The gravest risk has its room already; the last one has none.
  await page.goto(addresses.at(-1));
  await page.getByRole("link", { name: "対策会議を開く" }).click();
  await page.getByLabel("目指す状態").fill("利用者を10人に戻す");
  await page.getByRole("button", { name: "対策会議を開く" }).click();
  await page.locator(".toast", { hasText: "開きました" }).waitFor();
  await page.getByText("まだ計画がありません").waitFor();
  const room = new URL(page.url()).pathname;
  await page.goto(addresses.at(-1));
  await page.getByRole("link", { name: "対策会議へ" }).click();
  assert.equal(new URL(page.url()).pathname, room, "the one that is open");
  await page.getByLabel("メンバー").selectOption({ label: "酒巻 遼" });
  await page.getByLabel("役割", { exact: false }).fill("技術の窓口");
  await page.getByRole("button", { name: "加える" }).click();
  await page.locator("#team li", { hasText: "技術の窓口" }).waitFor();
});
