/* <quick-exit><a class="button" href="https://…">Rychle odejít</a></quick-exit>
   Leaves the page so that "back" does not return to it; Esc three times does the same. Without script it is
   a plain link. */
class QuickExit extends HTMLElement {
  #presses = [];
  #onKey = (event) => {
    if (event.key !== "Escape") return;
    this.#presses = [...this.#presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
    if (this.#presses.length >= 3) this.leave();
  };

  connectedCallback() {
    this.addEventListener("click", (event) => {
      event.preventDefault();
      this.leave();
    });
    document.addEventListener("keydown", this.#onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#onKey);
  }

  leave() {
    const url = this.querySelector("a").href;
    // The page must be gone from sight at once, even where the other site is slow.
    document.body.hidden = true;
    document.title = "…";
    location.replace(url);
  }
}
customElements.define("quick-exit", QuickExit);
