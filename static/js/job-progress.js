/* <job-progress id="…" src="/uloha/…/"> shows how far a job is. Asks `src` for a page that holds the same
   element and takes its inside, until the page answers without `src`. Inside [data-reload-when-finished]
   the page is then loaded anew, for what the job made. Without script there is a link to reload. */
class JobProgress extends HTMLElement {
  #timer;
  #wait = 1000;

  connectedCallback() {
    this.#later();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #later() {
    if (this.hasAttribute("src")) this.#timer = setTimeout(() => this.#ask(), this.#wait);
  }

  async #ask() {
    try {
      const answer = await fetch(this.getAttribute("src"));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(this.id);
      if (answer.ok && fresh) {
        this.replaceChildren(...fresh.childNodes);
        if (!fresh.hasAttribute("src")) {
          this.removeAttribute("src");
          this.dispatchEvent(new CustomEvent("job-finished", { bubbles: true }));
          if (this.closest("[data-reload-when-finished]")) location.reload();
        }
      }
    } catch {
      // The connection broke; the job runs on, so does asking.
    }
    this.#wait = Math.min(this.#wait * 1.3, 5000);
    this.#later();
  }
}
customElements.define("job-progress", JobProgress);
