// A mail server of one journey: STARTTLS with a certificate of an authority of its own, a password, and letters that can be read.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SMTPServer } from "smtp-server";

export const USER = "kizashi";
export const PASSWORD = "p@ss \"quoted\" 100%";

async function makeCertificate() {
  const folder = await mkdtemp(path.join(tmpdir(), "kizashi-postbox-"));
  const at = (name) => path.join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const fresh = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(...fresh, "-x509", "-days", "2", "-subj", "/CN=kizashi-test", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "ca.key", "-out", "ca.pem");
  openssl(...fresh, "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.csr");
  await writeFile(at("names"), "subjectAltName=DNS:localhost\n");
  openssl("x509", "-req", "-in", "cert.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "cert.pem");
  const [authority, key, cert] = await Promise.all(["ca.pem", "key.pem", "cert.pem"].map((name) => readFile(at(name), "utf8")));
  await rm(folder, { recursive: true, force: true });
  return { authority, key, cert };
}

// Parts of a letter by their types, decoded.
export function readLetter(raw) {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const header = (name) => head.replace(/\r\n[ \t]+/g, " ").match(new RegExp(`^${name}: (.*)$`, "im"))?.[1] ?? "";
  const words = (text) => text.replace(/=\?utf-8\?b\?([^?]*)\?=\s*/gi, (_, b) => Buffer.from(b, "base64").toString());
  const parts = {};
  const boundary = head.match(/boundary="([^"]+)"/)?.[1];
  const bodies = boundary ? rest.join("\r\n\r\n").split(`--${boundary}`).slice(1, -1) : [raw];
  for (const body of bodies) {
    const [about, ...text] = body.trimStart().split("\r\n\r\n");
    const type = about.match(/content-type: ([\w/]+)/i)?.[1] ?? "text/plain";
    const whole = text.join("\r\n\r\n");
    const isBase64 = /content-transfer-encoding: base64/i.test(about);
    const isQuoted = /content-transfer-encoding: quoted-printable/i.test(about);
    const bytes = whole.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    parts[type] = isBase64 ? Buffer.from(whole, "base64").toString() : isQuoted ? Buffer.from(bytes, "latin1").toString() : whole;
  }
  return { subject: words(header("Subject")), to: header("To"), id: header("Message-ID"), header, parts };
}

// Starts the server; `next` waits for the next letter.
export async function startPostbox() {
  const { authority, key, cert } = await makeCertificate();
  const [letters, waiting] = [[], []];
  const server = new SMTPServer({
    key,
    cert,
    onAuth: ({ username, password }, _session, done) =>
      username === USER && password === PASSWORD ? done(null, { user: username }) : done(new Error("wrong")),
    onData(stream, session, done) {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const letter = { ...readLetter(Buffer.concat(chunks).toString()), secure: session.secure };
        const first = waiting.shift();
        if (first) first(letter);
        else letters.push(letter);
        done();
      });
    },
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    authority,
    port: server.server.address().port,
    next: () => (letters.length > 0 ? Promise.resolve(letters.shift()) : new Promise((resolve) => waiting.push(resolve))),
    count: () => letters.length,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
