/* <place-map src="places.geojson" borders="borders.geojson"? tiles="https://…/{z}/{x}/{y}.png"? attribution="…"
     leaflet="…" leaflet-css="…" cluster="…" label="Mapa služeb">
   Points of a GeoJSON on a quiet base; properties: id, name, url, note?, more? (a second line). Clusters,
   reachable by keyboard. A list item with data-place="id" and its point light each other up; clicking a
   point brings the item into view. Leaflet is loaded only where this element stands; without script the
   list beside says the same. */
let library;

function script(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error(url)));
    document.head.append(element);
  });
}

function load(map) {
  library ??= (async () => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = map.getAttribute("leaflet-css");
    // Before our own styles, which then need no tricks to win.
    document.head.querySelector("link[rel=stylesheet]").before(style);
    await script(map.getAttribute("leaflet"));
    await script(map.getAttribute("cluster"));
    return window.L;
  })();
  return library;
}

async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

class PlaceMap extends HTMLElement {
  #map;
  #group;
  #markers = new Map();
  #watcher;
  #onList = (event) => {
    const item = event.target.closest?.("[data-place]");
    if (item) this.#light(item.dataset.place, event.type !== "mouseout" && event.type !== "focusout");
  };

  connectedCallback() {
    // A map below the fold of a phone costs nothing until somebody comes near it.
    this.#watcher = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      this.#watcher.disconnect();
      this.#draw().catch(() => this.#say("Mapu se nepodařilo načíst. Totéž najdete v seznamu."));
    }, { rootMargin: "200px" });
    this.#watcher.observe(this);
  }

  disconnectedCallback() {
    this.#watcher?.disconnect();
    for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) {
      document.removeEventListener(type, this.#onList);
    }
    this.#map?.remove();
    this.#map = undefined;
  }

  #say(text) {
    const said = document.createElement("p");
    said.className = "map-wait";
    said.setAttribute("role", "status");
    said.textContent = text;
    this.replaceChildren(said);
  }

  async #draw() {
    const [L, places, borders] = await Promise.all([
      load(this),
      json(this.getAttribute("src")),
      this.hasAttribute("borders") ? json(this.getAttribute("borders")).catch(() => null) : null,
    ]);
    const canvas = document.createElement("div");
    canvas.className = "map-canvas";
    canvas.setAttribute("role", "region");
    canvas.setAttribute("aria-label", this.getAttribute("label") ?? "Mapa");
    this.replaceChildren(canvas);

    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = L.map(canvas, {
      zoomControl: false,
      scrollWheelZoom: false,
      minZoom: 5,
      maxZoom: 18,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
    });
    // Leaflet hears Escape only while the map itself has the focus, not a link in a popup.
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#map.closePopup();
    });
    this.#map.attributionControl.setPrefix(false);
    // The wheel belongs to the page until somebody has shown interest in the map.
    this.#map.on("focus click", () => this.#map.scrollWheelZoom.enable());
    this.#map.on("blur", () => this.#map.scrollWheelZoom.disable());
    L.control.zoom({ zoomInTitle: "Přiblížit", zoomOutTitle: "Oddálit" }).addTo(this.#map);
    if (this.getAttribute("tiles")) {
      L.tileLayer(this.getAttribute("tiles"), { attribution: this.getAttribute("attribution") ?? "" }).addTo(this.#map);
    }
    let land;
    if (borders) {
      land = L.geoJSON(borders, { interactive: false, style: { className: "map-borders", fill: true } }).addTo(this.#map);
    }
    this.#group = L.markerClusterGroup({
      animate: !still,
      showCoverageOnHover: false,
      maxClusterRadius: 44,
      chunkedLoading: true,
      iconCreateFunction: (cluster) => bubble(L, cluster.getChildCount()),
    });
    for (const feature of places.features) this.#group.addLayer(this.#marker(L, feature));
    this.#map.addLayer(this.#group);

    const bounds = this.#group.getBounds();
    if (bounds.isValid()) this.#map.fitBounds(bounds.pad(0.08), { maxZoom: 14, animate: false });
    else if (land) this.#map.fitBounds(land.getBounds(), { animate: false });
    else this.#map.setView([49.8, 15.5], 7);

    for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) {
      document.addEventListener(type, this.#onList);
    }
    this.dispatchEvent(new CustomEvent("map-ready", { bubbles: true }));
  }

  #marker(L, feature) {
    const { id, name, url, note, more } = feature.properties;
    const [lon, lat] = feature.geometry.coordinates;
    const marker = L.marker([lat, lon], {
      icon: L.divIcon({ className: "map-place", iconSize: [24, 24] }),
      title: name,
      alt: name,
      keyboard: true,
    });
    marker.bindPopup(() => popup({ name, url, note, more }), { maxWidth: 260, closeButton: true });
    marker.on("popupopen", (event) => {
      this.#light(String(id), true);
      item(id)?.scrollIntoView({ block: "nearest" });
      const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      close?.setAttribute("aria-label", "Zavřít");
      event.popup.getElement().querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus({ preventScroll: true });
    });
    marker.on("popupclose", () => {
      this.#light(String(id), false);
      marker.getElement()?.focus({ preventScroll: true });
    });
    const key = String(id);
    this.#markers.set(key, [...(this.#markers.get(key) ?? []), marker]);
    return marker;
  }

  /* A service may have several places; a place inside a cluster lights up its cluster. */
  #light(id, on) {
    for (const marker of this.#markers.get(id) ?? []) {
      this.#group.getVisibleParent(marker)?.getElement()?.classList.toggle("is-current", on);
    }
    item(id)?.classList.toggle("is-current", on);
  }
}

function item(id) {
  return document.querySelector(`[data-place="${CSS.escape(id)}"]`);
}

function bubble(L, count) {
  const size = count < 10 ? 34 : count < 100 ? 42 : 52;
  const word = count < 5 ? "místa" : "míst";
  return L.divIcon({
    className: "map-cluster",
    iconSize: [size, size],
    html: `<span>${count}</span><span class="visually-hidden"> ${word}, přiblížit</span>`,
  });
}

/* Names come from data: they are put in as text, never as HTML. */
function popup({ name, url, note, more }) {
  const box = document.createElement("div");
  for (const [text, address] of [[name, url], [note], [more]]) {
    if (!text) continue;
    const line = document.createElement("p");
    const inside = address ? document.createElement("a") : line;
    inside.textContent = text;
    if (address) {
      inside.href = address;
      line.append(inside);
    }
    box.append(line);
  }
  return box;
}
customElements.define("place-map", PlaceMap);
