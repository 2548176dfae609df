/* <place-pick for="id of the town field" leaflet="…" leaflet-css="…" borders="borders.geojson"? tiles="…"? attribution="…">
     two hidden inputs (lat, lon)
   </place-pick>
   A map, opened by choice, on which one place is marked: by a click, or by keyboard with the middle of the map. Without
   script the town field alone does. */
function loadLeaflet(place) {
  if (window.L) return Promise.resolve(window.L);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = place.getAttribute("leaflet-css");
  document.head.querySelector("link[rel=stylesheet]").before(style);
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = place.getAttribute("leaflet");
    element.addEventListener("load", () => resolve(window.L));
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

function button(text, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button third";
  element.textContent = text;
  element.addEventListener("click", onClick);
  return element;
}

class PlacePick extends HTMLElement {
  #lat;
  #lon;
  #map;
  #marker;
  #said;
  #unmark;

  connectedCallback() {
    [this.#lat, this.#lon] = this.querySelectorAll("input[type=hidden]");
    if (!this.#lon || this.#said) return;
    const fold = document.createElement("details");
    fold.className = "fold";
    const summary = document.createElement("summary");
    summary.textContent = "Označit místo na mapě";
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = "Neoznačujte prosím svůj dům. Místo bude na webu s přesností asi na sto metrů.";
    const canvas = document.createElement("div");
    canvas.className = "map-canvas";
    canvas.setAttribute("role", "region");
    canvas.setAttribute("aria-label", "Mapa, na které označíte místo");
    this.#said = document.createElement("p");
    this.#said.setAttribute("role", "status");
    this.#unmark = button("Zrušit značku", () => this.#put(null));
    const row = document.createElement("div");
    row.className = "buttons";
    row.append(button("Označit střed mapy", () => this.#map && this.#put(this.#map.getCenter())), this.#unmark);
    fold.append(summary, hint, canvas, this.#said, row);
    this.append(fold);
    fold.open = Boolean(this.#lat.value);
    fold.addEventListener("toggle", () => this.#show(fold, canvas, row));
    if (fold.open) this.#show(fold, canvas, row);
    this.#tell();
  }

  disconnectedCallback() {
    this.#map?.remove();
    this.#map = undefined;
  }

  async #show(fold, canvas, row) {
    if (!fold.open || this.#map) return;
    try {
      const [L, borders] = await Promise.all([loadLeaflet(this), this.#borders()]);
      // An empty sheet shows nobody where anything is.
      if (!this.getAttribute("tiles") && !borders?.features.length) throw new Error("nothing to draw");
      if (!this.#map) this.#draw(L, canvas, borders);
    } catch {
      canvas.hidden = true;
      row.hidden = true;
      this.#said.textContent = "Mapu teď nemáme. Stačí napsat obec.";
    }
  }

  async #borders() {
    if (!this.hasAttribute("borders")) return null;
    const answer = await fetch(this.getAttribute("borders")).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  #draw(L, canvas, borders) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = L.map(canvas, { scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still, zoomControl: false });
    this.#map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: "Přiblížit", zoomOutTitle: "Oddálit" }).addTo(this.#map);
    if (this.getAttribute("tiles")) {
      L.tileLayer(this.getAttribute("tiles"), { attribution: this.getAttribute("attribution") ?? "" }).addTo(this.#map);
    }
    const land = borders?.features.length
      ? L.geoJSON(borders, { interactive: false, style: { className: "map-borders", fill: true } }).addTo(this.#map)
      : null;
    this.#map.on("click", (event) => this.#put(event.latlng));
    if (this.#lat.value) {
      this.#map.setView([this.#lat.value, this.#lon.value], 13);
      this.#mark({ lat: this.#lat.value, lng: this.#lon.value });
    } else if (land) this.#map.fitBounds(land.getBounds(), { animate: false });
    else this.#map.setView([49.8, 15.5], 7);
  }

  #put(place) {
    this.#lat.value = place ? place.lat.toFixed(4) : "";
    this.#lon.value = place ? place.lng.toFixed(4) : "";
    this.#mark(place);
    this.#tell();
    // For those who keep what is typed.
    this.#lat.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #mark(place) {
    this.#marker?.remove();
    this.#marker = undefined;
    if (!place || !this.#map) return;
    const icon = window.L.divIcon({ className: "map-place", iconSize: [24, 24] });
    this.#marker = window.L.marker([place.lat, place.lng], { icon, keyboard: false, alt: "Označené místo" }).addTo(this.#map);
  }

  #tell() {
    this.#said.textContent = this.#lat.value ? "Místo je označené." : "Klepněte na mapu. Nic označovat nemusíte.";
    this.#unmark.hidden = !this.#lat.value;
  }
}
customElements.define("place-pick", PlacePick);
