// Reply texts and articles in an answer: an element with data-texts has the address that fills them in, in
// data-texts-for the id of the field, and in data-codes the codes that expand after a slash. The list is a dialog; a
// pick goes to the cursor of the field.
(() => {
  const choice = document.querySelector("[data-texts]");
  const field = choice && document.getElementById(choice.dataset.textsFor);
  if (!field) return;
  const codes = new Set(JSON.parse(choice.dataset.codes || "[]"));
  const query = document.getElementById("texts-query");
  const dialog = document.getElementById("texts-dialog");
  const places = document.querySelector("[data-texts-gaps]");
  const GAP = /\[(?:udfyld|fill in): ([^[\]\n]{1,60})\]/g;
  const csrf = () => field.form.querySelector("[name=csrfmiddlewaretoken]").value;
  // the server counts characters, the browser UTF-16 units
  const count = (text) => [...text].length;
  const units = (text, characters) => [...text].slice(0, characters).join("").length;

  for (const opener of document.querySelectorAll("[data-texts-opens]")) opener.hidden = false;
  for (const plain of document.querySelectorAll("[data-texts-plain]")) plain.remove();

  // Puts the piece in place of the text from start to end, in one step that can be undone.
  function put(piece, start, end, select) {
    field.focus();
    field.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, piece) && field.value.slice(start, end) !== piece) {
      field.setRangeText(piece, start, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const from = start + units(piece, select[0]);
    field.setSelectionRange(from, start + units(piece, select[1]));
    field.scrollTop = field.scrollHeight * (from / Math.max(1, field.value.length)) - field.clientHeight / 2;
  }

  async function insert(pick, start, end) {
    const sent = field.value;
    const body = new URLSearchParams({ pick, text: sent, start: count(sent.slice(0, start)), end: count(sent.slice(0, end)) });
    try {
      const answer = await fetch(choice.dataset.texts, {
        method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
      });
      if (answer.status === 401) window.indgang.signInAgain?.();
      if (!answer.ok) throw new Error(await answer.text());
      const filled = await answer.json();
      const [from, to] = filled.around ? [0, sent.length] : [start, end];
      if (field.value.slice(from, to) === sent.slice(from, to)) put(filled.piece, from, to, filled.select);
    } catch (fault) {
      window.indgang.tell(fault.message && fault.message.length < 200 ? fault.message : document.body.dataset.textFault);
    }
  }

  function picked(pick) {
    const [start, end] = [field.selectionStart, field.selectionEnd];
    dialog.close();
    field.focus();
    insert(pick, start, end);
  }

  // Each opening begins with the most used texts.
  new MutationObserver(() => {
    if (!dialog.open) return;
    query.value = "";
    query.focus();
    window.htmx.trigger(query, "texts-open");
  }).observe(dialog, { attributes: true, attributeFilter: ["open"] });

  document.getElementById("texts-found").addEventListener("htmx:afterSwap", (event) => {
    const said = event.target.querySelector("[data-said]");
    document.getElementById("texts-count").textContent = said?.dataset.said || "";
  });

  dialog.addEventListener("click", (event) => {
    const line = event.target.closest("[data-pick]");
    if (line) picked(line.dataset.pick);
  });
  dialog.addEventListener("close", () => field.focus());
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const first = dialog.querySelector("[data-pick]");
    if (first) picked(first.dataset.pick);
  });
  field.form.addEventListener("click", (event) => {
    const line = event.target.closest("[data-pick]");
    if (!line) return;
    event.preventDefault();
    picked(line.dataset.pick);
  });

  // --- /code --------------------------------------------------------------------------------------

  // The code before the cursor, with where its slash stands.
  function typedCode(upto) {
    const found = /(?:^|\s)\/([\p{L}\p{N}_-]{1,30})$/u.exec(field.value.slice(0, upto));
    const code = found?.[1].toLowerCase();
    return code && codes.has(code) ? { code, start: upto - code.length - 1 } : null;
  }

  field.addEventListener("input", (event) => {
    if (event.inputType === "insertText" && event.data === " ") {
      const typed = typedCode(field.selectionStart - 1);
      if (typed) insert(`code:${typed.code}`, typed.start, field.selectionStart);
    }
    showGaps();
  });
  // before the Enter that sends
  document.addEventListener("keydown", (event) => {
    if (event.target !== field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const typed = field.selectionStart === field.selectionEnd && typedCode(field.selectionStart);
    if (!typed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    insert(`code:${typed.code}`, typed.start, field.selectionStart);
  }, true);

  // the button that sends, with a code alone in the field
  document.addEventListener("submit", (event) => {
    if (event.target !== field.form || event.submitter?.name === "picks") return;
    const typed = typedCode(field.value.trimEnd().length);
    if (!typed || field.value.trim() !== `/${typed.code}`) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    insert(`code:${typed.code}`, 0, field.value.length);
  }, true);

  // --- gaps ---------------------------------------------------------------------------------------

  function showGaps() {
    const names = [...new Set([...field.value.matchAll(GAP)].map((gap) => gap[1]))];
    const said = places.querySelector("[data-said]");
    const text = names.length ? `${said.dataset.said} ${names.join(", ")}` : "";
    if (said.textContent !== text) said.textContent = text;
    places.hidden = !names.length;
  }

  document.querySelector("[data-texts-next]").addEventListener("click", () => {
    const all = [...field.value.matchAll(GAP)];
    const gap = all.find((each) => each.index >= field.selectionEnd) || all[0];
    if (!gap) return;
    field.focus();
    field.setSelectionRange(gap.index, gap.index + gap[0].length);
  });
  showGaps();
})();
