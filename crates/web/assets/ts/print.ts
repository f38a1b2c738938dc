import { all, around } from "./dom";

/** Buttons that print the page: shown where there is a script to do it. */
export function startPrint(): void {
  const show = () => {
    for (const button of all("[data-print][hidden]")) button.hidden = false;
  };
  show();
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("click", (event) => {
    if (around(event, "[data-print]")) print();
  });
}
