// A ringing call shows in the title of the tab and, in the tab that owns the telephone, plays two soft tones and a
// pause. The help dialog switches the sound off, per browser.
(() => {
  const STORE = "indgang-ring-tone";
  const EVERY = 3_000;
  const box = document.querySelector("[data-ring-tone]");
  const desk = document.getElementById("desk");
  if (!box || !desk) return;
  const title = document.title;
  let sound = null;
  let repeating = null;

  box.checked = localStorage.getItem(STORE) !== "off";
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));

  function tone(at, pitch) {
    const [oscillator, volume] = [sound.createOscillator(), sound.createGain()];
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.12, at + 0.03);
    volume.gain.linearRampToValueAtTime(0, at + 0.4);
    oscillator.connect(volume).connect(sound.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.4);
  }

  function ring() {
    if (!box.checked || !window.indgang?.ownsPhone) return;
    sound ??= new AudioContext();
    if (sound.state === "suspended") sound.resume();
    tone(sound.currentTime, 587);
    tone(sound.currentTime + 0.25, 740);
  }

  function follow() {
    const ringing = document.getElementById("desk-call")?.dataset.stage === "ringing";
    document.title = ringing ? `☎ ${desk.dataset.textRinging}` : title;
    if (ringing && !repeating) {
      ring();
      repeating = setInterval(ring, EVERY);
    } else if (!ringing && repeating) {
      clearInterval(repeating);
      repeating = null;
    }
  }

  document.body.addEventListener("htmx:afterSettle", follow);
  follow();

  // --- the connection of the browser phone ------------------------------------------------------

  const note = document.getElementById("desk-phone-note");
  const said = note.querySelector("[data-said]");

  function show(text) {
    said.textContent = text;
    note.hidden = !text;
  }

  document.addEventListener("phone:registered", () => show(""));
  document.addEventListener("phone:unregistered", (event) => show(event.detail.reason ? desk.dataset.textPhone : ""));
  document.addEventListener("phone:failed", (event) => {
    if (event.detail.reason === "microphone") window.indgang.tell(desk.dataset.textMicrophone);
    else show(desk.dataset.textPhone);
  });
  note.querySelector("button").addEventListener("click", () => document.dispatchEvent(new CustomEvent("phone:again")));
})();
