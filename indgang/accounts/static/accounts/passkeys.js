// Creates passkeys and signs in with them. Where the browser does not support them, the buttons stay hidden.
(() => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  const places = document.querySelectorAll("[data-passkey]");

  async function post(url, what) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(what),
    });
    return answer.json();
  }

  async function make(place) {
    const { publicKey } = await post(place.dataset.asked, {});
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
    const credential = await navigator.credentials.create({ publicKey: options });
    return post(place.dataset.send, { name: place.querySelector("input").value, credential: credential.toJSON() });
  }

  async function show(place) {
    const { publicKey } = await post(place.dataset.asked, {});
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
    const credential = await navigator.credentials.get({ publicKey: options });
    // values typed before the session ended, as in the password form
    const carried = document.querySelector('input[name="carried"]')?.value || "";
    return post(place.dataset.send, { credential: credential.toJSON(), carried });
  }

  async function press(place) {
    const message = place.querySelector("[data-passkey-message]");
    message.textContent = "";
    try {
      const { to, error } = await (place.dataset.passkey === "make" ? make(place) : show(place));
      if (to) location.assign(to);
      else message.textContent = error;
    } catch {
      message.textContent = place.dataset.cancelled;
    }
  }

  for (const place of places) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => press(place));
  }
})();
