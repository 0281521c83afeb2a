// Shortcuts: an element has its keys in data-key ("F2", "Shift+F2", "Control+Enter", "k", "F3 /"), a choice in
// data-pick. An element with data-key-in-view keeps its key for itself only while it is shown. Single-character keys work outside fields only and can be switched off (WCAG 2.1.4), per browser.
(() => {
  const STORE = "indgang-single-keys";
  const NOT_TYPING = new Set(["radio", "checkbox", "button", "submit", "reset"]);
  const root = document.documentElement;
  const box = document.querySelector("[data-single-keys]");

  const single = () => root.dataset.singleKeys !== "off";

  function setSingle(on) {
    root.dataset.singleKeys = on ? "on" : "off";
    if (box) box.checked = on;
    for (const element of document.querySelectorAll("[data-key]")) announce(element, on);
  }

  // Screen readers announce only keys that are switched on.
  function announce(element, on) {
    const keys = element.dataset.key.split(" ").filter((key) => on || key.length > 1);
    if (keys.length) element.setAttribute("aria-keyshortcuts", keys.map((key) => (key === "?" ? "Shift+?" : key)).join(" "));
    else element.removeAttribute("aria-keyshortcuts");
  }

  setSingle(localStorage.getItem(STORE) !== "off");
  box?.addEventListener("change", () => {
    localStorage.setItem(STORE, box.checked ? "on" : "off");
    setSingle(box.checked);
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const element of document.querySelectorAll("[data-key]")) announce(element, single());
  });

  function typing(target, key) {
    if (!(target instanceof HTMLElement)) return false;
    if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
    // letters search the options of a select; digits are shortcuts once an option is chosen
    if (target instanceof HTMLSelectElement) return !target.value || !/^\d$/.test(key);
    return target instanceof HTMLInputElement && !NOT_TYPING.has(target.type);
  }

  function named(event) {
    if (event.key.length === 1) return event.ctrlKey || event.altKey || event.metaKey ? "" : event.key.toLowerCase();
    const parts = [event.ctrlKey && "Control", event.altKey && "Alt", event.metaKey && "Meta", event.shiftKey && "Shift"];
    return [...parts.filter(Boolean), event.key].join("+");
  }

  const visible = (element) => element.getClientRects().length > 0 && !element.disabled;

  // Shows the tab of the rail that contains the element, if it is hidden.
  function wanted(key) {
    const named = [...document.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`)];
    const seen = named.find(visible);
    const hidden = named.filter((each) => !("keyInView" in each.dataset));
    const tab = !seen && hidden.map((each) => each.closest("[data-shown-by]")).find(Boolean);
    if (tab) window.indgang.showTab?.(tab.dataset.shownBy);
    return seen || named.find(visible);
  }

  // The focused question, or the last one.
  function pick(key, target) {
    const questions = [...document.querySelectorAll("[data-question]")];
    const question = target.closest?.("[data-question]") || questions.at(-1);
    return question?.querySelector(`[data-pick="${CSS.escape(key)}"]`);
  }

  function act(element) {
    if (element.matches('input:not([type="radio"]), textarea, select, [data-key-focuses]')) {
      element.focus();
      element.select?.();
      return;
    }
    if (element.type === "radio") element.focus();
    element.click();
    if (element.tagName === "SUMMARY") element.parentElement.querySelector("button")?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.defaultPrevented) return;
    const key = named(event);
    if (!key || document.querySelector("dialog[open]")) return;
    const one = key.length === 1;
    if (one && (!single() || typing(event.target, key))) return;
    const element = wanted(key) || (one && pick(key, event.target));
    if (!element) return;
    event.preventDefault();
    act(element);
  });
})();
