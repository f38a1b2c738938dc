import { all, around, one } from "./dom";

/** Forms of the settings: a curve whose points can be moved, shares that follow the weights, fields that fit the choice. */
export function startSettings(): void {
  for (const chart of all<SVGSVGElement>("svg[data-curve]")) new CurveEditor(chart);
  for (const form of all("[data-weights]")) {
    share(form);
    form.addEventListener("input", () => share(form));
  }
  for (const part of all("[data-switch]")) {
    const names = (part.dataset.switch ?? "").split(" ");
    const choices = names.map((name) => one<HTMLSelectElement>(`select[name="${name}"]`, part));
    const fit = () => {
      // A second choice is one within the first: `wait:days`.
      const [first, within] = choices.map((choice) => choice?.value ?? "");
      const chosen = [first, `${first}:${within}`];
      // A part inside of this one has a choice of its own.
      for (const field of all("[data-case]", part)) {
        if (field.parentElement?.closest("[data-switch]") !== part) continue;
        field.hidden = !(field.dataset.case ?? "").split(" ").some((word) => chosen.includes(word));
        field.classList.remove("off");
      }
    };
    for (const choice of choices) choice?.addEventListener("change", fit);
    fit();
  }
  document.addEventListener("change", (event) => {
    const file = around(event, "input[type=file][data-into]") as HTMLInputElement | null;
    const area = file && one<HTMLTextAreaElement>(`textarea[name="${file.dataset.into}"]`);
    if (area) void file.files?.[0]?.text().then((text) => (area.value = text));
  });
}

/** A number as people type it, full-width digits and signs included. */
const read = (field: HTMLInputElement | null): number => {
  const text = (field?.value ?? "").normalize("NFKC").replace(/[,%\s]/g, "").replace(/[−ー]/g, "-");
  return text === "" ? NaN : Number(text);
};

/** Each measure's share of the whole, as the server will compute it. */
function share(form: HTMLElement): void {
  const groups = all("[data-group]", form).map((group) => {
    const rows = all("[data-measure]", group)
      .filter((row) => one<HTMLSelectElement>("select", row)?.value)
      .map((row) => ({ row, weight: read(one<HTMLInputElement>("input[name$='.weight']", row)) || 0 }));
    const inside = rows.reduce((sum, { weight }) => sum + weight, 0);
    const own = read(one<HTMLInputElement>(":scope > .grid input[name$='.weight']", group));
    return { group, rows, inside, weight: rows.length === 0 ? 0 : Number.isNaN(own) ? inside : own };
  });
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  for (const output of all("output[data-share]", form)) output.textContent = "";
  for (const { rows, inside, weight } of groups) {
    for (const { row, weight: own } of rows) {
      const output = one("output[data-share]", row);
      const part = total > 0 && inside > 0 ? ((weight / total) * own) / inside : 0;
      if (output) output.textContent = `${Math.round(part * 100)}%`;
    }
  }
}

interface Knot {
  row: number;
  value: number;
  points: number;
}

/** Points of a curve as circles that are dragged or moved with keys; the fields beside it hold the truth. */
class CurveEditor {
  private readonly lo: number;
  private readonly hi: number;
  private readonly frame: { left: number; right: number; top: number; bottom: number };
  private readonly prefix: string;
  private readonly handles = new Map<number, SVGCircleElement>();

  constructor(private readonly chart: SVGSVGElement) {
    const [lo, hi, left, right, top, bottom] = (chart.dataset.frame ?? "").split(" ").map(Number);
    this.lo = lo;
    this.hi = hi;
    this.frame = { left, right, top, bottom };
    this.prefix = chart.dataset.curve ?? "";
    if (![lo, hi, left, right].every(Number.isFinite) || chart.closest("fieldset[disabled]")) return;
    // The points become controls of their own, so the drawing is no longer one picture.
    chart.setAttribute("role", "group");
    chart.classList.add("live");
    for (const circle of all<SVGCircleElement>("circle.knot", chart)) circle.remove();
    this.draw();
    chart.closest("form")?.addEventListener("input", () => this.draw());
  }

  private field(row: number, part: "v" | "p"): HTMLInputElement | null {
    return document.querySelector<HTMLInputElement>(`input[name="${CSS.escape(`${this.prefix}${row}.${part}`)}"]`);
  }

  private knots(): Knot[] {
    const knots: Knot[] = [];
    for (let row = 0; this.field(row, "v"); row += 1) {
      const [value, points] = [read(this.field(row, "v")), read(this.field(row, "p"))];
      if (Number.isFinite(value) && Number.isFinite(points)) knots.push({ row, value, points: Math.min(100, Math.max(0, points)) });
    }
    return knots.sort((a, b) => a.value - b.value || a.row - b.row);
  }

  private x = (value: number): number =>
    this.frame.left + Math.min(1, Math.max(0, (value - this.lo) / (this.hi - this.lo))) * (this.frame.right - this.frame.left);

  private y = (points: number): number => this.frame.bottom - (points / 100) * (this.frame.bottom - this.frame.top);

  private draw(): void {
    const knots = this.knots();
    const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
    const line = knots.map(({ value, points }) => `L${at(this.x(value), this.y(points))}`).join("");
    const [first, last] = [knots[0], knots[knots.length - 1]];
    const path = one("path.line", this.chart as unknown as ParentNode);
    if (first) path?.setAttribute("d", `M${at(this.frame.left, this.y(first.points))}${line}L${at(this.frame.right, this.y(last.points))}`);
    for (const [row, handle] of this.handles) {
      if (!knots.some((knot) => knot.row === row)) {
        handle.remove();
        this.handles.delete(row);
      }
    }
    for (const knot of knots) this.place(knot);
  }

  private place(knot: Knot): void {
    const handle = this.handles.get(knot.row) ?? this.make(knot.row);
    handle.setAttribute("cx", this.x(knot.value).toFixed(1));
    handle.setAttribute("cy", this.y(knot.points).toFixed(1));
    handle.setAttribute("aria-valuenow", String(knot.points));
    handle.setAttribute("aria-valuetext", `${knot.value} → ${knot.points}`);
  }

  private make(row: number): SVGCircleElement {
    const handle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    const attributes = { class: "knot", r: "6", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "100" };
    for (const [name, value] of Object.entries(attributes)) handle.setAttribute(name, value);
    handle.setAttribute("aria-label", `${this.chart.dataset.handle ?? ""} ${row + 1}`);
    handle.addEventListener("pointerdown", (event) => this.drag(event, handle, row));
    handle.addEventListener("keydown", (event) => this.press(event, row));
    this.chart.append(handle);
    this.handles.set(row, handle);
    return handle;
  }

  private drag(event: PointerEvent, handle: SVGCircleElement, row: number): void {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => {
      const matrix = this.chart.getScreenCTM();
      if (!matrix) return;
      const spot = new DOMPoint(moved.clientX, moved.clientY).matrixTransform(matrix.inverse());
      const across = (spot.x - this.frame.left) / (this.frame.right - this.frame.left);
      const up = (this.frame.bottom - spot.y) / (this.frame.bottom - this.frame.top);
      this.set(row, this.lo + Math.min(1, Math.max(0, across)) * (this.hi - this.lo), up * 100);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  private press(event: KeyboardEvent, row: number): void {
    const knot = this.knots().find((other) => other.row === row);
    const size = event.shiftKey ? 5 : 1;
    const step = this.step() * size;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [0, size],
      ArrowDown: [0, -size],
      ArrowRight: [step, 0],
      ArrowLeft: [-step, 0],
      Home: [0, -100],
      End: [0, 100],
    };
    const move = moves[event.key];
    if (!knot || !move) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(row, knot.value + move[0], knot.points + move[1]);
  }

  /** A round step: about a hundredth of what is shown. */
  private step(): number {
    return 10 ** Math.floor(Math.log10((this.hi - this.lo) / 50 || 1));
  }

  /** Moves a point between its neighbours and writes it into the fields. */
  private set(row: number, value: number, points: number): void {
    const knots = this.knots();
    const at = knots.findIndex((knot) => knot.row === row);
    const [before, after] = [knots[at - 1]?.value ?? -Infinity, knots[at + 1]?.value ?? Infinity];
    const step = this.step();
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const rounded = Number((Math.round(value / step) * step).toFixed(digits));
    const fields = [this.field(row, "v"), this.field(row, "p")];
    if (fields[0]) fields[0].value = String(Math.min(after, Math.max(before, rounded)));
    if (fields[1]) fields[1].value = String(Math.round(Math.min(100, Math.max(0, points))));
    this.draw();
  }
}
