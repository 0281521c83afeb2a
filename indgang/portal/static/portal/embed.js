// Boxes from Indgang on any website:  <div data-indgang="soeg"></div> <script src="https://…/embed.js" async></script>
// Also "chat", "aabningstider/<centre>" and "svar/<article>"; data-language="en" for English. Sets no cookies and tracks
// nobody.
(() => {
  const home = new URL(".", document.currentScript.src);
  const frames = new Map();
  for (const place of document.querySelectorAll("[data-indgang]:empty")) {
    const frame = document.createElement("iframe");
    const language = place.dataset.language === "en" ? "en/" : "";
    frame.src = new URL(`${language}embed/${place.dataset.indgang.replace(/\/*$/, "/")}`, home);
    frame.title = place.dataset.title || "Indgang";
    frame.style.cssText = "width:100%;height:280px;border:0;display:block";
    place.append(frame);
    frames.set(frame, place);
  }
  addEventListener("message", (event) => {
    if (event.origin !== home.origin || event.data?.indgang !== "height") return;
    for (const frame of frames.keys()) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.min(event.data.height, 3000)}px`;
    }
  });
})();
