/* <minutes-section section="12" version="3" who="5"><form>…</form></minutes-section>
   A part of minutes that saves itself while it is written, also on a bad connection. What is typed lies in localStorage
   (under the same prefix as keep-typed.js, so that signing out forgets it) until the server has it; without a connection
   it waits and goes by itself once the connection is back. When somebody else saved meanwhile, both texts are shown and
   the person chooses. Without script the form is an ordinary one.
   Events: `minutes:state` (bubbles; detail is "saved", "typing", "saving", "waiting", "conflict", "refused").
   Takes `fresh` (what others saved) from <minutes-queue>. */
const PREFIX = "psano:";
const AFTER_TYPING = 2000;
const AT_MOST = 8000;
const AGAIN = [2000, 5000, 10_000, 20_000];
const FIELDS = ["text", "conclusion"];

class MinutesSection extends HTMLElement {
  #form;
  #version;
  #saved;
  #waiting;
  #since = 0;
  #sending = false;
  #tries = 0;
  #conflict = null;
  state = "saved";

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#version = Number(this.getAttribute("version"));
    // What the server sent; a browser that reloads may have put back what was typed before.
    this.#saved = Object.fromEntries(FIELDS.map((name) => [name, served(this.#form.elements[name])]));
    for (const button of this.querySelectorAll("button[data-mark]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.#mark(button.dataset.mark));
    }
    this.#form.addEventListener("input", () => this.#changed());
    this.#form.addEventListener("submit", (event) => {
      if (!this.#dirty && !this.#conflict) return;
      event.preventDefault();
      this.#save();
    });
    this.#form.addEventListener("focusout", () => this.#dirty && this.#save());
    addEventListener("online", () => this.#dirty && this.#save());
    addEventListener("pagehide", () => this.#keep());
    this.#giveBack();
  }

  get section() {
    return Number(this.getAttribute("section"));
  }

  /* What others saved: shown at once where nobody is typing here. */
  fresh(told) {
    if (told.version <= this.#version || this.#sending || this.#dirty || this.#conflict) return;
    if (this.contains(document.activeElement) && document.activeElement.matches("textarea")) return;
    this.#set(told);
    this.#took(told);
    this.#say("saved", `uložil někdo jiný ${told.saved}`);
  }

  get #key() {
    return `${PREFIX}${this.getAttribute("who")}:zapis:${this.section}`;
  }

  get #dirty() {
    const now = this.#typed();
    return FIELDS.some((name) => now[name] !== this.#saved[name]);
  }

  #typed() {
    return Object.fromEntries(FIELDS.map((name) => [name, this.#form.elements[name].value.trimEnd()]));
  }

  #set(told) {
    for (const name of FIELDS) this.#form.elements[name].value = told[name];
  }

  #changed() {
    this.#keep();
    if (this.#conflict) return;
    if (!this.#dirty) {
      if (!this.#sending) this.#say("saved", "");
      return;
    }
    this.#since ||= Date.now();
    this.#say("typing", navigator.onLine ? "píšete…" : "čeká na připojení");
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#save(), Math.max(0, Math.min(AFTER_TYPING, this.#since + AT_MOST - Date.now())));
  }

  /* --- in the browser --- */

  #keep() {
    try {
      if (!this.#dirty) localStorage.removeItem(this.#key);
      // `number`, `fields` and `at` are what keep-typed.js expects of a record.
      else {
        const record = { number: "zapis", fields: {}, at: Date.now(), base: this.#version, typed: this.#typed() };
        localStorage.setItem(this.#key, JSON.stringify(record));
      }
    } catch {
      // The browser has no room left or forbids it: saving to the server works on.
    }
  }

  /* A text that never reached the server, from a page that was closed. */
  #giveBack() {
    let record = null;
    try {
      record = JSON.parse(localStorage.getItem(this.#key));
    } catch {
      // Nothing kept that could be read.
    }
    record ??= this.#dirty ? { typed: this.#typed(), base: this.#version } : null;
    if (!record?.typed || FIELDS.every((name) => record.typed[name] === this.#saved[name])) return;
    if (record.base === this.#version) {
      this.#set(record.typed);
      this.#changed();
      this.#save();
    } else {
      const told = { ...this.#saved, version: this.#version };
      this.#set(record.typed);
      this.#ask(told);
    }
  }

  /* --- to the server --- */

  async #save() {
    clearTimeout(this.#waiting);
    if (this.#sending || this.#conflict || !this.#dirty) return;
    const typed = this.#typed();
    const body = new FormData(this.#form);
    for (const name of FIELDS) body.set(name, typed[name]);
    body.set("seen", this.#version);
    this.#sending = true;
    this.#since = 0;
    this.#say("saving", "ukládá se…");
    let answer = null;
    try {
      answer = await fetch(this.#form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(15_000),
      });
    } catch {
      // No connection, or one too slow: the text waits here.
    }
    this.#sending = false;
    if (answer?.ok) return this.#done(typed, await answer.json());
    if (answer?.status === 409) return this.#ask(await answer.json());
    if (answer?.status === 422) return this.#refused((await answer.json()).refused);
    if (answer && (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404)) return this.#signedOut();
    this.#later();
  }

  #done(typed, told) {
    this.#tries = 0;
    this.#took({ ...told, ...typed });
    this.#keep();
    if (this.#dirty) return this.#changed();
    this.#say("saved", `uloženo ${told.saved}`);
  }

  #took(told) {
    this.#version = told.version;
    this.#form.elements.seen.value = told.version;
    this.#saved = Object.fromEntries(FIELDS.map((name) => [name, told[name].trimEnd()]));
    const list = this.querySelector(".marks");
    list?.replaceChildren(...(told.marks ?? []).map((word) => element("li", word)));
    const remove = this.querySelector(".section-remove");
    if (remove) remove.hidden = FIELDS.some((name) => this.#saved[name]);
  }

  #later() {
    this.#keep();
    this.#say("waiting", "čeká na připojení");
    const pause = AGAIN[Math.min(this.#tries++, AGAIN.length - 1)];
    this.#waiting = setTimeout(() => this.#save(), pause);
  }

  #refused(lines) {
    this.#keep();
    this.#say("refused", `neuloženo: ${lines.join(" ")} Text zůstává v tomto prohlížeči.`);
  }

  #signedOut() {
    this.#keep();
    this.#say("refused", "neuloženo, přihlášení vypršelo. Text zůstává v tomto prohlížeči, přihlaste se a stránku otevřete znovu.");
  }

  /* --- two texts --- */

  #ask(told) {
    const mine = this.#typed();
    if (FIELDS.every((name) => mine[name] === told[name])) return this.#done(mine, { saved: "", ...told });
    this.#conflict = told;
    this.#keep();
    this.#say("conflict", "tenhle bod mezitím uložil někdo jiný");
    const notice = element("div", "", "notice warning conflict");
    const theirs = element("blockquote", [told.text, told.conclusion && `Závěr: ${told.conclusion}`].filter(Boolean).join("\n"), "theirs");
    const row = element("div", "", "buttons");
    for (const [word, act] of [
      ["Spojit oba texty", () => this.#joined(told)],
      ["Nechat můj", () => {}],
      ["Vzít uložený", () => this.#set(told)],
    ]) {
      const button = element("button", word, "button second");
      button.type = "button";
      button.addEventListener("click", () => {
        notice.remove();
        this.#conflict = null;
        act();
        this.#took(told);
        this.#changed();
        this.#keep();
        this.#save();
        this.#form.elements.text.focus();
      });
      row.append(button);
    }
    notice.append(
      element("p", "Tenhle bod mezitím uložil někdo jiný", "notice-title"),
      element("p", "Nic se neztratilo. Nahoře je, co jste napsali vy, tady je, co je uložené:"), theirs, row,
    );
    this.querySelector(".conflict")?.remove();
    this.#form.querySelector(".buttons").before(notice);
  }

  #joined(told) {
    for (const name of FIELDS) {
      const mine = this.#form.elements[name].value.trimEnd();
      if (told[name] && told[name] !== mine) this.#form.elements[name].value = mine ? `${told[name]}\n\n${mine}` : told[name];
    }
  }

  /* --- words --- */

  #mark(word) {
    const area = this.#form.elements.text;
    const before = area.value.slice(0, area.selectionStart);
    const start = before && !before.endsWith("\n") ? "\n" : "";
    area.focus();
    area.setRangeText(start + word, area.selectionStart, area.selectionEnd, "end");
    this.#changed();
  }

  #say(state, words) {
    this.state = state;
    const place = this.querySelector(".saved");
    if (place.textContent !== words) place.textContent = words;
    place.dataset.state = state;
    this.dispatchEvent(new CustomEvent("minutes:state", { bubbles: true, detail: state }));
  }
}

/* The text of a control as it came, without the end that nobody sees. */
function served(control) {
  return control.defaultValue.replace(/\r\n/g, "\n").trimEnd();
}

function element(tag, text, css = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (css) made.className = css;
  return made;
}
customElements.define("minutes-section", MinutesSection);
