// Keeps the paths of the first ten pages of the visit in this tab, without the query, until it is closed. They leave the
// browser only with an answer to the questions below a page (opinion.js).
(() => {
  try {
    const seen = JSON.parse(sessionStorage.getItem("indgang-visit") ?? "[]");
    const here = location.pathname;
    if (seen.length >= 10 || seen.at(-1) === here) return;
    sessionStorage.setItem("indgang-visit", JSON.stringify([...seen, here]));
  } catch {
    // no storage: the answer comes without the pages
  }
})();
