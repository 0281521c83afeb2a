// A visitor's chat: sends without loading the page, tells that somebody types, and folds up with Escape. New lines come
// through ui/live.js. A message keeps its id until it has arrived, so that a repeat after a lost answer is stored once.
(() => {
  const chat = document.getElementById("chat");
  const form = document.getElementById("chat-form");
  const talk = document.getElementById("chat-talk");
  const fault = document.getElementById("chat-fault");
  const text = form.elements.text;
  const EVERY = 4_000;
  const SHOWN = 6_000;
  let typed = 0;
  let clearing = null;

  for (const name of ["textLate", "textFailing", "textFault"]) document.body.dataset[name] = chat.dataset[name];
  window.indgang = Object.assign(window.indgang || {}, { tell });
  for (const link of document.querySelectorAll(".chat-reload")) link.hidden = true;

  function tell(words) {
    fault.textContent = words;
    fault.hidden = !words;
  }

  // After every change: no more can be sent when it is over, and the browser finds the chat again while it is not.
  function settled() {
    const over = Boolean(talk.querySelector("[data-over]"));
    form.hidden = over;
    for (const each of document.querySelectorAll(".chat-end")) each.hidden = over;
    if (over) window.indgang.chatMemory.forget();
    else window.indgang.chatMemory.keep(chat.dataset.here);
  }

  // The sentence of a refused message: the server puts it before the lines.
  function refusal(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    return fresh.content.querySelector("[data-refused]")?.textContent ?? chat.dataset.textFault;
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
        tell(refusal(await answer.text()));
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      window.indgang.place(talk, await answer.text(), then);
      settled();
      tell("");
      if (text.value === sent) text.value = "";
      files.value = "";
      form.elements.client_id.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      typed = 0;
    } catch {
      tell(chat.dataset.textFault);
    } finally {
      delete form.dataset.sending;
      window.indgang.release(talk);
    }
  }

  function typing() {
    const now = Date.now();
    if (!text.value || now - typed < EVERY) return;
    typed = now;
    fetch(chat.dataset.typing, { method: "POST" }).catch(() => {});
  }

  // "is typing" stops by itself
  new MutationObserver(() => {
    const place = document.getElementById("chat-typing");
    clearTimeout(clearing);
    if (place.textContent.trim()) clearing = setTimeout(() => place.replaceChildren(), SHOWN);
  }).observe(document.getElementById("chat-typing"), { childList: true, characterData: true, subtree: true });

  form.addEventListener("submit", send);
  text.addEventListener("input", typing);
  talk.addEventListener("htmx:afterSettle", settled);
  chat.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !chat.open) return;
    chat.open = false;
    chat.querySelector("summary").focus();
  });
  settled();
})();
