/* My selection: which services a person has put aside, kept in one functional cookie of their numbers (no sign-in).
   The same cookie is written by the server when there is no script, so both ways show the same selection.
   <selection-toggle ref="12"><button class="button second" form="selection-form" name="pridat" value="12">…</button>
   </selection-toggle>
   <selection-bar url="/vyber/" hidden> [data-count] [data-open] [data-clear] </selection-bar>
   The bar's link carries the ids in its address (?s=12.15), so the selection can be shared and printed. */
const KEY = "vyber";
const MONTH = 30 * 24 * 60 * 60;

function chosen() {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${KEY}=`));
  return (pair?.slice(KEY.length + 1) ?? "").split(".").filter((ref) => /^\d+$/.test(ref));
}

function keep(refs) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = refs.length ? MONTH : 0;
  document.cookie = `${KEY}=${refs.join(".")}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
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
    button.addEventListener("click", (event) => {
      event.preventDefault(); // without script the button sends a form
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
    url.search = `s=${refs.join(".")}`;
    this.querySelector("[data-open]").href = url.href;
    this.hidden = count === 0;
  };

  connectedCallback() {
    this.querySelector("[data-clear]").addEventListener("click", () => keep([]));
    document.addEventListener("selection-changed", this.#show);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("selection-changed", this.#show);
  }
}
customElements.define("selection-toggle", SelectionToggle);
customElements.define("selection-bar", SelectionBar);
