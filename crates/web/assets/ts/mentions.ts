import { all, around, isComposing, one } from "./dom";

// Behind an `@` in a note stands a colleague: a list of names opens, by keyboard and pointer. Without it the name is typed out.
type Person = { name: string; mail: string };

const SHOWN_MAX = 8;
const TYPED = /(^|[^A-Za-z0-9._+@＠-])[@＠]([^\s@＠]{0,20})$/;
let people: Promise<Person[]> | undefined;
let field: HTMLTextAreaElement | undefined;

const list = () => one<HTMLUListElement>("#mentions");

/** The colleagues, asked for once, when the first `@` is typed. */
function load(): Promise<Person[]> {
  people ??= fetch("/colleagues", { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => new DOMParser().parseFromString(text, "text/html"))
    .then((page) => all("[data-mail]", page).map((row) => ({ name: row.dataset.name ?? "", mail: row.dataset.mail ?? "" })))
    .catch(() => []);
  return people;
}

const fold = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s/g, "");

const typed = (area: HTMLTextAreaElement) => TYPED.exec(area.value.slice(0, area.selectionStart));

function close(): void {
  list()?.remove();
  field?.removeAttribute("aria-controls");
  field?.removeAttribute("aria-activedescendant");
}

async function open(area: HTMLTextAreaElement): Promise<void> {
  if (!typed(area)) return close();
  const known = await load();
  const found = typed(area);
  if (!found || document.activeElement !== area) return close();
  const wanted = fold(found[2]);
  const fits = known.filter((p) => fold(p.name).includes(wanted) || p.mail.toLowerCase().startsWith(wanted)).slice(0, SHOWN_MAX);
  close();
  if (!fits.length) return;
  field = area;
  const box = document.createElement("ul");
  box.id = "mentions";
  box.className = "mentions";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", area.dataset.mentions ?? "");
  fits.forEach((person, n) => {
    const row = document.createElement("li");
    row.id = `mention-${n}`;
    row.setAttribute("role", "option");
    row.dataset.name = person.name;
    const name = document.createElement("bdi");
    name.textContent = person.name;
    const mail = document.createElement("small");
    mail.textContent = person.mail;
    row.append(name, " ", mail);
    box.append(row);
  });
  area.after(box);
  area.setAttribute("aria-controls", box.id);
  select(0);
}

function select(index: number): void {
  const rows = all<HTMLLIElement>("#mentions li");
  rows.forEach((row, n) => row.setAttribute("aria-selected", String(n === index)));
  rows[index]?.scrollIntoView({ block: "nearest" });
  if (rows[index]) field?.setAttribute("aria-activedescendant", rows[index].id);
}

/** Puts the name where the `@` and what follows it stands. */
function take(row: HTMLElement): void {
  const found = field && typed(field);
  if (!field || !found) return close();
  const end = field.selectionStart;
  const start = end - found[2].length;
  // Whoever undoes a step finds what was typed.
  field.setRangeText(`${row.dataset.name ?? ""} `, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  field.focus();
}

export function startMentions(): void {
  for (const area of all("textarea[data-mentions]")) area.setAttribute("aria-autocomplete", "list");
  document.addEventListener("input", (event) => {
    const area = around(event, "textarea[data-mentions]") as HTMLTextAreaElement | null;
    if (area) void open(area);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const rows = all<HTMLLIElement>("#mentions li");
      if (!rows.length || event.target !== field || isComposing(event)) return;
      const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) select((at + step + rows.length) % rows.length);
      else if ((event.key === "Enter" || event.key === "Tab") && rows[at]) take(rows[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  // The pointer must not take the focus away before its click is heard.
  document.addEventListener("pointerdown", (event) => {
    const row = around(event, "#mentions li");
    if (row) {
      event.preventDefault();
      take(row);
    } else if (list() && event.target !== field) close();
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === field) close();
  });
}
