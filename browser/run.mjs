// Makes one demo workspace, lets every journey work on a copy of it, and removes it at the end.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeDemo } from "./parts/server.mjs";

const here = import.meta.dirname;
const template = await mkdtemp(path.join(tmpdir(), "kizashi-demo-"));
let status = 1;
try {
  const account = await makeDemo(template);
  const wanted = process.argv.slice(2);
  const files = (await readdir(path.join(here, "journeys")))
    .filter((name) => name.endsWith(".test.mjs"))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
    .sort()
    .map((name) => path.join(here, "journeys", name));
  const runner = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], {
    cwd: here,
    stdio: "inherit",
    env: { ...process.env, KIZASHI_TEMPLATE: template, KIZASHI_ACCOUNT: JSON.stringify(account) },
  });
  status = await new Promise((resolve) => runner.on("close", (code) => resolve(code ?? 1)));
} finally {
  await rm(template, { recursive: true, force: true });
}
process.exit(status);
