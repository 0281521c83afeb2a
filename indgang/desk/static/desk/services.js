// The service field: a list below it follows the typed text. Arrow keys move, Enter chooses and Escape closes (the
// combobox pattern of the ARIA Authoring Practices).
(() => {
  const WAIT = 110;
  let timer = null;
  let asked = 0;

  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const hiddenOf = (input) => input.closest("[data-combobox]").querySelector("[data-service]");
  const options = (list) => [...list.querySelectorAll("[data-value]")];

  function close(input) {
    const list_ = listOf(input);
    if (!list_) return; // the sheet was replaced meanwhile
    list_.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(input, option) {
    for (const each of options(listOf(input))) each.setAttribute("aria-selected", String(each === option));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  }

  async function fetchText(url) {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    return answer.ok ? answer.text() : "";
  }

  async function list(input) {
    const mine = ++asked;
    const unit = input.closest("form").dataset.unit || "";
    const query = new URLSearchParams({ q: input.value, list: input.dataset.prefix, unit });
    const html = await fetchText(`${input.dataset.url}?${query}`).catch(() => "");
    if (mine !== asked || document.activeElement !== input) return;
    const options_ = listOf(input);
    options_.innerHTML = html;
    const any = options_.childElementCount > 0;
    options_.hidden = !any;
    input.setAttribute("aria-expanded", String(any));
    mark(input, input.value.trim() ? options(options_)[0] : null);
  }

  const take = (input, option, moveOn = true) => choose(input, option.dataset, moveOn);

  // Drops the pending and running requests for suggestions, whose answers would open the list again.
  function stopFollowing() {
    clearTimeout(timer);
    asked += 1;
  }

  async function choose(input, { value, name }, moveOn) {
    stopFollowing();
    const hidden = hiddenOf(input);
    hidden.value = value;
    input.value = name;
    input.removeAttribute("aria-invalid");
    close(input);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    const query = new URLSearchParams({ service: hidden.value, number: hidden.dataset.number });
    const html = await fetchText(`${hidden.dataset.url}?${query}`).catch(() => "");
    const select = document.getElementById(`q${hidden.dataset.number}-purpose`);
    if (!html || !select) return;
    select.outerHTML = html;
    if (moveOn) document.getElementById(select.id).focus();
  }

  // For a service chosen elsewhere on the page; the focus stays there.
  window.indgang = Object.assign(window.indgang || {}, { takeService: (input, service) => choose(input, service, false) });

  function move(input, step) {
    const all = options(listOf(input));
    if (!all.length) return;
    const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    mark(input, all[(now + step + all.length) % all.length]);
  }

  function marked(input) {
    return options(listOf(input)).find((each) => each.getAttribute("aria-selected") === "true");
  }

  const field = (event) => event.target.closest?.('[data-combobox] input[role="combobox"]');

  document.addEventListener("input", (event) => {
    const input = field(event);
    if (!input) return;
    hiddenOf(input).value = "";
    clearTimeout(timer);
    timer = setTimeout(() => list(input), WAIT);
  });

  document.addEventListener("keydown", (event) => {
    const input = field(event);
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = !listOf(input).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) list(input);
      else move(input, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = isOpen && marked(input);
      if (option) take(input, option);
      else list(input);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      stopFollowing();
      close(input);
    } else if (event.key === "Tab" && isOpen && marked(input)) {
      take(input, marked(input), false);
    }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".desk-options [data-value]");
    if (!option) return;
    event.preventDefault();
    take(option.closest("[data-combobox]").querySelector('input[role="combobox"]'), option);
  });

  document.addEventListener("focusout", (event) => {
    const input = field(event);
    if (input) setTimeout(() => document.activeElement !== input && close(input), 150);
  });
})();
