// The panels beside the call (transfer, keypad): data-shows opens one, with the text of data-asks; data-hides or Escape
// closes it, and so does a stage of the call without panels. They are outside the live parts, so that no update replaces
// typed text.
(() => {
  const panels = () => document.querySelectorAll(".desk-panel");

  function show(panel, asks = "") {
    for (const other of panels()) other.hidden = other !== panel;
    const first = panel.querySelector("[data-first]");
    if (first instanceof HTMLInputElement) {
      first.value = asks;
      first.dispatchEvent(new Event("shown"));
    }
    first?.focus();
  }

  function hide(panel) {
    if (panel.hidden) return;
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    const opener = document.querySelector(`[data-shows="${panel.id}"]`);
    if (inside) (opener || document.getElementById("desk-call-title")).focus();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-shows]");
    if (opener) {
      const panel = document.getElementById(opener.dataset.shows);
      if (panel.hidden || opener.dataset.asks) show(panel, opener.dataset.asks);
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

  // The caller is fetched once for each enquiry, not at each change of the call card, because each look is logged.
  document.body.addEventListener("htmx:afterSettle", () => {
    const url = window.indgang.callerUrl();
    const caller = document.getElementById("desk-caller");
    if ((caller.dataset.url || "") === url) return;
    caller.dataset.url = url;
    caller.hidden = !url;
    caller.replaceChildren();
    if (url) window.htmx.ajax("GET", url, { target: "#desk-caller", swap: "outerHTML" });
  });

  // The history of a transferred call grows at each new stage of the call.
  let stage = document.getElementById("desk-call")?.dataset.stage;
  document.body.addEventListener("htmx:afterSettle", () => {
    const now = document.getElementById("desk-call")?.dataset.stage;
    if (now === stage) return;
    stage = now;
    if (document.querySelector("#desk-story[data-handed-over]")) document.body.dispatchEvent(new CustomEvent("stale:story", { bubbles: true }));
  });

  // Extends the wrap-up while the agent chooses a pause; otherwise the next call would ring.
  const ENOUGH = 20;
  const ahead = Number(document.documentElement.dataset.now) * 1000 - Date.now();
  const pause = document.getElementById("desk-pause");
  let watching = null;

  function extend() {
    const until = Number(document.querySelector('#desk-state[data-state="wrap_up"] [data-until]')?.dataset.until);
    const left = (until - Date.now() - ahead) / 1000;
    if (!pause.open || !until || left <= 0 || left > ENOUGH / 2) return;
    window.htmx.ajax("POST", pause.dataset.extends, { values: { seconds: ENOUGH }, swap: "none" });
  }

  pause?.addEventListener("toggle", () => {
    clearInterval(watching);
    if (!pause.open) return;
    extend();
    watching = setInterval(extend, 2_000);
  });

  // Digits typed while the keypad has focus are sent as tones.
  document.addEventListener("keydown", (event) => {
    const keypad = event.target.closest?.("[data-keypad]");
    if (!keypad || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    keypad.querySelector(`[data-tone="${CSS.escape(event.key)}"]`)?.click();
  }, true);

  // A browser phone is answered in the browser, in whichever tab it rings; other phones are answered by the exchange.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-phone-answer]");
    if (!button || document.getElementById("desk-phone")?.dataset.phone !== "browser" || !window.JsSIP) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.disabled = true;
    const why = await window.indgang.phone.take(document.getElementById("desk-call").dataset.enquiry);
    button.disabled = false;
    if (why) window.indgang.tell(why);
    for (const part of ["state", "call"]) document.body.dispatchEvent(new CustomEvent(`stale:${part}`));
  }, true);

  // An agent who dials has already agreed to talk, so the browser answers the agent's own leg.
  function takeOwnCall() {
    const card = document.getElementById("desk-call");
    const phone = window.indgang?.phone;
    if (card?.dataset.stage !== "dialling" || !phone?.ringing() || phone.callId() !== card.dataset.enquiry) return;
    phone.answer();
  }
  document.addEventListener("phone:ringing", takeOwnCall);
  document.body.addEventListener("htmx:afterSettle", takeOwnCall);
})();
