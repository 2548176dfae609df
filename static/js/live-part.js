/* <live-part id="…" seconds="5"> keeps a part of the page as it is on the server: two people mark at once, a third
   watches the count. Asks for this page again (never while the page is hidden or somebody is in the middle of a tap)
   and takes the inside of the element of the same id. Forms inside are sent in the background and the answer put in
   place, so that the page does not jump; [role=alert][hidden] inside is shown when the connection is gone.
   Without script forms are sent as always. */
class LivePart extends HTMLElement {
  #timer;
  #busy = false;

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#send(event));
    this.#later();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #later(seconds = Number(this.getAttribute("seconds") || 5)) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), seconds * 1000);
  }

  async #look() {
    if (!document.hidden && !this.#busy) {
      try {
        const answer = await fetch(location.pathname + location.search);
        if (answer.ok && !answer.redirected && !this.#busy) this.#put(await answer.text());
      } catch {
        // The connection broke; the next look may find it again.
      }
    }
    this.#later();
  }

  async #send(event) {
    const form = event.target;
    const button = event.submitter;
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    let pause;
    button?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button) });
      // What was refused must stay long enough to be read.
      if (!answer.ok) pause = 30;
      const page = await answer.text();
      if (answer.status >= 500 || !this.#put(page, button)) location.reload();
    } catch {
      button?.removeAttribute("aria-busy");
      const lost = this.querySelector("[role=alert]");
      if (lost) lost.hidden = false;
    }
    this.#busy = false;
    this.#later(pause);
  }

  /* The same part of the page that came; false where it has none. The focus stays where it was. */
  #put(text, button) {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(this.id);
    if (!fresh) return false;
    if (bare(fresh) === bare(this)) return true;
    const focused = button ?? (this.contains(document.activeElement) ? document.activeElement : null);
    const mark = focused && [focused.closest("[id]")?.id, focused.getAttribute("name"), focused.getAttribute("value")];
    this.replaceChildren(...document.adoptNode(fresh).childNodes);
    if (mark) {
      const near = mark[0] && mark[0] !== this.id ? document.getElementById(mark[0]) : this;
      const [, name, value] = mark.map((one) => CSS.escape(one ?? ""));
      near?.querySelector(`[name="${name}"][value="${value}"]`)?.focus({ preventScroll: true });
    }
    return true;
  }
}

/* Without what differs in every answer, so that nothing is put in place, or read aloud, for no change. */
function bare(part) {
  return part.innerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
}
customElements.define("live-part", LivePart);
