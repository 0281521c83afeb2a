// The questions below a page: sends the answer without leaving the page, with the pages of the visit and a key, so that
// an answer that is sent twice counts once. Asks the server for nothing before the form is sent. Without this script the
// form is an ordinary one.
(() => {
  function visited() {
    try {
      return JSON.parse(sessionStorage.getItem("indgang-visit") ?? "[]").join("\n");
    } catch {
      return "";
    }
  }

  // The page around a box on another website: embed.js tells it in the address, after the #.
  function around() {
    return new URLSearchParams(location.hash.slice(1));
  }

  function prepare(form) {
    form.elements.key.value ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    // since the visitor asked for the page: on a slow phone this script begins long after the form can be filled in
    form.elements.took.value = Math.round(performance.now() / 1000);
    if (form.elements.visited) form.elements.visited.value = around().get("set") ?? visited();
    if (form.elements.page) form.elements.page.value = around().get("side") ?? "";
  }

  async function send(event) {
    const form = event.target;
    if (!form.matches("form[data-opinion]")) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    prepare(form);
    const place = form.closest("[data-opinion-place]");
    const fault = form.querySelector("[data-opinion-fault]");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-opinion-place]");
      if (!fresh) throw new Error(String(answer.status));
      place.replaceWith(fresh);
      fresh.setAttribute("tabindex", "-1");
      fresh.focus();
    } catch {
      fault.textContent = form.dataset.failing;
      fault.hidden = false;
    } finally {
      delete form.dataset.sending;
    }
  }

  document.addEventListener("submit", send);
})();
