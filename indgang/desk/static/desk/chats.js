// The agent's side of a chat: sends without loading the page, and tells that somebody types. A message keeps its id until
// it has arrived, so that a repeat after a lost answer is stored once.
(() => {
  const form = document.getElementById("chat-form");
  const talk = document.getElementById("chat-talk");
  if (!form) return;
  const text = form.elements.text;
  const token = form.elements.csrfmiddlewaretoken.value;
  const EVERY = 4_000;
  const SHOWN = 6_000;
  let typed = 0;

  // The sentence of a refused message: the server puts it before the lines.
  function refusal(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    return fresh.content.querySelector("[data-refused]")?.textContent ?? document.body.dataset.textFault;
  }

  async function send(event) {
    event.preventDefault();
    const sent = text.value;
    const { files } = form.elements;
    if ((!sent.trim() && !files.files.length) || form.dataset.sending) return;
    form.dataset.sending = "yes";
    const then = window.indgang.hold(talk);
    try {
      const headers = { "HX-Request": "true", "HX-Target": "chat-talk", "X-Shown": window.indgang.shownIn(talk) };
      const answer = await fetch(form.action, { method: "POST", headers, body: new FormData(form) });
      if (answer.status === 422) {
        window.indgang.tell(refusal(await answer.text()));
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      window.indgang.place(talk, await answer.text(), then);
      if (text.value === sent) text.value = "";
      files.value = "";
      form.elements.client_id.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      typed = 0;
    } catch {
      window.indgang.tell(document.body.dataset.textFault);
    } finally {
      delete form.dataset.sending;
      window.indgang.release(talk);
    }
  }

  // "is typing" stops by itself
  const place = document.getElementById("chat-typing");
  let clearing = null;
  new MutationObserver(() => {
    clearTimeout(clearing);
    if (place.textContent.trim()) clearing = setTimeout(() => place.replaceChildren(), SHOWN);
  }).observe(place, { childList: true, characterData: true, subtree: true });

  form.addEventListener("submit", send);
  text.addEventListener("input", () => {
    const now = Date.now();
    if (!text.value || now - typed < EVERY) return;
    typed = now;
    fetch(form.dataset.typing, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
  });
})();
