// What others push, what visitors write and what others are told, with the senders' and receivers' own libraries.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { account, assertFits, listAxeFaults } from "../parts/browser.mjs";
import { stage } from "../parts/journey.mjs";
import { startServer } from "../parts/server.mjs";

// Only administrators set these up.
const admin = { account: { ...account(), email: "admin@minamo.example" } };
const journey = stage(() => startServer({ KIZASHI_HOOKS_TO_PRIVATE: "true" }));

const MAP = `as = "tickets"

[columns]
customer = "data.account.id"
external_id = "data.id"
opened_at = "data.created_at"
subject = "data.title"
`;

async function openNew(page, label) {
  await page.goto("/data");
  await page.getByRole("link", { name: "Webhook とフォーム" }).click();
  await page.getByRole("link", { name: label }).click();
}

async function addressOf(page) {
  return (await page.locator("pre.code").first().innerText()).trim();
}

async function count(page, name) {
  return page.locator("dl.import-counts div", { hasText: name }).locator("dd").innerText();
}

async function post(address, headers, body) {
  const answer = await fetch(address, { method: "POST", headers, body });
  return [answer.status, await answer.json()];
}

journey("Stripe pushes with its own library: once, and what cannot be read is listed and given again", async ({ page }) => {
  const secret = "whsec_journey_secret_of_stripe_1";
  await openNew(page, "Stripe");
  await page.getByLabel("署名の秘密").fill(secret);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "つくる" }).click();
  const address = await addressOf(page);
  assert.doesNotMatch(await page.content(), /whsec_journey/, "the secret is not shown");
  const send = (event, key = secret) => {
    const payload = JSON.stringify(event);
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: key });
    return post(address, { "stripe-signature": header, "content-type": "application/json" }, payload);
  };
  const created = Math.floor(Date.now() / 1000);
  const customer = { id: "evt_c", type: "customer.created", created, data: { object: { id: "cus_journey", name: "株式会社つばめ便" } } };
  const subscription = {
    id: "evt_s", type: "customer.subscription.created", created,
    data: { object: { id: "sub_1", customer: "cus_journey", status: "active", items: { data: [{ quantity: 7, current_period_start: created, current_period_end: created + 30 * 86_400,
      price: { unit_amount: 4_000, currency: "jpy", nickname: "標準", recurring: { interval: "month" } } }] } } },
  };
  assert.deepEqual(await send(customer), [200, { accepted: 1, duplicates: 0, refused: 0 }]);
  assert.deepEqual(await send(customer), [200, { accepted: 0, duplicates: 1, refused: 0 }]);
  assert.deepEqual(await send(subscription), [200, { accepted: 1, duplicates: 0, refused: 0 }]);
  assert.deepEqual(await send({ id: "evt_x", type: "radar.early_fraud_warning.created", created, data: { object: {} } }), [200, { accepted: 0, duplicates: 0, refused: 1 }]);
  assert.equal((await send(customer, "whsec_another_secret_entirely"))[0], 401);

  await page.reload();
  assert.deepEqual([await count(page, "取り込んだ"), await count(page, "重ねて届いた"), await count(page, "取り込めず")], ["2", "1", "1"]);
  assert.match(await page.innerText("main"), /署名が合いません/);
  assert.match(await page.innerText("main"), /radar\.early_fraud_warning\.created/);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByRole("button", { name: "もう一度読む", exact: true }).click();
  assert.match(await page.innerText("#toasts"), /まだ取り込めません/);
  await page.getByRole("button", { name: "いらない" }).click();
  assert.equal(await count(page, "取り込めず"), "0");
  await page.goto(`/search?q=${encodeURIComponent("つばめ便")}`);
  await page.locator("main a", { hasText: "つばめ便" }).first().click();
  await page.waitForURL("**/customers/*-*");
  assert.match(await page.innerText("main"), /標準/);
}, admin);

journey("anybody who signs as Standard Webhooks says is read by a map; a mistake in it is named", async ({ page }) => {
  const secret = `whsec_${Buffer.from("a key of thirty-two bytes, ok ok").toString("base64")}`;
  await openNew(page, "そのほか（Standard Webhooks）");
  await page.getByLabel("名前").fill("自社アプリ");
  await page.getByLabel("署名の秘密").fill(secret);
  await page.getByLabel("読み方").fill(MAP.replace("customer =", "custmer ="));
  await page.getByRole("button", { name: "つくる" }).click();
  assert.match(await page.locator("#map-wrong").innerText(), /line 4/);
  assert.match(await page.getByLabel("読み方").inputValue(), /custmer/, "what was entered is still there");
  await page.getByLabel("署名の秘密").fill(secret);
  await page.getByLabel("読み方").fill(MAP);
  await page.getByRole("button", { name: "つくる" }).click();
  const address = await addressOf(page);
  const body = JSON.stringify({ data: { id: "T-900", title: "つばさが開かない", created_at: new Date().toISOString(), account: { id: "C-JOURNEY" } } });
  const now = new Date();
  const headers = { "webhook-id": "msg_900", "webhook-timestamp": String(Math.floor(now / 1000)), "webhook-signature": new Webhook(secret).sign("msg_900", now, body) };
  assert.deepEqual(await post(address, headers, body), [200, { accepted: 1, duplicates: 0, refused: 0 }]);
  await page.goto(`/search?q=${encodeURIComponent("つばさが開かない")}`);
  assert.match(await page.innerText("main"), /C-JOURNEY/);
}, admin);

journey("a visitor writes into the form without scripts; the desk has the inquiry with its customer", async ({ page }) => {
  await openNew(page, "フォームをつくる");
  await page.getByLabel("名前").fill("自社サイト");
  await page.getByLabel("分類").fill("資料請求");
  await page.getByRole("button", { name: "つくる" }).click();
  await page.getByText("サイトに貼る HTML").click();
  assert.match(await page.innerText("main"), /<textarea name="message"/);
  const address = await addressOf(page);
  await page.goto(address);
  assert.deepEqual(await listAxeFaults(page), []);
  await page.getByLabel("会社名").fill("かもめ倉庫株式会社");
  await page.getByLabel("お名前（必須）").fill("入江 渚");
  await page.getByLabel("メールアドレス（必須）").fill("irie@kamome-soko.example");
  await page.getByLabel("お問い合わせ内容（必須）").fill("倉庫の棚卸に使えますか");
  await page.getByRole("button", { name: "送信する" }).click();
  assert.match(await page.innerText("main"), /受け付けました/);
  await page.goto(`/search?q=${encodeURIComponent("棚卸に使えますか")}`);
  assert.match(await page.innerText("main"), /かもめ倉庫株式会社/);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(address);
  await assertFits(page);
}, admin);

// Somebody who is told: refuses the first time, then acknowledges.
async function openReceiver() {
  const heard = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      heard.push({ headers: request.headers, body });
      response.statusCode = heard.length === 1 ? 503 : 204;
      response.end(heard.length === 1 ? "come again" : "");
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { heard, url: `http://127.0.0.1:${server.address().port}/told`, close: () => new Promise((resolve) => server.close(resolve)) };
}

journey("somebody is told what happens, signed, again until it is acknowledged, and the log says how", async ({ page }) => {
  const receiver = await openReceiver();
  try {
    await page.goto("/data/hooks");
    await page.getByRole("link", { name: "知らせる先を見る" }).click();
    await page.getByLabel("名前").fill("社内の窓口");
    await page.getByLabel("URL").fill(receiver.url);
    await page.getByLabel(/カードを終えた/).check();
    assert.deepEqual(await listAxeFaults(page), []);
    await page.getByRole("button", { name: "つくる" }).click();
    const secret = (await page.locator("#secret").innerText()).trim();
    assert.match(secret, /^whsec_/);
    await page.getByRole("link", { name: "控えました" }).click();
    assert.doesNotMatch(await page.content(), /whsec_/, "the secret is not shown again");
    await page.getByRole("button", { name: "試しに送る" }).click();
    await page.waitForURL("**/data/deliveries/**");
    while (receiver.heard.length < 2) {
      await page.waitForTimeout(200);
    }
    const [first, second] = receiver.heard;
    assert.equal(first.headers["webhook-id"], second.headers["webhook-id"], "the same message, told again");
    for (const { headers, body } of [first, second]) {
      assert.equal(new Webhook(secret).verify(body, headers).type, "test.ping");
    }
    while (!/受け取られました/.test(await page.innerText("main"))) {
      await page.waitForTimeout(200);
      await page.reload();
    }
    assert.match(await page.textContent("main"), /503[\s\S]*come again/);
    assert.deepEqual(await listAxeFaults(page), []);

    await page.goto("/cards?tab=open");
    await page.locator("article.work a.kind").first().click();
    const card = page.url().split("/").at(-1).split("?")[0];
    const token = await page.locator("input[name=csrf]").first().inputValue();
    await page.request.post(`/cards/${card}/closure`, { form: { csrf: token, outcome: "solved", came_of_it: "面談した" } });
    while (receiver.heard.length < 3) {
      await page.waitForTimeout(200);
    }
    const told = new Webhook(secret).verify(receiver.heard[2].body, receiver.heard[2].headers);
    assert.deepEqual([told.type, told.data.id, told.data.outcome], ["card.closed", card, "solved"]);
  } finally {
    await receiver.close();
  }
}, admin);
