// Boxes from Indgang on any website:  <div data-indgang="soeg"></div> <script src="https://…/embed.js" async></script>
// Also "chat", "aabningstider/<centre>", "svar/<article>" and "mening/<unit>/<kind>"; data-language="en" for English. Sets
// no cookies and tracks nobody. While a chat is under way in a browser that gives boxes no storage, its address is kept in
// this tab's. With data-visit on the script, the tab keeps the paths of the first ten pages for an answer to "mening".
(() => {
  const home = new URL(".", document.currentScript.src);
  const keepsVisit = "visit" in document.currentScript.dataset;
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

  // The page around a box with questions goes after the #, which browsers do not send: the box is the same everywhere.
  function withPage(address) {
    if (!address.pathname.includes("/embed/mening/")) return address;
    const told = new URLSearchParams({ side: location.host + location.pathname });
    if (keepsVisit) told.set("set", visit().join("\n"));
    address.hash = told;
    return address;
  }

  function visit() {
    let seen = [];
    stored((kept) => {
      seen = JSON.parse(kept.getItem("indgang-visit") ?? "[]");
      if (seen.length >= 10 || seen.at(-1) === location.pathname) return;
      seen.push(location.pathname);
      kept.setItem("indgang-visit", JSON.stringify(seen));
    });
    return seen;
  }

  if (keepsVisit) visit();
  for (const place of document.querySelectorAll("[data-indgang]:empty")) {
    const frame = document.createElement("iframe");
    if (place.dataset.indgang.startsWith("mening/")) frame.loading = "lazy";
    frame.src = withPage(addressOf(place));
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
