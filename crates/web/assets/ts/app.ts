// Everything here is an addition: each page and form works without it.
import { startCharts } from "./charts";
import { startKeyboard } from "./keyboard";
import { startMentions } from "./mentions";
import { startMenus } from "./menus";
import { startPalette } from "./palette";
import { startPrint } from "./print";
import { startSettings } from "./settings";
import { startTimes } from "./times";
import { startToasts } from "./toasts";

// htmx takes a turn of its own before it listens, and on a busy machine that comes after the first key: it starts with us instead.
(window as Window & { htmx?: { initialize(): void } }).htmx?.initialize();
document.documentElement.classList.add("js");
startMentions();
startKeyboard();
startPalette();
startMenus();
startToasts();
startCharts();
startTimes();
startPrint();
startSettings();

// A page that refused a form would ask, on the way back, whether to send it again. It is asked for anew instead.
const [arrival] = performance.getEntriesByType("navigation") as (PerformanceNavigationTiming & { responseStatus?: number })[];
if (arrival?.responseStatus === 422) history.replaceState(history.state, "", location.href);

// A quiet line on top while an answer is on its way.
const root = document.documentElement;
const busy = () => root.classList.add("busy");
const idle = () => root.classList.remove("busy");
document.addEventListener("htmx:before:request", busy);
document.addEventListener("htmx:finally:request", idle);
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) busy();
});
addEventListener("pageshow", idle);
addEventListener("pagehide", idle);
