/* <passage-text add="/pripominky/navrh/nova/" mark="Připomínka k označenému">…<div class="passage" data-order="17" data-depth="3">
     <div class="passage-text">…</div><p class="passage-side"><a class="passage-comments" href="…">3 připomínky</a></p></div>
   Comments of a paragraph open under it when their link is tapped, and words marked in the text can be commented on.
   Without script the link leads to the page of the paragraph, and the words are copied into the form by hand. */
const LONGEST_MARK = 1500;

class PassageText extends HTMLElement {
  #bar;
  #later;
  #marked = () => {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#offer(), 250);
  };

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a.passage-comments");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#toggle(link);
    });
    for (const link of this.querySelectorAll("a.passage-comments")) link.setAttribute("aria-expanded", "false");
    if (this.getAttribute("add")) {
      document.addEventListener("selectionchange", this.#marked);
      this.#marked(); // words may be marked before the script has come
    }
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.#marked);
  }

  async #toggle(link) {
    const passage = link.closest(".passage");
    const open = passage.querySelector(":scope > .passage-opened");
    if (open) {
      open.hidden = !open.hidden;
      link.setAttribute("aria-expanded", String(!open.hidden));
      return;
    }
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const comments = document.adoptNode(page.getElementById("pripominky"));
      this.#own(comments, passage, link.href);
      const place = document.createElement("div");
      place.className = "passage-opened";
      place.append(comments);
      passage.append(place);
      link.setAttribute("aria-expanded", "true");
    } catch {
      location.href = link.href;
    }
    link.removeAttribute("aria-busy");
  }

  /* Ids of another page must not meet those of other paragraphs; its next pages are links there, its headings stand
     under the heading of the text. */
  #own(comments, passage, url) {
    const heading = comments.querySelector("h2");
    const depth = Number(passage.dataset.depth);
    heading.id = `k${passage.dataset.order}`;
    heading.setAttribute("aria-level", Math.min(depth + 1, 6));
    for (const one of comments.querySelectorAll("h3")) one.setAttribute("aria-level", Math.min(depth + 2, 6));
    comments.removeAttribute("id");
    comments.setAttribute("aria-labelledby", heading.id);
    for (const link of comments.querySelectorAll("a[href^='?']")) link.href = new URL(link.getAttribute("href"), url).href;
  }

  #offer() {
    const chosen = getSelection();
    const text = chosen && !chosen.isCollapsed ? chosen.toString().trim() : "";
    const around = text && chosen.anchorNode?.parentElement?.closest(".passage-text");
    const same = around && chosen.focusNode?.parentElement?.closest(".passage-text") === around;
    if (!same || !this.contains(around)) {
      if (this.#bar) this.#bar.hidden = true;
      return;
    }
    const url = new URL(this.getAttribute("add"), location.href);
    url.searchParams.set("odstavec", around.closest(".passage").dataset.order);
    url.searchParams.set("uryvek", text.slice(0, LONGEST_MARK));
    this.#bar ??= this.#made();
    this.#bar.querySelector("a").href = url.href;
    this.#bar.hidden = false;
  }

  #made() {
    const bar = document.createElement("div");
    bar.className = "passage-bar";
    bar.setAttribute("role", "status");
    const link = document.createElement("a");
    link.className = "button";
    link.textContent = this.getAttribute("mark");
    bar.append(link);
    this.append(bar);
    return bar;
  }
}
customElements.define("passage-text", PassageText);
