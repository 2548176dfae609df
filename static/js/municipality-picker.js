/* <municipality-picker src="…/hranice.geojson" leaflet="…" leaflet-css="…" orps="orps" orp="5207"?>
     a field with a textarea: municipalities by name, one a line
   </municipality-picker>
   Adds a map and a list of one ORP at a time; both write names into the textarea and follow what is typed
   there. `orps` is the name of the checkboxes of whole ORPs, from which the ORP is chosen. Without script the
   textarea alone does. */
function loadOnce(map) {
  if (window.L) return Promise.resolve(window.L);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = map.getAttribute("leaflet-css");
  document.head.querySelector("link[rel=stylesheet]").before(style);
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = map.getAttribute("leaflet");
    element.addEventListener("load", () => resolve(window.L));
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class MunicipalityPicker extends HTMLElement {
  #text;
  #map;
  #layer;
  #list;
  #said;
  #towns = [];

  connectedCallback() {
    this.#text = this.querySelector("textarea");
    const orps = [...document.querySelectorAll(`input[name="${CSS.escape(this.getAttribute("orps"))}"]`)];
    if (!this.#text || !orps.length || this.#list) return;
    const fold = made("details", "fold");
    fold.append(made("summary", "", "Vybrat obce na mapě nebo ze seznamu"), this.#tools(orps));
    fold.addEventListener("toggle", () => fold.open && !this.#towns.length && this.#show(), { once: false });
    this.append(fold);
    this.#text.addEventListener("input", () => this.#follow());
  }

  disconnectedCallback() {
    this.#map?.remove();
    this.#map = undefined;
  }

  #tools(orps) {
    const box = made("div", "picker");
    const row = made("div", "field-row");
    this.orp = made("select", "");
    for (const one of orps) {
      this.orp.append(new Option(one.closest("label").textContent.trim(), one.value, false, one.value === this.getAttribute("orp")));
    }
    this.orp.addEventListener("change", () => this.#show());
    this.search = made("input", "");
    this.search.type = "search";
    this.search.addEventListener("input", () => this.#narrow());
    // Enter here looks, it does not send the form.
    this.search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    row.append(labelled("Které ORP", this.orp), labelled("Hledat obec", this.search));
    this.canvas = made("div", "picker-map");
    this.canvas.setAttribute("role", "region");
    this.canvas.setAttribute("aria-label", "Mapa obcí");
    this.#list = made("ul", "picker-list");
    this.#said = made("p", "hint");
    this.#said.setAttribute("role", "status");
    box.append(row, this.#said, this.canvas, this.#list);
    return box;
  }

  async #show() {
    try {
      const answer = await fetch(`${this.getAttribute("src")}?orp=${encodeURIComponent(this.orp.value)}`);
      if (!answer.ok) throw new Error(answer.status);
      this.#towns = (await answer.json()).features;
      this.#fill();
      this.#draw(await loadOnce(this));
      this.#follow();
    } catch {
      this.#said.textContent = "Mapu se nepodařilo načíst. Obce můžete napsat nahoře.";
    }
  }

  #fill() {
    this.search.value = "";
    this.#list.replaceChildren(
      ...this.#towns.map((town) => {
        const item = made("li", "");
        const label = made("label", "choice");
        const box = made("input", "");
        box.type = "checkbox";
        box.value = town.id;
        // It has no name: only the textarea is sent.
        box.addEventListener("change", () => this.#pick(town, box.checked));
        label.append(box, made("span", "", town.properties.name));
        item.append(label);
        return item;
      }),
    );
  }

  #draw(L) {
    const drawn = this.#towns.filter((town) => town.geometry?.coordinates.length);
    this.canvas.hidden = !drawn.length;
    if (!drawn.length) return;
    if (!this.#map) {
      this.#map = L.map(this.canvas, { zoomControl: true, scrollWheelZoom: false, attributionControl: false, keyboard: false });
    }
    this.#layer?.remove();
    this.#layer = L.geoJSON({ type: "FeatureCollection", features: drawn }, {
      style: { className: "picker-town" },
      onEachFeature: (town, shape) => {
        shape.bindTooltip(document.createTextNode(town.properties.name).textContent, { direction: "top" });
        shape.on("click", () => this.#pick(town, !this.#isPicked(town)));
      },
    }).addTo(this.#map);
    this.#map.invalidateSize();
    this.#map.fitBounds(this.#layer.getBounds(), { animate: false });
  }

  #lines() {
    return this.#text.value.split(/[\n,;]/).map((line) => line.trim()).filter(Boolean);
  }

  /* A line means a town when it is its written name, its code, or its bare name. */
  #means(line, town) {
    return [town.properties.written, town.properties.name, town.id].some((name) => plain(name) === plain(line));
  }

  #isPicked(town) {
    return this.#lines().some((line) => this.#means(line, town));
  }

  #pick(town, on) {
    const others = this.#lines().filter((line) => !this.#means(line, town));
    this.#text.value = [...others, ...(on ? [town.properties.written] : [])].join("\n");
    // For those who keep what is typed.
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* List and map as the textarea says. */
  #follow() {
    const picked = new Set(this.#towns.filter((town) => this.#isPicked(town)).map((town) => town.id));
    for (const box of this.#list.querySelectorAll("input")) box.checked = picked.has(box.value);
    this.#layer?.eachLayer((shape) => shape.getElement()?.classList.toggle("is-picked", picked.has(shape.feature.id)));
    if (this.#towns.length) this.#said.textContent = `Vybráno ${picked.size} z ${this.#towns.length} obcí tohoto ORP.`;
  }

  #narrow() {
    const wanted = plain(this.search.value.trim());
    for (const item of this.#list.children) item.hidden = !plain(item.textContent).includes(wanted);
  }
}

let numbered = 0;

function labelled(text, control) {
  control.id = `picker-${(numbered += 1)}`;
  const field = made("div", "field");
  const label = made("label", "", text);
  label.htmlFor = control.id;
  field.append(label, control);
  return field;
}
customElements.define("municipality-picker", MunicipalityPicker);
