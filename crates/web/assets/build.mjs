// Writes dist/: hashed files, a gzip beside each, manifest.json (logical name -> file).
// Third-party code comes from node_modules at build time and is never committed.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

// The icons that src/parts/icon.rs names; its test compares the two lists.
const icons = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));

async function bundle(entry, extra = {}) {
  const out = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "none",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    ...extra,
  });
  return out.outputFiles[0].contents;
}

async function sprite() {
  const symbols = [];
  for (const name of icons) {
    const svg = await readFile(join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const body = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
        `stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`,
    );
  }
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

const mark = Buffer.from(await readFile(join(here, "mark.svg")));
const licences = [];
for (const name of ["htmx.org", "lucide-static"]) {
  const at = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(at, "package.json"), "utf8"));
  const file = (await readdir(at)).find((f) => /^licen[cs]e/i.test(f));
  licences.push(`${name} ${version} (${license})\n\n${file ? await readFile(join(at, file), "utf8") : ""}`);
}

const files = {
  "app.css": await bundle("css/app.css"),
  "app.js": await bundle("ts/app.ts", { format: "iife" }),
  "htmx.js": await readFile(join(here, "node_modules/htmx.org/dist/htmx.min.js")),
  "icons.svg": await sprite(),
  "mark.svg": mark,
  "licences.txt": Buffer.from(licences.join("\n\n----\n\n")),
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const manifest = {};
for (const [name, contents] of Object.entries(files)) {
  // A source map would be fetched by nobody and point to a file that is not here.
  const bytes = name.endsWith(".js") ? Buffer.from(Buffer.from(contents).toString("utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n")) : Buffer.from(contents);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  manifest[name] = file;
  const packed = gzipSync(bytes, { level: 9 });
  await writeFile(join(dist, file), bytes);
  await writeFile(join(dist, `${file}.gz`), packed);
  console.log(`${file}  ${bytes.length} bytes, ${packed.length} gzipped`);
}
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));
