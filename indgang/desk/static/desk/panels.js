// The panels beside the call (transfer, keys): opened by data-shows, closed by data-hides or Escape, and when the
// call they belong to is no longer one's to handle. They stand outside the live parts, so nobody's typing is replaced.
(() => {
  const panels = () => document.querySelectorAll(".desk-panel");

  function show(panel) {
    for (const other of panels()) other.hidden = other !== panel;
    const first = panel.querySelector("[data-first]");
    if (first instanceof HTMLInputElement) {
      first.value = "";
      first.dispatchEvent(new Event("shown"));
    }
    first?.focus();
  }

  function hide(panel) {
    if (panel.hidden) return;
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    if (inside) document.querySelector(`[data-shows="${panel.id}"]`)?.focus();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-shows]");
    if (opener) {
      const panel = document.getElementById(opener.dataset.shows);
      if (panel.hidden) show(panel);
      else hide(panel);
    }
    const closer = event.target.closest("button[data-hides]");
    if (closer) hide(document.getElementById(closer.dataset.hides));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const panel of panels()) hide(panel);
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const asked = event.detail.elt.closest?.("form[data-hides]");
    if (asked && event.detail.successful) hide(document.getElementById(asked.dataset.hides));
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    const call = document.getElementById("desk-call");
    const free = call?.dataset.stage === "talking" && !call.dataset.consult;
    for (const panel of panels()) if (!free && !panel.hidden) hide(panel);
  });

  // Who is calling is fetched once for each call, not each time the call card changes: seeing a history is logged.
  document.body.addEventListener("htmx:afterSettle", () => {
    const url = document.getElementById("desk-call")?.dataset.caller || "";
    const caller = document.getElementById("desk-caller");
    if ((caller.dataset.url || "") === url) return;
    caller.dataset.url = url;
    caller.hidden = !url;
    caller.replaceChildren();
    if (url) window.htmx.ajax("GET", url, { target: "#desk-caller", swap: "outerHTML" });
  });

  // Digits typed while the keypad has focus are sent as tones.
  document.addEventListener("keydown", (event) => {
    const keypad = event.target.closest?.("[data-keypad]");
    if (!keypad || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    keypad.querySelector(`[data-tone="${CSS.escape(event.key)}"]`)?.click();
  }, true);

  // A browser phone that rings is answered in the browser; only a desk phone is answered through the exchange.
  document.addEventListener("click", (event) => {
    const phone = window.indgang?.phone;
    if (!event.target.closest("[data-phone-answer]") || !phone?.ringing?.()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    phone.answer();
  }, true);
})();
