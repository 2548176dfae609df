/* <suggest-box src="/napoveda/"><input name="q"></suggest-box>
   A combobox with a list (WAI-ARIA 1.2) over `src?q=…`, which answers
   {"items": [{"label": "…", "hint": "…"?, "value": "…"?, "url": "…"?}]}.
   Choosing an item goes to its `url`, or fills in its `value` (label where there is none). With `submit` the
   form is then sent. Without `src` or script it is a plain input. */
class SuggestBox extends HTMLElement {
  #input;
  #list;
  #status;
  #items = [];
  #at = -1;
  #timer;
  #asking;

  connectedCallback() {
    this.#input = this.querySelector("input");
    if (!this.getAttribute("src") || !this.#input) return;
    this.#list = document.createElement("ul");
    this.#list.className = "suggestions";
    this.#list.id = `${this.#input.id}-suggestions`;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", this.getAttribute("label") ?? "Návrhy");
    this.#status = document.createElement("span");
    this.#status.className = "visually-hidden";
    this.#status.setAttribute("role", "status");
    this.append(this.#list, this.#status);

    const input = this.#input;
    // A search field is no combobox to all readers; the list needs the role of a plain text field.
    if (input.type === "search") input.type = "text";
    input.enterKeyHint = "search";
    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.#list.id);
    input.addEventListener("input", () => this.#later());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    // The list must not take the focus from the input, or blur would close it before the click.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.at));
    });
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), 150);
  }

  async #ask() {
    this.#asking?.abort();
    const text = this.#input.value.trim();
    if (text.length < 2) return this.#close();
    this.#asking = new AbortController();
    const url = new URL(this.getAttribute("src"), location.href);
    url.searchParams.set("q", text);
    try {
      const answer = await fetch(url, { signal: this.#asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.#show((await answer.json()).items ?? []);
    } catch {
      // Overtaken by the next letter, or no connection: the plain form still works.
    }
  }

  #show(items) {
    this.#items = items;
    this.#at = -1;
    this.#list.replaceChildren(
      ...items.map((item, at) => {
        const option = document.createElement("li");
        option.id = `${this.#list.id}-${at}`;
        option.dataset.at = at;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = item.label;
        if (item.hint) {
          const hint = document.createElement("small");
          hint.textContent = item.hint;
          option.append(" ", hint);
        }
        return option;
      }),
    );
    const open = items.length > 0 && document.activeElement === this.#input;
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    this.#input.removeAttribute("aria-activedescendant");
    const count = items.length;
    const word = count === 1 ? "návrh" : count > 1 && count < 5 ? "návrhy" : "návrhů";
    this.#status.textContent = count ? `${count} ${word}, vybírejte šipkami` : "";
  }

  #key(event) {
    if (event.key === "Escape" && !this.#list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.#list.hidden) return this.#ask();
      // One place more than items: -1 is the input itself, so that what was typed can be reached again.
      const places = this.#items.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#mark(((this.#at + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && this.#at >= 0) {
      event.preventDefault();
      this.#choose(this.#at);
    }
  }

  #mark(at) {
    this.#at = at;
    for (const option of this.#list.children) {
      option.setAttribute("aria-selected", String(Number(option.dataset.at) === at));
    }
    const chosen = this.#list.children[at];
    if (chosen) {
      this.#input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.#input.removeAttribute("aria-activedescendant");
    }
  }

  #choose(at) {
    const item = this.#items[at];
    this.#close();
    if (item.url) {
      location.assign(this.#address(item));
      return;
    }
    this.#input.value = item.value ?? item.label;
    this.#input.dispatchEvent(new Event("change", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("suggestion", { detail: item, bubbles: true }));
    if (this.hasAttribute("submit")) this.#input.form?.requestSubmit();
  }

  /* A suggestion answers this question only; what else the form was told (a place) goes with it. */
  #address(item) {
    const url = new URL(item.url, location.href);
    const form = this.#input.form;
    if (!form || url.pathname !== new URL(form.action).pathname) return url;
    for (const [name, value] of new FormData(form)) {
      if (value && name !== this.#input.name && !url.searchParams.has(name)) url.searchParams.append(name, value);
    }
    return url;
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#at = -1;
    this.#list.hidden = true;
    this.#status.textContent = "";
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }
}
customElements.define("suggest-box", SuggestBox);
