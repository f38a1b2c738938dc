// One journey: a server on a fresh copy of the demo, a signed-in page, and at the end no fault of any kind.
import { after, before, test } from "node:test";
import { assertNoFaults, launch, openPage, signIn } from "./browser.mjs";
import { startServer } from "./server.mjs";

// Shares one server and one browser between the journeys of a file. `start` may bring another server.
export function stage(start = startServer) {
  const shared = {};
  before(async () => {
    shared.server = await start();
    shared.browser = await launch();
  });
  after(async () => {
    await shared.browser?.close();
    await shared.server?.stop();
  });
  // A journey in a session of its own; signs in unless told otherwise.
  return (name, walk, { signedIn = true, account, ...options } = {}) =>
    test(name, async () => {
      const opened = await openPage(shared.browser, shared.server.url, options);
      try {
        if (signedIn) await signIn(opened.page, account ?? shared.server.account);
        await walk({ ...opened, server: shared.server, browser: shared.browser });
        assertNoFaults(opened.faults);
      } catch (fault) {
        // What the page said when it failed: a run elsewhere leaves nothing else to look at.
        const said = await opened.page.locator(".toast, [role=alert]").allInnerTexts().catch(() => []);
        console.error(`at ${opened.page.url()}; the page says: ${said.join(" | ") || "nothing"}`);
        throw fault;
      } finally {
        await opened.context.close();
      }
    });
}
