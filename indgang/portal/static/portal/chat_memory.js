// Which chat this browser has under way: the address of its page, until the chat ends. In a box, browsers keep it apart
// for each surrounding site. A browser that gives boxes no storage remembers it with the surrounding site, in its tab,
// when the body says that our settings name the sites (data-trusts-site); embed.js stores it there.
(() => {
  const NAME = "indgang-chat";

  function tried(act) {
    try {
      return act(localStorage) ?? "";
    } catch {
      return null;
    }
  }

  function tellSite(address) {
    if (parent === window || !("trustsSite" in document.body.dataset)) return;
    // embed.js names the frame after the site; Firefox has no ancestorOrigins, and our pages send no referrer
    const named = /^https?:\/\/[^/]+$/.test(window.name) ? window.name : "";
    const site = location.ancestorOrigins?.[0] || named;
    if (site) parent.postMessage({ indgang: "chat", at: address }, site);
  }

  window.indgang = Object.assign(window.indgang || {}, {
    chatMemory: {
      // the visitor's key, which ends the address
      key: () => /^\/[\w/-]*\/([\w-]+)\/$/.exec(tried((kept) => kept.getItem(NAME)))?.[1],
      keep: (address) => tried((kept) => kept.setItem(NAME, address)) ?? tellSite(address),
      forget: () => tried((kept) => kept.removeItem(NAME)) ?? tellSite(""),
    },
  });
})();
