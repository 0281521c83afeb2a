// Changes an element into the server's new version, node by node. Equal nodes stay the same nodes, so the focus, typed
// text, an open menu, the scroll position and playing sound are not disturbed.
//
// `indgang.morph(element, fresh, inner)`: `fresh` is the new element, or with `inner` a fragment of new content.
(() => {
  // the user opens and closes these, never the server
  const OPENED = new Set(["DETAILS", "DIALOG"]);

  // the action of a control without an id; a control with another action is not the same one
  const DOES = ["name", "href", "hx-get", "hx-post", "hx-put", "hx-delete", "hx-vals"];

  function idsOf(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    return [node, ...node.querySelectorAll("[id]")].map((each) => each.id).filter(Boolean);
  }

  function keeps(old, name) {
    if (name === "open") return OPENED.has(old.nodeName);
    return name === "tabindex" && old === document.activeElement;
  }

  function attributes(old, fresh) {
    for (const { name, value } of fresh.attributes) {
      if (!keeps(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (!keeps(old, name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
  }

  // moveBefore keeps the focus of a moved node; otherwise refocus restores it at the end.
  function put(parent, node, before) {
    if (parent.moveBefore && node.parentNode === parent) parent.moveBefore(node, before);
    else parent.insertBefore(node, before);
  }

  function sameKind(old, fresh) {
    return old.nodeName === fresh.nodeName && (old.id || "") === (fresh.id || "");
  }

  // Without ids, nodes match by position if they have the same kind and action.
  function samePlace(old, fresh) {
    if (fresh.id || !sameKind(old, fresh)) return false;
    if (fresh.nodeType !== Node.ELEMENT_NODE) return true;
    if (idsOf(old).length && idsOf(fresh).length) return false;
    return DOES.every((name) => old.getAttribute(name) === fresh.getAttribute(name));
  }

  // Matches each new node to an old one: by id, by an id inside, or else by order.
  function pairs(olds, freshes) {
    const found = new Map();
    const free = new Set(olds);
    const holders = new Map();
    for (const old of olds) for (const id of idsOf(old)) holders.set(id, old);
    const take = (fresh, choices, fits) => {
      for (const old of choices) {
        if (!free.has(old) || !fits(old, fresh)) continue;
        free.delete(old);
        found.set(fresh, old);
        return;
      }
    };
    for (const fresh of freshes) take(fresh, idsOf(fresh).map((id) => holders.get(id)), sameKind);
    for (const fresh of freshes) if (!found.has(fresh)) take(fresh, free, samePlace);
    free.forEach((old) => old.remove());
    return found;
  }

  function children(old, fresh) {
    const freshes = [...fresh.childNodes];
    const found = pairs([...old.childNodes], freshes);
    let next = old.firstChild;
    for (const node of freshes) {
      const same = found.get(node);
      if (!same) old.insertBefore(node, next);
      else if (same !== next) put(old, same, next);
      if (same) change(same, node);
      if (same === next) next = next?.nextSibling ?? null;
    }
  }

  function change(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    } else if (!old.isEqualNode(fresh)) {
      // typed text and ticks are properties, not attributes, so they stay
      attributes(old, fresh);
      children(old, fresh);
    }
  }

  // The focus returns to its element, or to the part itself if the element is gone.
  function refocus(element, focused) {
    if (!focused || document.activeElement === focused) return;
    if (focused.isConnected && focused.getClientRects().length) {
      focused.focus({ preventScroll: true });
      return;
    }
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }

  function morph(element, fresh, inner) {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    if (inner) children(element, fresh);
    else change(element, fresh);
    refocus(element, focused);
  }

  window.indgang = Object.assign(window.indgang || {}, { morph });
})();
