// The clock of Copenhagen (data-clock), and counters: data-since counts up from a time, data-until down to it (in
// milliseconds since 1970, by the server's clock).
(() => {
  const ahead = Number(document.documentElement.dataset.now) * 1000 - Date.now();

  function written(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  }

  const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Copenhagen", hour: "2-digit", minute: "2-digit" });

  function tick() {
    const now = Date.now() + ahead;
    for (const clock of document.querySelectorAll("[data-clock]")) clock.textContent = timeOfDay.format(now);
    for (const counter of document.querySelectorAll("[data-since], [data-until]")) {
      const { since, until, warnAfter } = counter.dataset;
      const left = until ? Number(until) - now : now - Number(since);
      const text = written(left);
      if (counter.textContent !== text) counter.textContent = text;
      if (warnAfter) counter.toggleAttribute("data-late", left > Number(warnAfter) * 1000);
    }
  }

  setInterval(tick, 500);
  document.body.addEventListener("htmx:afterSettle", tick);
  tick();
})();
