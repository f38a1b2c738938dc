import { all, around, one } from "./dom";

/** An edit can be taken back for ten seconds; resting on the notice keeps it. */
const SHOWN_MS = 10_000;

export function startToasts(): void {
  watch();
  document.addEventListener("htmx:after:swap", watch);
  document.addEventListener("click", (event) => {
    if (around(event, ".toast .close")) around(event, ".toast")?.remove();
  });
  document.addEventListener("htmx:error", () => show(document.body.dataset.offline, "bad", "alert"));
}

/** A short word that nothing was done, and why; a second one takes the place of the first. */
export function hint(text: string | undefined): void {
  one("#toasts .toast.hint")?.remove();
  show(text, "hint", "status");
}

function show(text: string | undefined, kind: string, role: string): void {
  const place = one("#toasts");
  if (!place || !text) return;
  const toast = document.createElement("div");
  toast.className = `toast ${kind}`;
  toast.role = role;
  toast.textContent = text;
  place.append(toast);
  watch();
}

function watch(): void {
  for (const toast of all(".toast:not([data-seen])")) {
    toast.dataset.seen = "";
    // A question waits for its answer.
    if (toast.querySelector("[data-offer]")) continue;
    let timer = setTimeout(() => toast.remove(), SHOWN_MS);
    const hold = () => clearTimeout(timer);
    const release = () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), SHOWN_MS);
    };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("pointerleave", release);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("focusout", release);
  }
  // The address that carried the notice would show it again after a reload.
  const here = new URL(location.href);
  if (here.searchParams.has("said")) {
    here.searchParams.delete("said");
    here.searchParams.delete("of");
    history.replaceState(history.state, "", here);
  }
}
