// A PostgreSQL of somebody else, for as long as a journey takes: a socket in a folder of its own, a user with a password.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = "/usr/lib/postgresql";
const START_TRIES_MAX = 400;

function findBinaries() {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).map(Number).filter(Boolean).sort((a, b) => b - a) : [];
  return versions.length > 0 ? `${path.join(ROOT, String(versions[0]), "bin")}/` : "";
}

// The server refuses to run as root.
function asOwner(program, args) {
  return process.getuid() === 0 ? ["runuser", ["-u", "postgres", "--", program, ...args]] : [program, args];
}

export async function startPostgres(password) {
  const bin = findBinaries();
  const folder = mkdtempSync(path.join(tmpdir(), "kizashi-their-"));
  const secret = path.join(folder, "secret");
  writeFileSync(secret, password);
  if (process.getuid() === 0) {
    const id = Number(execFileSync("id", ["-u", "postgres"]).toString());
    for (const place of [folder, secret]) chownSync(place, id, id);
  }
  const data = path.join(folder, "data");
  const run = (program, args, env = {}) => {
    const [file, all] = asOwner(`${bin}${program}`, args);
    return execFileSync(file, all, { stdio: "pipe", cwd: folder, env: { ...process.env, ...env } });
  };
  run("initdb", [`--pgdata=${data}`, "--username=owner", "--auth=scram-sha-256", `--pwfile=${secret}`, "--encoding=UTF8", "--locale=C", "--no-sync"]);
  const [file, args] = asOwner(`${bin}postgres`, ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]);
  const server = spawn(file, args, { stdio: "ignore", cwd: folder });
  const sql = (text) => run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "owner", "-d", "postgres", "-h", folder, "-c", text], { PGPASSWORD: password });
  for (let n = 0; ; n += 1) {
    try {
      sql("SELECT 1");
      break;
    } catch (error) {
      if (n > START_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const stop = async () => {
    const ended = new Promise((resolve) => server.on("close", resolve));
    run("pg_ctl", ["stop", "-D", data, "-m", "fast"]);
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { host: folder, sql, stop };
}
