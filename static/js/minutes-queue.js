/* <minutes-queue src="/…/body/"><p role="status" hidden></p></minutes-queue>
   Over all sections of minutes: how many wait to be saved, and what others have saved meanwhile (asked for every few
   seconds while the page is seen). */
const EVERY = 10_000;

class MinutesQueue extends HTMLElement {
  #place;
  #timer;

  connectedCallback() {
    this.#place = this.querySelector("[role=status]");
    document.addEventListener("minutes:state", () => this.#count());
    addEventListener("online", () => this.#count());
    addEventListener("offline", () => this.#count());
    this.#timer = setInterval(() => this.#look(), EVERY);
    this.#count();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #count() {
    const states = [...document.querySelectorAll("minutes-section")].map((one) => one.state);
    const waiting = states.filter((state) => state === "waiting").length;
    const wrong = states.filter((state) => state === "conflict" || state === "refused").length;
    const words = wrong
      ? "Některý bod čeká na vás, podívejte se níž."
      : waiting || !navigator.onLine
        ? "Jste bez připojení. Pište dál, text se uloží, jakmile se připojení vrátí."
        : "";
    this.#place.hidden = !words;
    this.#place.className = words ? "notice warning" : "";
    if (this.#place.textContent !== words) this.#place.textContent = words;
  }

  async #look() {
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" }, redirect: "manual" });
      if (!answer.ok) return;
      const told = new Map((await answer.json()).sections.map((one) => [one.section, one]));
      for (const part of document.querySelectorAll("minutes-section")) {
        if (told.has(part.section)) part.fresh(told.get(part.section));
      }
    } catch {
      // Without a connection there is nothing to hear.
    }
  }
}
customElements.define("minutes-queue", MinutesQueue);
