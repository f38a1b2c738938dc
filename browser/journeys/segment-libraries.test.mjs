// Segment's own libraries against a started server: every message is there exactly once, whatever happened on the way.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { LIBRARIES, startClient } from "../parts/clients.mjs";
import { MOODS, openGate } from "../parts/gate.mjs";
import { readAccount, runProgram, serve } from "../parts/server.mjs";

const GROUPS = ["C-1", "C-2"];
const TRACKS = 24;
const traitsOf = (group) => ({
  name: `株式会社${group}製作所`,
  nameKana: "セイサクショ",
  segment: "enterprise",
  stage: "active",
  region: "関西",
  employees: 120,
});
const userOf = (group) => `u-${group}`;
const contextOf = (group) => ({ context: { groupId: group } });

for (const library of LIBRARIES) {
  test(library.name, async (t) => {
    if (library.missing) {
      assert.ok(!process.env.CI, `in CI this must run. ${library.missing}`);
      return t.skip(library.missing);
    }
    const stand = await openStand(library);
    try {
      await t.test("who and which customer, then what they did, in batches", () => sendEveryCall(stand));
      await t.test("through lost answers, 503 and a restart", () => sendThroughTrouble(stand));
      await t.test("every event is there once, with its customer", () => findEveryEvent(stand));
      await t.test("the traits stand on the customer and on the person", () => findTraits(stand));
      await t.test("a wrong write key is told to the error callback", () => useWrongKey(stand));
    } finally {
      await stand.close();
    }
  });
}

// A workspace, its server, a gate before it, and the library that sends there.
async function openStand(library) {
  const folder = await mkdtemp(path.join(tmpdir(), "kizashi-segment-"));
  await runProgram(["init", "--data", folder]);
  const key = (await runProgram(["token", "add", "--data", folder, "--source", "app"])).out.trim().split(/\s+/).at(-1);
  const stand = { library, folder, wanted: new Map(), server: await serve(folder) };
  stand.gate = await openGate(() => stand.server.url);
  stand.client = startClient(library, stand.gate.url, key);
  stand.close = async () => {
    stand.client.kill();
    await stand.gate.close();
    await stand.server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return stand;
}

// Sends a message that becomes an event, and remembers what must be found.
function sendEvent(stand, call, customer) {
  const number = stand.wanted.size + 1;
  stand.wanted.set(number, { customer, user: call.userId, event: call.event ?? call.type });
  stand.client.send({ ...call, properties: { number } });
}

async function sendEveryCall(stand) {
  const { client } = stand;
  for (const group of GROUPS) {
    client.send({ type: "group", userId: userOf(group), groupId: group, traits: traitsOf(group) });
    client.send({
      type: "identify",
      userId: userOf(group),
      traits: { name: `見本 ${group}`, email: `${group.toLowerCase()}@example.jp`, title: "部長" },
      ...contextOf(group),
    });
  }
  // A library sends batches side by side: who belongs where has to be said before it is relied on.
  await client.flush();
  client.send({ type: "alias", previousId: userOf("C-2"), userId: "renamed" });
  await client.flush();
  for (let n = 0; n < TRACKS; n += 1) {
    const group = GROUPS[n % 2];
    sendEvent(stand, { type: "track", userId: userOf(group), event: `event ${n % 3}`, ...contextOf(group) }, group);
  }
  // The customer is known from the group call, or from the alias alone.
  sendEvent(stand, { type: "track", userId: userOf("C-1"), event: "login" }, "C-1");
  sendEvent(stand, { type: "track", userId: "renamed", event: "login" }, "C-2");
  sendEvent(stand, { type: "page", userId: userOf("C-1"), name: "料金", ...contextOf("C-1") }, "C-1");
  sendEvent(stand, { type: "screen", userId: userOf("C-2"), name: "設定", ...contextOf("C-2") }, "C-2");
  await client.flush();
  assert.deepEqual(client.errors, []);
  assert.ok(stand.gate.seen.some((entry) => entry.messages.length > 1), "the library sends batches");
  assert.ok(stand.gate.seen.every((entry) => entry.coding === (stand.library.gzip ? "gzip" : "")), "packed as the library does");
}

async function sendThroughTrouble(stand) {
  const { client, gate } = stand;
  const sendSome = () => {
    for (let n = 0; n < 7; n += 1) {
      const group = GROUPS[n % 2];
      sendEvent(stand, { type: "track", userId: userOf(group), event: "troubled", ...contextOf(group) }, group);
    }
  };
  gate.mood = MOODS.lose;
  sendSome();
  await until(() => gate.seen.some((entry) => entry.mood === MOODS.lose && entry.status === 503));
  gate.mood = MOODS.refuse;
  sendSome();
  await until(() => gate.seen.some((entry) => entry.mood === MOODS.refuse));
  await stand.server.stop();
  // Nobody behind the gate: the connection breaks.
  gate.mood = MOODS.pass;
  const before = gate.seen.length;
  sendSome();
  await until(() => gate.seen.length > before);
  stand.server = await serve(stand.folder);
  await client.flush();
  assert.deepEqual(client.errors, []);
  const taken = gate.seen.filter((entry) => entry.mood !== MOODS.refuse && (entry.status === 200 || entry.mood === MOODS.lose));
  const ids = taken.flatMap((entry) => entry.messages);
  assert.ok(ids.length > new Set(ids).size, "the server was given some messages twice, or this proves nothing");
}

async function findEveryEvent(stand) {
  const found = await exportRows(stand, "events");
  const numbers = found.map((row) => JSON.parse(row.properties).number).sort((a, b) => a - b);
  assert.deepEqual(numbers, [...stand.wanted.keys()]);
  for (const row of found) {
    const { customer, user, event, source } = row;
    assert.deepEqual({ customer, user, event }, stand.wanted.get(JSON.parse(row.properties).number));
    assert.equal(source, "app");
  }
  const names = found.filter((row) => ["page", "screen"].includes(row.event)).map((row) => JSON.parse(row.properties).name);
  assert.deepEqual(names.sort(), ["料金", "設定"].sort());
}

async function findTraits(stand) {
  const customers = await exportRows(stand, "customers");
  assert.deepEqual(customers.map((row) => row.customer).sort(), GROUPS);
  for (const { customer, name, reading, segment, stage, region } of customers) {
    const traits = traitsOf(customer);
    assert.deepEqual(
      { name, reading, segment, stage, region },
      { name: traits.name, reading: traits.nameKana, segment: traits.segment, stage: traits.stage, region: traits.region },
    );
  }
  const { out } = await runProgram(["user", "add", "--data", stand.folder, "--email", "admin@example.jp"]);
  const { password } = readAccount(`admin@example.jp\n${out}`);
  const { url } = stand.server;
  const form = new URLSearchParams({ email: "admin@example.jp", password });
  const signedIn = await fetch(`${url}/sign-in`, { method: "POST", body: form, redirect: "manual" });
  const cookie = signedIn.headers.get("set-cookie").split(";")[0];
  const answer = await fetch(`${url}/search?q=${encodeURIComponent("c-2@example.jp")}`, { headers: { cookie } });
  assert.match(await answer.text(), /見本 C-2/);
}

async function useWrongKey(stand) {
  const seen = stand.gate.seen.length;
  const client = startClient(stand.library, stand.gate.url, "kwk_of_somebody_else");
  client.send({ type: "track", userId: "u", event: "stray", properties: { number: 0 }, ...contextOf("C-1") });
  await client.flush();
  await client.close();
  const [refused, ...more] = stand.gate.seen.slice(seen);
  assert.deepEqual([refused.status, JSON.parse(refused.answer)], [401, { code: "unauthorized", message: "unknown write key" }]);
  assert.deepEqual(more, [], "a refused key is not tried again");
  assert.equal(client.errors.length, 1);
  assert.match(client.errors[0].error, /401/);
  assert.equal(client.errors[0].messages, 1);
  assert.equal((await exportRows(stand, "events")).length, stand.wanted.size);
}

async function exportRows(stand, what) {
  const { out } = await runProgram(["export", "--data", stand.folder, "--what", what, "--format", "json"]);
  return out.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

async function until(holds) {
  const last = Date.now() + 60_000;
  while (!holds()) {
    assert.ok(Date.now() < last, "what was waited for did not come");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
