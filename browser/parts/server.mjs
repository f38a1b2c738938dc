// The program under test: a demo workspace, copies of it, and a server on a free port.
import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const START_MS_MAX = 30_000;

function binary() {
  const file = process.env.KIZASHI_BINARY;
  if (!file) throw new Error("KIZASHI_BINARY is not set: run `make browser-test`, which builds the program and sets it");
  return file;
}

// Runs the program to its end. Resolves to what it wrote and how it ended; refuses only when `mayFail` is not given.
export async function runProgram(args, { input, mayFail = false, env = {} } = {}) {
  const child = spawn(binary(), args, { stdio: ["pipe", "pipe", "pipe"], env: { ...cleanEnvironment(), ...env } });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  // A program that refuses its arguments may be gone before it is written to.
  child.stdin.on("error", () => {});
  child.stdin.end(input ?? "");
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (status !== 0 && !mayFail) throw new Error(`kizashi ${args.join(" ")} ended with ${status}\n${out}\n${err}`);
  return { status, out, err };
}

// Nothing from the developer's own settings may reach the program.
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("KIZASHI_") && name !== "DATABASE_URL");
  return { ...Object.fromEntries(kept), RUST_LOG: process.env.RUST_LOG ?? "warn" };
}

// Makes the demo workspace and reads from its output how to sign in.
export async function makeDemo(folder) {
  const { out, err } = await runProgram(["demo", "--data", folder, "--no-serve"]);
  return readAccount(out + err);
}

export function readAccount(text) {
  const email = text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/)?.[0];
  const password = text.match(/(?:password|パスワード)\S*\s*[:：]?\s*(\S+)/i)?.[1];
  if (!email || !password) throw new Error(`the demo did not print how to sign in:\n${text}`);
  return { email, password };
}

async function findFreePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

// Serves a copy of the demo workspace; `stop` ends the server and removes the copy.
export async function startServer(env = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "kizashi-journey-"));
  await cp(process.env.KIZASHI_TEMPLATE, folder, { recursive: true });
  return serve(folder, () => rm(folder, { recursive: true, force: true }), env);
}

export async function serve(folder, afterwards = async () => {}, env = {}) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(binary(), ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...cleanEnvironment(), ...env },
  });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(hard);
    await afterwards();
  };
  await waitUntilReady(url, child, () => log, stop);
  return { url, folder, stop, log: () => log };
}

async function waitUntilReady(url, child, log, stop) {
  const last = Date.now() + START_MS_MAX;
  while (Date.now() < last && child.exitCode === null) {
    const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const text = log();
  await stop();
  throw new Error(`the server was not ready within ${START_MS_MAX} ms:\n${text}`);
}
