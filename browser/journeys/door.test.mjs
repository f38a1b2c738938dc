// Settings of how the server is reached: the public address and the token of /metrics, by environment or flag.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { readAccount, runProgram, serve } from "../parts/server.mjs";

const PUBLIC = "https://kizashi.example.jp";
const TOKEN = "a-token-of-metrics-1";
const shared = {};

before(async () => {
  shared.folder = await mkdtemp(path.join(tmpdir(), "kizashi-door-"));
  await runProgram(["init", "--data", shared.folder]);
  const { out } = await runProgram(["user", "add", "--data", shared.folder, "--email", "admin@example.jp"]);
  shared.account = readAccount(`admin@example.jp\n${out}`);
});
after(() => rm(shared.folder, { recursive: true, force: true }));

const signIn = (url, headers = {}) =>
  fetch(`${url}/sign-in`, { method: "POST", body: new URLSearchParams(shared.account), redirect: "manual", headers });
const askMetrics = (url, token) =>
  fetch(`${url}/metrics`, { headers: token ? { authorization: `Bearer ${token}` } : {} }).then((answer) => answer.status);

test("by itself: plain http on loopback, counters for anybody there", async () => {
  const server = await serve(shared.folder);
  try {
    const answer = await signIn(server.url);
    assert.equal(answer.status, 303);
    assert.doesNotMatch(answer.headers.get("set-cookie"), /Secure|__Host-/);
    assert.equal(answer.headers.get("strict-transport-security"), null);
    assert.equal(await askMetrics(server.url), 200);
    assert.equal((await signIn(server.url, { origin: PUBLIC })).status, 403, "a form of another site");
  } finally {
    await server.stop();
  }
});

test("with a public address by https and a token", async () => {
  const env = { KIZASHI_PUBLIC_URL: `${PUBLIC}/`, KIZASHI_METRICS_TOKEN: TOKEN };
  const server = await serve(shared.folder, undefined, env);
  try {
    // The proxy speaks to us by another name than the one that browsers know.
    const answer = await signIn(server.url, { origin: PUBLIC });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get("set-cookie"), /^__Host-kizashi_session=.*; Secure/);
    assert.match(answer.headers.get("strict-transport-security"), /^max-age=\d+/);
    assert.equal((await signIn(server.url, { origin: "https://elsewhere.example.jp" })).status, 403);
    const cookie = answer.headers.get("set-cookie").split(";")[0];
    const page = await fetch(`${server.url}/today`, { headers: { cookie }, redirect: "manual" });
    assert.equal(page.status, 200);
    for (const [token, status] of [[undefined, 404], [`${TOKEN}x`, 404], [TOKEN, 200]]) {
      assert.equal(await askMetrics(server.url, token), status, token);
    }
    assert.ok(!server.log().includes(TOKEN), "no secret in the log");
  } finally {
    await server.stop();
  }
});

test("what makes no sense ends the start with the reason", async () => {
  for (const [args, said] of [
    [["--public-url", "kizashi.example.jp"], /--public-url.*https:\/\//s],
    [["--public-url", "https://example.jp/kizashi"], /--public-url.*root of a host/s],
    [["--metrics-token", "short"], /--metrics-token.*16 characters/s],
  ]) {
    const { status, err } = await runProgram(["serve", "--data", shared.folder, ...args], { mayFail: true });
    assert.equal(status, 2, err);
    assert.match(err, said);
  }
});
