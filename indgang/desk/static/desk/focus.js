// The focus stands where the next key is expected. When an action takes away what had it (a button that is done, a row
// that is gone, a form that was sent), it goes on from here; it never falls back to the page, where letters are keys.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const indgang = (window.indgang = window.indgang || {});
  let last = null;
  let timer = null;

  const shown = (element) => Boolean(element?.isConnected) && element.getClientRects().length > 0 && !element.disabled;

  // The first thing of a question that still lacks an answer.
  function missing(question) {
    const service = question.querySelector('[role="combobox"]');
    const purpose = question.querySelector("select");
    const outcomes = [...question.querySelectorAll('[name$="-outcome"]')];
    if (!question.querySelector("[data-service]").value) return service;
    if (!purpose.value) return purpose;
    return outcomes.find((each) => each.checked) || outcomes[0];
  }

  function inSheet() {
    const sheet = document.getElementById("desk-registration");
    const wrong = sheet.querySelector("[aria-invalid]") || sheet.querySelector("[data-focus]");
    const questions = [...sheet.querySelectorAll("[data-question]")];
    return wrong || (questions.length ? missing(questions.at(-1)) : null);
  }

  // Where work goes on: at the call that rings, in the sheet, at the call.
  function next() {
    const ringing = document.querySelector('#desk-call[data-stage="ringing"] #call-answer');
    return [ringing, inSheet(), document.getElementById("desk-call-title")].find(shown);
  }

  // Whether somebody is busy elsewhere: in a field, in knowledge, in an open menu, panel or dialog.
  function busy() {
    const at = document.activeElement;
    if (document.querySelector("dialog[open]")) return true;
    if (!at || at === document.body || at.closest("#desk-registration")) return false;
    return at.matches("input, textarea, select") || Boolean(at.closest("#desk-knowledge, [data-menu][open], .desk-panel"));
  }

  // A live part takes the focus itself when what had it is gone (ui/morph.js); nobody types there.
  const nowhere = (at) => !at || at === document.body || at.matches("[data-live-parts]:not([role=tabpanel])");

  function lost() {
    return nowhere(document.activeElement) && last && !shown(last) && !document.querySelector("dialog[open]");
  }

  function recover() {
    timer = null;
    if (!lost()) return;
    last = null;
    next()?.focus();
  }

  const soon = () => {
    if (timer === null && lost()) timer = setTimeout(recover, 60);
  };

  document.addEventListener("focusin", (event) => {
    if (nowhere(event.target)) soon();
    else last = event.target;
  });
  new MutationObserver(soon).observe(desk, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "open", "data-tab", "disabled"] });
  document.body.addEventListener("htmx:afterSettle", soon);

  // A form that was fetched into a panel is filled in from its first field.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = document.getElementById(event.detail.target?.id);
    target?.querySelector("[data-takes-focus]")?.querySelector("[aria-invalid], input:not([type=hidden]), select")?.focus();
  });

  // A menu whose choice was carried out has done its work.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const menu = event.detail.elt.closest?.("[data-menu][open]");
    if (menu && event.detail.successful) menu.open = false;
  });

  Object.assign(indgang, { focusNext: () => next()?.focus(), focusSheet: () => inSheet()?.focus(), busy });
})();
