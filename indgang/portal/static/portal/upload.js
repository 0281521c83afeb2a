// Sends the files of an online form as soon as they are chosen: in parts, with progress, and on from where it was after a
// broken connection or when the page is loaded again and the same file is chosen. Without this script the files come
// with the form.
(() => {
  const form = document.querySelector("form.online-form");
  const inputs = [...(form?.querySelectorAll("input[type=file]") ?? [])];
  if (!inputs.length) return;

  const waits = [1, 2, 4, 8, 15, 30, 30, 30]; // seconds; then the visitor is asked
  const under = new Set();
  let queue = Promise.resolve(); // one file at a time
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  form.before(said);

  const words = (input, name, file, percent) =>
    input.dataset[name].replace("#name", file.name).replace("#percent", percent);
  const sleep = (seconds) =>
    new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
    });

  for (const input of inputs) {
    document.getElementById(`${input.id}-graense`).textContent = input.dataset.limit;
    input.closest("fieldset").querySelector("[data-attach]").hidden = true;
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      input.value = "";
      input.closest("fieldset").querySelectorAll(".upload-fault").forEach((part) => part.remove());
      for (const file of chosen) take(input, file);
    });
  }

  form.addEventListener("submit", (event) => {
    if (!under.size) return;
    event.preventDefault();
    const [row] = under;
    fault(row.input, row.input.dataset.wait);
    row.part.querySelector("button").focus();
  });

  function take(input, file) {
    if (file.size > Number(input.dataset.largest)) return fault(input, words(input, "tooLarge", file));
    const row = shown(input, file);
    under.add(row);
    queue = queue.then(() => send(row)).catch((error) => console.error(error));
  }

  function shown(input, file) {
    const part = document.createElement("div");
    part.className = "upload";
    const text = document.createElement("span");
    text.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = file.size;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "button button-secondary";
    stop.textContent = words(input, "stop", file);
    part.append(text, bar, stop);
    input.before(part);
    const row = { input, file, part, text, bar, told: 0, stopped: new AbortController(), id: "" };
    stop.addEventListener("click", () => row.stopped.abort());
    return row;
  }

  async function send(row) {
    try {
      said.textContent = words(row.input, "sending", row.file);
      await persist(row, () => whole(row));
      said.textContent = words(row.input, "attached", row.file);
    } catch (why) {
      if (row.stopped.signal.aborted) {
        if (row.id) await save(row.id).catch(() => {});
        said.textContent = words(row.input, "stopped", row.file);
        row.input.focus();
      } else fault(row.input, why.refused ?? String(why));
    } finally {
      under.delete(row);
      const hadFocus = row.part.contains(document.activeElement);
      row.part.remove();
      await refresh(row.input).catch(() => {});
      if (hadFocus) row.input.focus();
    }
  }

  // does it again after a pause while the connection is broken or the server is busy, and at last when asked to
  async function persist(row, act) {
    for (let time = 0; ; time++) {
      try {
        return await act();
      } catch (why) {
        if (row.stopped.signal.aborted || why.refused) throw why;
        row.text.textContent = why.told || words(row.input, "broken", row.file);
        if (time === 0) said.textContent = row.text.textContent;
        if (time < waits.length) await sleep(waits[time]);
        else (await asked(row), (time = 0));
        if (row.stopped.signal.aborted) throw why;
      }
    }
  }

  function asked(row) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button button-secondary";
    again.textContent = row.input.dataset.again;
    row.part.append(again);
    return new Promise((done) => {
      const go = () => (again.remove(), done());
      again.addEventListener("click", go, { once: true });
      row.stopped.signal.addEventListener("abort", go, { once: true });
    });
  }

  async function whole(row) {
    const page = await saved();
    if (!row.id) {
      const told = { field: row.input.name, name: row.file.name, size: row.file.size, type: row.file.type };
      const body = new URLSearchParams({ ...told, digest: await digest(row.file) });
      const begun = await answered(row, `${page}filer/`, body);
      Object.assign(row, { id: begun.id, at: begun.received, size: begun.part });
    }
    for (;;) {
      progress(row);
      const part = row.file.slice(row.at, row.at + row.size);
      const answer = await answered(row, `${page}filer/${row.id}/?fra=${row.at}`, part);
      if (answer.done) return;
      row.at = answer.received;
    }
  }

  async function answered(row, url, body) {
    const response = await fetch(url, { method: "POST", body, signal: row.stopped.signal });
    if (response.ok || response.status === 409) return response.json();
    const isOurs = response.headers.get("content-type")?.startsWith("application/json");
    const told = isOurs ? (await response.json()).refused : "";
    // busy or full: again after a pause; all else is refused for good
    if ([429, 500, 502, 503, 504, 507].includes(response.status)) throw { told };
    throw { refused: told || `status ${response.status}` };
  }

  function progress(row) {
    row.bar.value = row.at;
    const percent = Math.floor((100 * row.at) / row.file.size);
    row.text.textContent = words(row.input, "share", row.file, percent);
    if (percent < row.told + 25) return;
    row.told = percent - (percent % 25);
    said.textContent = row.text.textContent;
  }

  async function digest(file) {
    if (!crypto.subtle) return ""; // without https
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return [...found].map((each) => each.toString(16).padStart(2, "0")).join("");
  }

  // the address of the saved answers; the first file makes them, and the page then has their address
  async function saved() {
    const path = new URL(form.action).pathname;
    if (/\/formular\/[^/]+\/[^/]+\/$/.test(path)) return path;
    const response = await save("");
    if (!response.redirected) {
      const text = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".errors, main p");
      throw { refused: text?.textContent.trim() ?? `status ${response.status}` };
    }
    const made = new URL(response.url).pathname;
    form.action = made;
    history.replaceState(null, "", made);
    return made;
  }

  function save(remove) {
    const body = new FormData(form);
    for (const input of inputs) body.delete(input.name);
    body.set("do", "attach");
    if (remove) body.set("remove", remove);
    return fetch(form.action, { method: "POST", body });
  }

  // what is attached stands on the page as the server tells it
  async function refresh(input) {
    const page = new DOMParser().parseFromString(await (await fetch(form.action)).text(), "text/html");
    const name = `[data-given="${CSS.escape(input.name)}"]`;
    const found = page.querySelector(name);
    if (found) form.querySelector(name).replaceWith(document.importNode(found, true));
  }

  function fault(input, text) {
    const part = document.createElement("p");
    part.className = "field-error upload-fault";
    part.setAttribute("role", "alert");
    part.textContent = text;
    input.before(part);
  }
})();
