// The API by its description alone: a client of others asks for everything that it allows, and much that it does not.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { FUZZER } from "../parts/clients.mjs";
import { runProgram, serve } from "../parts/server.mjs";

test("the API keeps to its description", async (t) => {
  if (FUZZER.missing) {
    assert.ok(!process.env.CI, `in CI this must run. ${FUZZER.missing}`);
    return t.skip(FUZZER.missing);
  }
  const folder = await mkdtemp(path.join(tmpdir(), "kizashi-api-"));
  await runProgram(["init", "--data", folder]);
  const made = await runProgram(["token", "add", "--data", folder, "--api", "fuzz", "--scope", "read,write"]);
  const token = made.out.trim().split(/\s+/).at(-1);
  const server = await serve(folder);
  try {
    const { status, text } = await fuzz(server.url, token);
    assert.equal(status, 0, text.replaceAll(token, "TOKEN").slice(-6000));
    assert.match(text, /Tested: +\d\d/, "it tried the operations");
    // Whatever was sent, the folder is whole.
    await server.stop();
    const doctor = await runProgram(["doctor", "--data", folder]);
    assert.equal(doctor.status, 0);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

// A valid body may name a customer that does not exist: being refused for that is no fault, so that check is left out.
async function fuzz(url, token) {
  const checks = ["--checks", "all", "--exclude-checks", "positive_data_acceptance"];
  const pace = ["--max-examples", "10", "--seed", "7", "--generation-database", "none"];
  const child = spawn(FUZZER.program, ["run", `${url}/api/v1/openapi.json`, "-H", `Authorization: Bearer ${token}`, ...checks, ...pace], {
    cwd: tmpdir(),
  });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (text += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { status, text };
}
