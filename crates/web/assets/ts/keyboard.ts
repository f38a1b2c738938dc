import { all, isComposing, isShown, isTyping, one } from "./dom";
import { openPalette } from "./palette";
import { hint } from "./toasts";

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
      return press(one(".at[data-row] input.pick"));
    case "Enter":
      return target === document.body && press(one(".at[data-row] [data-open]"));
    default:
      return /^[a-z0-9]$/.test(key) && reach(key);
  }
}

/**
 * The control of this key in the row at hand, or one of the page itself. Never that of another row: a key that finds nothing says so
 * and does nothing.
 */
function reach(key: string): boolean {
  const row = all(".at[data-row]").filter(isShown)[0];
  const mine = row && one(`[data-key="${key}"]`, row);
  if (mine) return press(mine);
  const others = all(`[data-key="${key}"]`);
  const control = others.filter((other) => isShown(other) && !other.closest("[data-row]"))[0];
  if (control) return press(control);
  if (others.length) hint(row ? document.body.dataset.keyNotHere : document.body.dataset.keyNoRow);
  return false;
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
  for (const old of all("[data-row].at")) old.classList.remove("at");
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
