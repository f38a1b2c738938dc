import { all, isComposing, isShown, isTyping, one } from "./dom";
import { openPalette } from "./palette";

let awaitingGo = 0;

export function startKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return back(event);
    if (isTyping(event.target) || one("dialog[open]")) return;
    if (answer(event.key, event.target)) event.preventDefault();
  });
}

function answer(key: string, target: EventTarget | null): boolean {
  if (awaitingGo && performance.now() - awaitingGo < 1500) {
    awaitingGo = 0;
    return press(all(`[data-go="${CSS.escape(key)}"]`)[0] ?? null);
  }
  switch (key) {
    case "/":
      openPalette();
      return true;
    case "?":
      one<HTMLDialogElement>("#keys")?.showModal();
      return true;
    case "g":
      awaitingGo = performance.now();
      return true;
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "x":
      return press(one(".at input.pick"));
    case "Enter":
      return target === document.body && press(one(".at [data-open]"));
    default:
      return /^[a-z0-9]$/.test(key) && reach(key);
  }
}

/** The control of this key in the row at hand, else on the page. */
function reach(key: string): boolean {
  const control = one(`.at [data-key="${key}"]`) ?? all(`[data-key="${key}"]`).filter(isShown)[0] ?? null;
  return press(control);
}

function press(control: HTMLElement | null): boolean {
  if (!control) return false;
  const closed = control.closest("details:not([open])");
  if (closed && control.tagName !== "SUMMARY") (closed as HTMLDetailsElement).open = true;
  if (isTyping(control)) control.focus();
  else control.click();
  return true;
}

function move(step: number): boolean {
  const rows = all("[data-row]").filter(isShown);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
  rows[at]?.classList.remove("at");
  next.classList.add("at");
  const open = one("[data-open]", next);
  if (open) open.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** Escape: an open menu, then the field, then the mark on a row. */
function back(event: KeyboardEvent): void {
  const menu = all<HTMLDetailsElement>("details.menu[open]").at(-1);
  if (menu) {
    menu.open = false;
    one("summary", menu)?.focus();
    event.preventDefault();
  } else if (isTyping(event.target) && !one("dialog[open]")) {
    (event.target as HTMLElement).blur();
  } else {
    one(".at")?.classList.remove("at");
  }
}
