// Foreign client libraries, run as their users run them, each in a process of its own.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const clients = path.join(import.meta.dirname, "..", "clients");
// scripts/install-test-needs makes this, and leaves the reason here when it cannot.
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "kizashi", "python");
const python = path.join(cache, "bin", "python");
const whyNot = path.join(cache, "why-not");

// Each library: how to start it, and why it cannot be started here.
export const LIBRARIES = [
  { name: "npm @segment/analytics-node", command: [process.execPath, path.join(clients, "segment-node.mjs")] },
  {
    name: "PyPI segment-analytics-python",
    command: [python, path.join(clients, "segment-python.py")],
    gzip: true,
    missing: findWhyNoPython(),
  },
];

// The client that reads a description of an API and tries everything that it allows, and much that it does not.
export const FUZZER = { program: path.join(cache, "bin", "schemathesis"), missing: findWhyNoPython() };

function findWhyNoPython() {
  if (existsSync(python) && !existsSync(whyNot)) return undefined;
  const reason = existsSync(whyNot) ? readFileSync(whyNot, "utf8").trim() : "scripts/install-test-needs was not run";
  return `the clients of Python are not installed in ${cache}: ${reason}`;
}

// Starts a library against `host`. `send` makes a call, `flush` waits until all is delivered or given up,
// `errors` lists what its error callback was told.
export function startClient(library, host, writeKey) {
  const [program, ...args] = library.command;
  const child = spawn(program, [...args, host, writeKey], { stdio: ["pipe", "pipe", "pipe"] });
  const errors = [];
  const waiting = [];
  let noise = "";
  child.stderr.on("data", (chunk) => (noise += chunk));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line);
    if (answer.flushed) waiting.shift()?.resolve();
    else errors.push(answer);
  });
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      const end = status === 0 ? undefined : new Error(`${library.name} ended with ${status}\n${noise}`);
      for (const waiter of waiting) waiter.reject(end ?? new Error(`${library.name} ended early`));
      if (end) reject(end);
      else resolve();
    });
  });
  ended.catch(() => {});
  const send = (call) => child.stdin.write(`${JSON.stringify(call)}\n`);
  const flush = () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      send({ type: "flush" });
    });
  const close = () => {
    child.stdin.end();
    return ended;
  };
  return { send, flush, close, kill: () => child.kill("SIGKILL"), errors };
}
