/* <who-else src="/sprava/plany/…/otevreno/bod/12/"></who-else>
   Tells the server that this page is open and tells the person who else has the same part open and since when. It
   warns and forbids nothing: both may write, and whoever saves second is shown what changed. Without script there is
   no warning, the second to save is shown it all the same. */
const BEAT = 40 * 1000;

class WhoElse extends HTMLElement {
  #timer;

  connectedCallback() {
    this.setAttribute("role", "status");
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT);
    addEventListener("pagehide", this.#leave);
    document.addEventListener("visibilitychange", this.#back);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    removeEventListener("pagehide", this.#leave);
    document.removeEventListener("visibilitychange", this.#back);
  }

  #said(more = {}) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    return data;
  }

  async #beat() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.getAttribute("src"), { method: "POST", body: this.#said() });
      if (answer.redirected || !answer.ok) return this.#tell([]);
      this.#tell((await answer.json()).others);
    } catch {
      // The connection is away; the next beat asks again.
    }
  }

  #tell(others) {
    const words = others.map((one) => `${one.name} (od ${one.since})`).join(", ");
    if (words === this.dataset.words) return;
    this.dataset.words = words;
    this.replaceChildren();
    if (!words) return;
    const box = document.createElement("div");
    box.className = "notice warning";
    const title = document.createElement("p");
    title.className = "notice-title";
    title.textContent = "Tuhle část má otevřenou ještě někdo";
    const text = document.createElement("p");
    text.textContent = `${words}. Psát můžete, jen se prosím domluvte: kdo uloží druhý, uvidí, v čem se to liší.`;
    box.append(title, text);
    this.append(box);
  }

  #leave = () => navigator.sendBeacon(this.getAttribute("src"), this.#said({ leave: "1" }));
  #back = () => this.#beat();
}
customElements.define("who-else", WhoElse);
