import { all } from "./dom";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["minute", 60],
  ["hour", 3600],
];

/** "5 minutes ago" stays true on a page left open; beyond a day the server's words stay. */
export function startTimes(): void {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const renew = () => {
    for (const time of all<HTMLTimeElement>("time[data-ago]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      const [unit, size] = UNITS[seconds < 3600 ? 0 : 1];
      if (seconds >= 0 && seconds < 86_400) time.textContent = words.format(-Math.floor(seconds / size), unit);
    }
  };
  setInterval(renew, 60_000);
}
