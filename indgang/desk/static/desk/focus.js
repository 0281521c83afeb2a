// Keeps the focus where the next key is expected. When an action removes the focused element (a used button, a deleted
// row, a sent form), the focus moves on from here. It never falls back to the page, where letters are shortcuts.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const indgang = (window.indgang = window.indgang || {});
  let last = null;
  let timer = null;

  const shown = (element) => Boolean(element?.isConnected) && element.getClientRects().length > 0 && !element.disabled;

  // The first field of a question without an answer.
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

  // The next place of work: the ringing call, the sheet, or the current call.
  function next() {
    const ringing = document.querySelector('#desk-call[data-stage="ringing"] #call-answer');
    return [ringing, inSheet(), document.getElementById("desk-call-title")].find(shown);
  }

  // Whether somebody works elsewhere: in a field, in knowledge, in the telephone book, in an open menu, panel or dialog.
  function busy() {
    const at = document.activeElement;
    if (document.querySelector("dialog[open]")) return true;
    if (!at || at === document.body || at.closest("#desk-registration")) return false;
    return at.matches("input, textarea, select") || Boolean(at.closest("#desk-knowledge, #desk-phone-book, [data-menu][open], .desk-panel"));
  }

  // A live part takes the focus itself when its focused element is gone (ui/morph.js); nobody types there.
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

  // A form fetched into a panel gets the focus in its first field.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = document.getElementById(event.detail.target?.id);
    target?.querySelector("[data-takes-focus]")?.querySelector("[aria-invalid], input:not([type=hidden]), select")?.focus();
  });

  // Closes a menu after its choice has succeeded.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const menu = event.detail.elt.closest?.("[data-menu][open]");
    if (menu && event.detail.successful) menu.open = false;
  });

  Object.assign(indgang, { focusNext: () => next()?.focus(), focusSheet: () => inSheet()?.focus(), busy });
})();
