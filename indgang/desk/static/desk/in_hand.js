// The enquiry in hand: the one somebody talks about, else the one whose sheet is open, else the call just ended.
// Everything on the desk that belongs to an enquiry asks here whose it is (`window.indgang.inHand()`, "" for none) and
// hears of a change by the event `desk:in-hand` {before, now}.
(() => {
  const indgang = (window.indgang = window.indgang || {});
  const call = () => document.getElementById("desk-call")?.dataset || {};
  // what has been registered is done with, unless it is the call in hand or is being corrected
  const sheet = () => document.querySelector("#desk-registration[data-enquiry]:not([data-registered])")?.dataset || {};

  const TALKING = ["talking", "asked", "dialling"];

  function inHand() {
    const { stage, enquiry } = call();
    if (TALKING.includes(stage)) return enquiry;
    return sheet().enquiry || (stage === "after" ? enquiry : "") || "";
  }

  // Who is calling is looked up before anybody answers.
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
