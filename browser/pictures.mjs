// Pictures of every page: browser/pictures (Japanese and English, wide and narrow, light and dark, with a contact sheet), and the
// four of the README in docs/pictures.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch, listPages, openPage, signIn } from "./parts/browser.mjs";
import { makeDemo, serve } from "./parts/server.mjs";

const here = import.meta.dirname;
const all = path.join(here, "pictures");
const kept = path.join(here, "..", "docs", "pictures");

async function take(browser, url, account, { language, width, colorScheme }) {
  const { page, context } = await openPage(browser, url, { viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme });
  await page.goto("/sign-in");
  const place = (name) => path.join(all, `${name}-${language}-${width}-${colorScheme}.png`);
  await page.screenshot({ path: place("sign-in"), fullPage: true });
  await signIn(page, account);
  await page.goto("/today");
  await page.locator("header details.menu summary").click();
  await page.locator(`button[name=language][value=${language}]`).click();
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
  for (const [name, address] of await listPages(page)) {
    await page.goto(address);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: place(name), fullPage: true });
  }
  await context.close();
}

async function takeForReadme(browser, url, account) {
  const shots = [
    { name: "today", page: "today", width: 1280, height: 900, colorScheme: "light" },
    { name: "customer", page: "customer", width: 1280, height: 900, colorScheme: "light" },
    { name: "customers", page: "customers", width: 1280, height: 900, colorScheme: "light" },
    { name: "phone", page: "customer", width: 1280, height: 900, colorScheme: "dark" },
  ];
  for (const shot of shots) {
    const { page, context } = await openPage(browser, url, { viewport: { width: shot.width, height: shot.height }, colorScheme: shot.colorScheme });
    await signIn(page, account);
    const pages = Object.fromEntries(await listPages(page));
    await page.goto(pages[shot.page]);
    if (shot.name === "phone") {
      // Part of a name, typed while somebody is on the line.
      const name = await page.innerText("h1");
      await page.goto("/today");
      await page.keyboard.press("/");
      await page.locator("#palette input").fill(name.replace(/^株式会社/, "").slice(0, 2));
      await page.locator("#hits .hit").first().waitFor();
    }
    await page.screenshot({ path: path.join(kept, `${shot.name}.png`) });
    await context.close();
  }
}

async function writeSheet() {
  const names = (await readdir(all)).filter((name) => name.endsWith(".png")).sort();
  const figures = names.map((name) => `<figure><a href="${name}"><img loading="lazy" src="${name}" alt="${name}"></a><figcaption>${name}</figcaption></figure>`);
  const style = "body{font:13px sans-serif;display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}img{height:360px;border:1px solid #ccc}";
  await writeFile(path.join(all, "index.html"), `<!doctype html><meta charset="utf-8"><title>pages</title><style>${style}</style>${figures.join("\n")}`);
}

const folder = await mkdtemp(path.join(tmpdir(), "kizashi-pictures-"));
const account = await makeDemo(folder);
const server = await serve(folder, () => rm(folder, { recursive: true, force: true }));
const browser = await launch();
try {
  await mkdir(kept, { recursive: true });
  await takeForReadme(browser, server.url, account);
  if (!process.argv.includes("--readme")) {
    await rm(all, { recursive: true, force: true });
    await mkdir(all, { recursive: true });
    for (const language of ["ja", "en"]) {
      for (const width of [1280, 390]) {
        for (const colorScheme of ["light", "dark"]) await take(browser, server.url, account, { language, width, colorScheme });
      }
    }
    await writeSheet();
    console.log(`pictures of every page: ${path.join(all, "index.html")}`);
  }
} finally {
  await browser.close();
  await server.stop();
}
