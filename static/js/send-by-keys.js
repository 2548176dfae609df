/* <send-by-keys><form>…<button type="submit">…</button><span class="keys" hidden>nebo Ctrl + Enter</span></form></send-by-keys>
   Ctrl + Enter (⌘ + Enter) sends the form from any of its fields, a text of more lines too, and the first field is ready
   for typing. Without script the form is sent by its button as any other. */
class SendByKeys extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this.#pressed);
    for (const hint of this.querySelectorAll(".keys")) hint.hidden = false;
    if (!location.hash && !document.querySelector(".error-summary")) this.#first()?.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this.#pressed);
  }

  #first() {
    return this.querySelector("[name=place]");
  }

  #pressed = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.target.closest("form")?.requestSubmit();
  };
}

customElements.define("send-by-keys", SendByKeys);
