// A participant's page of a crowdsourcing session: sends answers and ratings without loading the page, so that what is
// being typed elsewhere on it stays. New questions come through ui/live.js.
(() => {
  const crowd = document.getElementById("crowd");
  if (!crowd) return;
  const fault = document.getElementById("crowd-fault");
  const now = document.getElementById("crowd-now");
  const others = document.getElementById("crowd-others");

  document.documentElement.dataset.now = crowd.dataset.now;
  for (const name of ["textLate", "textFailing", "textFault"]) document.body.dataset[name] = crowd.dataset[name];
  window.indgang = Object.assign(window.indgang || {}, { tell });
  for (const link of document.querySelectorAll(".crowd-reload")) link.hidden = true;

  function tell(words) {
    fault.textContent = words;
    fault.hidden = !words;
  }

  // The sentence of a refused answer: the server puts it before the questions.
  function refusal(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.querySelector("[data-refused]")?.textContent ?? crowd.dataset.textFault;
  }

  async function send(event) {
    const form = event.target.closest("form[data-crowd-form]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const part = others.contains(form) ? others : now;
    const text = form.elements.text;
    const sent = text?.value;
    const then = window.indgang.hold(part);
    try {
      const headers = { "HX-Request": "true", "HX-Target": part.id };
      const answer = await fetch(form.action, { method: "POST", headers, body: new FormData(form, event.submitter) });
      if ([403, 404, 422, 429].includes(answer.status)) {
        tell(refusal(await answer.text()));
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const content = await answer.text();
      if (text && text.value === sent) text.value = "";
      window.indgang.place(part, content, then);
      tell("");
    } catch {
      tell(crowd.dataset.textFault);
    } finally {
      delete form.dataset.sending;
      window.indgang.release(part);
    }
  }

  document.addEventListener("submit", send);
})();
