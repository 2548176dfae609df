/* <filter-form replace="results filters"><form method="get">…</form></filter-form>
   Sends the form as soon as something changes, puts the parts with the given ids in place from the page that
   comes back, keeps the focus and the address, and says the result aloud. Links marked data-filter inside
   the parts (a filter taken away, a sorting, a page) do the same. Without script the form has a button. */
class FilterForm extends HTMLElement {
  #asking;
  #onLink = (event) => {
    const link = event.target.closest?.("a[data-filter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.#go(link.href);
  };
  #onBack = () => this.#load(location.href);

  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.form?.method === "get") this.#go(address(event.target.form));
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go(address(event.target));
    });
    document.addEventListener("click", this.#onLink);
    addEventListener("popstate", this.#onBack);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.#onLink);
    removeEventListener("popstate", this.#onBack);
  }

  async #go(url) {
    if (await this.#load(url)) history.pushState(null, "", url);
  }

  async #load(url) {
    this.#asking?.abort();
    this.#asking = new AbortController();
    let page;
    try {
      const answer = await fetch(url, { signal: this.#asking.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
      return false;
    }
    const focused = mark(document.activeElement);
    const open = [...document.querySelectorAll("details[id]")].map((part) => [part.id, part.open]);
    for (const id of (this.getAttribute("replace") ?? "results").split(" ")) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (fresh && old) old.replaceWith(document.adoptNode(fresh));
    }
    for (const [id, was] of open) {
      const part = document.getElementById(id);
      if (part) part.open = was;
    }
    document.title = page.title;
    focused?.()?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("filtered", { bubbles: true }));
    return true;
  }
}

function address(form) {
  const url = new URL(form.action || location.href, location.href);
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value !== "");
  url.search = new URLSearchParams(filled).toString();
  url.hash = "";
  return url.href;
}

/* How to find the focused control again once its part of the page has been replaced. */
function mark(element) {
  if (!element || element === document.body) return null;
  if (element.id) return () => document.getElementById(element.id);
  if (element.name) {
    const selector = `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
    return () => document.querySelector(selector);
  }
  return () => document.querySelector("#results h2, #results h1");
}
customElements.define("filter-form", FilterForm);
