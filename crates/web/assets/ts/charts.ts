import { around, one } from "./dom";

/** Points of a drawn chart: [place along the axis in drawing units, words]. */
type Point = [number, string];

export function startCharts(): void {
  document.addEventListener("pointermove", (event) => {
    const chart = around(event, "svg.chart[data-points]") as unknown as SVGSVGElement | null;
    for (const other of document.querySelectorAll("svg.chart.hover")) if (other !== chart) leave(other as SVGSVGElement);
    if (chart) show(chart, event.clientX);
  });
}

function show(chart: SVGSVGElement, clientX: number): void {
  const points = JSON.parse(chart.dataset.points ?? "[]") as Point[];
  const frame = chart.getBoundingClientRect();
  const width = chart.viewBox.baseVal.width;
  if (!points.length || !frame.width) return;
  const x = ((clientX - frame.left) / frame.width) * width;
  const near = points.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best));
  chart.classList.add("hover");
  const cross = one<SVGLineElement>(".cross", chart);
  if (cross) {
    cross.removeAttribute("visibility");
    cross.setAttribute("x1", String(near[0]));
    cross.setAttribute("x2", String(near[0]));
  }
  const box = chart.closest<HTMLElement>(".chart-box");
  if (!box) return;
  let tip = one(".tip", box);
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "tip";
    tip.ariaHidden = "true";
    box.append(tip);
  }
  tip.textContent = near[1];
  const at = frame.left - box.getBoundingClientRect().left + (near[0] / width) * frame.width;
  const most = Math.max(0, box.clientWidth - tip.offsetWidth);
  tip.style.left = `${Math.min(most, Math.max(0, at - tip.offsetWidth / 2))}px`;
  tip.style.top = `${frame.top - box.getBoundingClientRect().top - 4}px`;
}

function leave(chart: SVGSVGElement): void {
  chart.classList.remove("hover");
  one<SVGLineElement>(".cross", chart)?.setAttribute("visibility", "hidden");
  const box = chart.closest<HTMLElement>(".chart-box");
  if (box) one(".tip", box)?.remove();
}
