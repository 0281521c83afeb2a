// The enquiry in hand: the one of the current conversation, else of the open sheet, else of the call just ended. All
// parts of the desk get it from `window.indgang.inHand()` ("" for none), and the event `desk:in-hand` {before, now}
// reports changes.
(() => {
  const indgang = (window.indgang = window.indgang || {});
  const call = () => document.getElementById("desk-call")?.dataset || {};
  // a registered enquiry is finished, unless it is the current call or is being corrected
  const sheet = () => document.querySelector("#desk-registration[data-enquiry]:not([data-registered])")?.dataset || {};

  const TALKING = ["talking", "asked", "dialling"];

  function inHand() {
    const { stage, enquiry } = call();
    if (TALKING.includes(stage)) return enquiry;
    return sheet().enquiry || (stage === "after" ? enquiry : "") || "";
  }

  // The caller is looked up while the call rings.
  function callerUrl() {
    const { stage, caller } = call();
    if (stage === "ringing" || TALKING.includes(stage)) return caller || "";
    return sheet().caller || (stage === "after" && caller) || "";
  }

  let before = inHand();

  function look() {
    const now = inHand();
    if (now === before) return;
    const detail = { before, now };
    before = now;
    document.dispatchEvent(new CustomEvent("desk:in-hand", { detail }));
  }

  document.body.addEventListener("htmx:afterSettle", look);
  Object.assign(indgang, { inHand, callerUrl });
})();
