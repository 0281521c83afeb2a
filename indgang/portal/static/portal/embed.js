// Boxes from Indgang on any website:  <div data-indgang="soeg"></div> <script src="https://…/embed.js" async></script>
// Also "chat", "aabningstider/<centre>" and "svar/<article>"; data-language="en" for English. Sets no cookies and tracks
// nobody. While a chat is under way in a browser that gives boxes no storage, its address is kept in this tab's.
(() => {
  const home = new URL(".", document.currentScript.src);
  const frames = new Map();
  const CHAT = "indgang-chat";
  const ADDRESS = /^\/(en\/)?embed\/chat\/[\w-]+\/$/;

  function stored(act) {
    try {
      return act(sessionStorage) ?? "";
    } catch {
      return "";
    }
  }

  function addressOf(place) {
    const known = place.dataset.indgang === "chat" ? stored((kept) => kept.getItem(CHAT)) : "";
    if (ADDRESS.test(known)) return new URL(known, home);
    const language = place.dataset.language === "en" ? "en/" : "";
    return new URL(`${language}embed/${place.dataset.indgang.replace(/\/*$/, "/")}`, home);
  }

  for (const place of document.querySelectorAll("[data-indgang]:empty")) {
    const frame = document.createElement("iframe");
    frame.src = addressOf(place);
    frame.name = location.origin; // for all pages of the box: chat_memory.js answers to it
    frame.title = place.dataset.title || "Indgang";
    frame.style.cssText = "width:100%;height:280px;border:0;display:block";
    place.append(frame);
    frames.set(frame, place);
  }
  addEventListener("message", ({ origin, source, data }) => {
    const frame = [...frames.keys()].find((each) => each.contentWindow === source);
    if (origin !== home.origin || !frame) return;
    if (data?.indgang === "height") frame.style.height = `${Math.min(data.height, 3000)}px`;
    if (data?.indgang !== "chat") return;
    if (ADDRESS.test(data.at)) stored((kept) => kept.setItem(CHAT, data.at));
    else stored((kept) => kept.removeItem(CHAT));
  });
})();
