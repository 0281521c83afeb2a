// One tab has the telephone. The others say so, show the same, and take over when it closes.
(() => {
  const note = document.getElementById("desk-second");
  if (!note) return;
  const indgang = (window.indgang = window.indgang || {});
  indgang.ownsPhone = false;

  function own() {
    indgang.ownsPhone = true;
    note.hidden = true;
    document.dispatchEvent(new CustomEvent("desk:owns-phone"));
  }

  if (!navigator.locks) {
    own();
    return;
  }
  const forever = new Promise(() => {});
  navigator.locks.request("indgang-phone", { ifAvailable: true }, (lock) => {
    if (lock) {
      own();
      return forever;
    }
    note.hidden = false;
    navigator.locks.request("indgang-phone", () => {
      own();
      return forever;
    });
    return undefined;
  });
})();

// The session's end is said ten minutes ahead.
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
