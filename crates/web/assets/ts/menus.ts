import { all, around, one } from "./dom";

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    const inside = around(event, "details.menu");
    for (const menu of all<HTMLDetailsElement>("details.menu[open]")) if (menu !== inside) menu.open = false;
  });
  // A menu that opens below the window's edge comes into view, buttons and all.
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target as HTMLDetailsElement;
      if (menu.matches("main details.menu[open]")) one(".sheet", menu)?.scrollIntoView({ block: "nearest" });
    },
    true,
  );
  // Filters, columns and the like take effect when changed; without the script there is a button.
  document.addEventListener("change", (event) => {
    const form = around(event, "form[data-live]") as HTMLFormElement | null;
    if (form) form.requestSubmit();
    if (around(event, "input.pick")) count();
  });
  document.addEventListener("htmx:after:swap", count);
  document.addEventListener("click", (event) => {
    if (!around(event, "[data-pick-all]")) return;
    for (const box of all<HTMLInputElement>("input.pick")) box.checked = true;
    count();
  });
  count();
  // A link to a form of this page leads into its first field.
  document.addEventListener("click", (event) => {
    const link = around(event, "a[href^='#']") as HTMLAnchorElement | null;
    const target = link && link.hash.length > 1 ? document.getElementById(link.hash.slice(1)) : null;
    if (!target) return;
    if (target instanceof HTMLElement) for (const folded of all<HTMLDetailsElement>("details", target).slice(0, 1)) folded.open = true;
    one<HTMLElement>("input:not([type=hidden]), textarea", target)?.focus();
  });
  // Links that open a dialog of this page.
  document.addEventListener("click", (event) => {
    const opener = around(event, "[data-dialog]");
    const dialog = opener && one<HTMLDialogElement>(`#${CSS.escape(opener.dataset.dialog ?? "")}`);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  });
}

/** The bar under a list, while rows are picked. */
function count(): void {
  const bar = one(".select-bar");
  if (!bar) return;
  const boxes = all<HTMLInputElement>("input.pick");
  const picked = boxes.filter((box) => box.checked).length;
  bar.hidden = picked === 0;
  // Without the script there is no such button.
  const every = one<HTMLButtonElement>("[data-pick-all]", bar);
  if (every) every.hidden = picked === boxes.length;
  const figure = one("[data-picked]", bar);
  if (figure) figure.textContent = String(picked);
}
