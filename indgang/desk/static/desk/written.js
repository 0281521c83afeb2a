// Who leaves the page no longer has it open, so that colleagues are not warned.
(() => {
  const { reading } = document.getElementById("desk").dataset;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  window.addEventListener("pagehide", () => {
    fetch(reading, { method: "DELETE", headers: { "X-CSRFToken": csrf }, keepalive: true }).catch(() => {});
  });
})();

// The answer is saved as a draft while it is typed, and before the page is left.
(() => {
  const form = document.getElementById("written-reply");
  if (!form) return;
  const SAVE_AFTER = 900;
  const csrf = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  let typed = 0; // counts changes; what is saved is compared with it
  let saved = 0;
  let timer = null;
  let sending = false;

  function request(options) {
    const data = new FormData(form);
    data.delete("files");
    const headers = { "X-CSRFToken": csrf(), "HX-Request": "true", "HX-Target": "written-saved" };
    return fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(data), headers, ...options });
  }

  async function save() {
    clearTimeout(timer);
    if (typed === saved || sending) return;
    const upto = typed;
    try {
      const answer = await request();
      if (answer.status === 401) window.indgang.signInAgain?.();
      if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
      document.getElementById("written-saved").outerHTML = await answer.text();
      if (answer.ok) saved = upto;
    } catch {
      document.getElementById("written-saved").append(document.getElementById("desk").dataset.textUnsaved);
      timer = setTimeout(save, 5_000);
    }
  }

  form.addEventListener("input", () => {
    typed += 1;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER);
  });
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(timer);
  });
  window.addEventListener("pagehide", () => {
    if (typed !== saved && !sending) request({ keepalive: true });
  });
})();
