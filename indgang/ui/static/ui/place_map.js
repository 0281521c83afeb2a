// A place on a map. [data-place] around the field with the coordinates ("55.6761, 12.5683") has the texts; with data-tiles it
// gets a map that is moved with the arrow keys, and Enter or a button puts the place in its middle. The position of the
// device needs no map. [data-shows-place] shows a place and changes nothing. Without this script the place is text.
(() => {
  const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;
  const written = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  const read = (text) => {
    const found = PAIR.exec(text);
    return found && Math.abs(found[1]) <= 90 && Math.abs(found[2]) <= 180 ? L.latLng(+found[1], +found[2]) : null;
  };

  function mapIn(root, box, at) {
    const { tiles, credit, start } = root.dataset;
    const [lat, lon, zoom] = start.split(",").map(Number);
    const options = { keyboard: true, keyboardPanDelta: 60, attributionControl: Boolean(credit), zoomControl: false };
    const map = L.map(box, options).setView(at ?? [lat, lon], at ? 16 : zoom);
    map.attributionControl?.setPrefix(false);
    L.tileLayer(tiles, { attribution: credit, maxZoom: 19 }).addTo(map);
    return map;
  }

  function markIn(map) {
    let mark = null;
    return (at) => {
      mark?.remove();
      mark = at && L.circleMarker(at, { radius: 10, className: "place-mark", interactive: false }).addTo(map);
      if (at) map.panTo(at, { animate: false });
    };
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function choose(root) {
    const words = root.dataset;
    const input = root.querySelector("input");
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    const buttons = document.createElement("p");
    buttons.className = "place-buttons";
    root.querySelector("summary").after(buttons);
    let map = null;
    let show = () => {};

    const put = (at, text) => {
      input.value = at ? written(at) : "";
      show(at);
      said.textContent = text.replace("#place", input.value);
    };

    if (words.tiles && window.L) {
      const frame = document.createElement("div");
      frame.className = "place-frame";
      const box = document.createElement("div");
      box.className = "place-map";
      frame.append(box);
      buttons.before(frame);
      map = mapIn(root, box, read(input.value));
      box.setAttribute("role", "application");
      box.setAttribute("aria-label", words.map);
      show = markIn(map);
      show(read(input.value));
      const here = () => put(map.getCenter(), words.placed);
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target !== box) return;
        event.preventDefault();
        here();
      });
      map.on("click", ({ latlng }) => put(latlng, words.placed));
      buttons.append(button(words.here, here));
      buttons.append(button(words.nearer, () => map.zoomIn()), button(words.farther, () => map.zoomOut()));
      input.addEventListener("change", () => show(read(input.value)));
    }
    if (navigator.geolocation && window.isSecureContext && window.L) {
      buttons.append(button(words.mine, () => {
        said.textContent = words.asking;
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => (map?.setZoom(16), put(L.latLng(coords.latitude, coords.longitude), words.placed)),
          () => (said.textContent = words.unknown),
          { enableHighAccuracy: true, timeout: 15000 },
        );
      }));
    }
    buttons.append(button(words.none, () => put(null, words.removed)));
    input.after(said);
    input.closest("details").open = true;
    map?.invalidateSize();
  }

  for (const root of document.querySelectorAll("[data-place]")) choose(root);
  for (const root of document.querySelectorAll("[data-shows-place]")) {
    const at = window.L && root.dataset.tiles && read(root.dataset.showsPlace);
    if (!at) continue;
    root.hidden = false;
    const map = mapIn(root, root, at);
    markIn(map)(at);
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", root.dataset.map);
  }
})();
