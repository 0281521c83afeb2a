// One tab owns the telephone. Other tabs say so, and take over when that tab closes or on request.
(() => {
  const note = document.getElementById("desk-second");
  if (!note) return;
  const LOCK = "indgang-phone";
  const indgang = (window.indgang = window.indgang || {});
  indgang.ownsPhone = false;

  function show(owns) {
    indgang.ownsPhone = owns;
    note.hidden = owns;
    document.dispatchEvent(new CustomEvent(owns ? "desk:owns-phone" : "desk:lost-phone"));
  }

  // The lock is held until the tab closes or another tab steals it.
  function hold(options) {
    return new Promise((held) => {
      const kept = navigator.locks.request(LOCK, options, () => {
        show(true);
        held();
        return new Promise(() => {});
      });
      kept.catch(() => {
        show(false);
        hold({});
      });
    });
  }

  async function begin() {
    const { held } = await navigator.locks.query();
    note.hidden = !held.some((lock) => lock.name === LOCK);
    hold({});
  }

  indgang.takeTelephone = () => (navigator.locks ? hold({ steal: true }) : undefined);
  if (navigator.locks) begin();
  else show(true);
})();

// Warns ten minutes before the session ends.
(() => {
  const desk = document.getElementById("desk");
  const note = document.getElementById("desk-expires");
  if (!desk?.dataset.sessionEnds) return;
  const AHEAD = 10 * 60_000;
  const skew = Number(document.documentElement.dataset.now) * 1000 - Date.now();
  let ends = Number(desk.dataset.sessionEnds) * 1000;
  const length = ends - Number(document.documentElement.dataset.now) * 1000;

  setInterval(() => {
    note.hidden = ends - (Date.now() + skew) > AHEAD;
  }, 15_000);
  note.querySelector("[data-stay]").addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    ends = Date.now() + skew + length;
    note.hidden = true;
  });
})();
