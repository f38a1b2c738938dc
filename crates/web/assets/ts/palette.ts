import { all, around, isComposing, one } from "./dom";

const box = () => one<HTMLDialogElement>("#palette");

export function openPalette(): void {
  const dialog = box();
  if (!dialog) return one("#find")?.focus();
  if (!dialog.open) dialog.showModal();
  one<HTMLInputElement>("input", dialog)?.select();
}

export function startPalette(): void {
  // The field in the header opens the palette; without this script it is a plain search form.
  document.addEventListener("click", (event) => {
    if (around(event, "#find-form")) {
      event.preventDefault();
      openPalette();
    }
    const dialog = around(event, "dialog");
    if (dialog && event.target === dialog) (dialog as HTMLDialogElement).close();
    const close = around(event, "[data-close]");
    if (close) close.closest("dialog")?.close();
  });
  box()?.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") {
      // A search field would only empty itself first.
      event.preventDefault();
      box()?.close();
      return;
    }
    const hits = all<HTMLAnchorElement>(".hit", box()!);
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(hits, (at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % (hits.length || 1));
    } else if (event.key === "Enter") {
      const chosen = hits[Math.max(at, 0)];
      if (chosen) {
        event.preventDefault();
        chosen.click();
      }
    }
  });
  document.addEventListener("htmx:after:swap", () => select(all<HTMLAnchorElement>("#hits .hit"), 0));
}

function select(hits: HTMLAnchorElement[], index: number): void {
  hits.forEach((hit, i) => hit.setAttribute("aria-selected", String(i === index)));
  hits[index]?.scrollIntoView({ block: "nearest" });
  const input = one<HTMLInputElement>("#palette input");
  if (hits[index]) input?.setAttribute("aria-activedescendant", hits[index].id);
  else input?.removeAttribute("aria-activedescendant");
}
