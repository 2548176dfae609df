/* My selection: which services a person has put aside, kept in this browser only (no cookie, no sign-in).
   <selection-toggle ref="12"><button class="button second" type="button">Přidat do výběru</button></selection-toggle>
   <selection-bar url="/vyber/" hidden> [data-count] [data-open] [data-clear] </selection-bar>
   The bar's link carries the ids in its address (?s=12,15), so the selection can be shared and printed. */
const KEY = "pospolu.vyber";

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").map(String);
  } catch {
    return [];
  }
}

function keep(refs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(refs));
  } catch {
    // A browser that keeps nothing: the selection lasts as long as nobody asks for it.
  }
  document.dispatchEvent(new CustomEvent("selection-changed"));
}

class SelectionToggle extends HTMLElement {
  #show = () => {
    const on = chosen().includes(this.getAttribute("ref"));
    const button = this.querySelector("button");
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? (this.getAttribute("added") ?? "Ve výběru, odebrat") : this.wording;
  };

  connectedCallback() {
    const button = this.querySelector("button");
    this.wording ??= button.textContent;
    button.addEventListener("click", () => {
      const ref = this.getAttribute("ref");
      const refs = chosen();
      keep(refs.includes(ref) ? refs.filter((other) => other !== ref) : [...refs, ref]);
    });
    document.addEventListener("selection-changed", this.#show);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("selection-changed", this.#show);
  }
}

class SelectionBar extends HTMLElement {
  #show = () => {
    const refs = chosen();
    const count = refs.length;
    const word = count === 1 ? "služba" : count > 1 && count < 5 ? "služby" : "služeb";
    this.querySelector("[data-count]").textContent = `Ve výběru: ${count} ${word}`;
    const url = new URL(this.getAttribute("url"), location.href);
    url.search = `s=${refs.join(",")}`;
    this.querySelector("[data-open]").href = url.href;
    this.hidden = count === 0;
  };

  connectedCallback() {
    this.querySelector("[data-clear]").addEventListener("click", () => keep([]));
    document.addEventListener("selection-changed", this.#show);
    addEventListener("storage", this.#show);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("selection-changed", this.#show);
    removeEventListener("storage", this.#show);
  }
}
customElements.define("selection-toggle", SelectionToggle);
customElements.define("selection-bar", SelectionBar);
