// Suggestions while typing (the combobox pattern of WAI-ARIA). Without this file the search works as a plain form.
for (const form of document.querySelectorAll("[data-suggest]")) {
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("[role=listbox]");
  const said = form.querySelector("[data-said]");
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const open = () => !list.hidden;

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const rows = list.children;
    if (!rows.length) return;
    chosen = (number + rows.length + 1) % (rows.length + 1);
    [...rows].forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    if (chosen === rows.length) {
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", rows[chosen].id);
      rows[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  // Drops the pending and running requests for suggestions, whose answers would open the list again.
  function stopFollowing() {
    clearTimeout(timer);
    asked++;
  }

  function follow(row) {
    stopFollowing();
    if (row.dataset.url) {
      window.open(row.dataset.url, form.target || "_self");
    } else {
      input.value = row.dataset.text;
      form.requestSubmit();
    }
    close();
  }

  function show(rows) {
    list.replaceChildren(...rows.map((each, at) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${at}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.dataset.url = each.url;
      row.dataset.text = each.text;
      const words = document.createElement("span");
      words.textContent = each.text;
      const kind = document.createElement("small");
      kind.textContent = each.kind;
      row.append(words, kind);
      return row;
    }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !rows.length;
    input.setAttribute("aria-expanded", String(rows.length > 0));
    said.textContent = rows.length ? `${rows.length} ${form.dataset.some}` : form.dataset.none;
  }

  async function ask() {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) return close();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { credentials: "omit" });
      const found = (await answer.json()).suggestions;
      if (mine === asked && document.activeElement === input) show(found);
    } catch {
      close(); // no suggestions is no fault: the form still searches
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", () => { asked++; setTimeout(close, 150); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); open() ? choose(chosen + 1) : ask(); }
    else if (event.key === "ArrowUp" && open()) { event.preventDefault(); choose(chosen < 0 ? list.children.length - 1 : chosen === 0 ? list.children.length : chosen - 1); }
    else if (event.key === "Escape" && open()) { event.preventDefault(); stopFollowing(); close(); }
    else if (event.key === "Enter") {
      stopFollowing();
      if (open() && chosen >= 0) { event.preventDefault(); follow(list.children[chosen]); }
    }
  });
  list.addEventListener("mousedown", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) { event.preventDefault(); follow(row); }
  });
}
