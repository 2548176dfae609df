/* <keep-typed who="12" leave="/odhlaseni/"></keep-typed>, once on a page (base.html)
   Keeps what a person types into the forms of the page until the server has saved it: a lost connection, an expired
   session or a closed window loses nothing, the text is offered back above its form. Signed-in people's text lies in
   localStorage under their number, a visitor's in sessionStorage (gone with the tab). Never passwords, files or hidden
   values; a form with a password or with data-keep="no" is left alone. Signing out forgets everything.
   A kept form sends the number of its record as `psano`; the answer that redirects confirms it with the cookie
   `ulozeno` (portal/web/typed.py). */
const PREFIX = "psano:";
const CONFIRMED = "ulozeno";
const DAY = 24 * 60 * 60 * 1000;
const LONGEST = 14 * DAY;
const JUST_SENT = 15 * 60 * 1000;
const TEXTUAL = "textarea, input:not([type]), input[type=text], input[type=email], input[type=tel], input[type=url], input[type=search], input[type=number], input[type=date]";
const CONTROLS = `${TEXTUAL}, select, input[type=checkbox], input[type=radio], input[type=time]`;

class KeepTyped extends HTMLElement {
  #who;
  #store;

  connectedCallback() {
    this.#who = this.getAttribute("who") ?? "";
    this.#store = opened(this.#who);
    if (!this.#store) return;
    this.#forgetSaved();
    for (const form of document.querySelectorAll("form[method=post]")) {
      if (new URL(form.action, location.href).pathname === this.getAttribute("leave")) {
        form.addEventListener("submit", forgetAll);
      }
    }
    const seen = new Map();
    for (const form of document.querySelectorAll("main form[method=post]")) {
      if (form.dataset.keep === "no" || form.querySelector("[type=password]") || !form.querySelector(TEXTUAL)) continue;
      const action = new URL(form.action, location.href).pathname + about(form);
      const nth = seen.get(action) ?? 0;
      seen.set(action, nth + 1);
      new KeptForm(form, this.#store, `${PREFIX}${this.#who}:${location.pathname}:${action}:${nth}`);
    }
    this.#sayBeforeSignIn();
  }

  /* The server said which record it has saved; what is too old nobody misses. */
  #forgetSaved() {
    const said = document.cookie.split("; ").find((pair) => pair.startsWith(`${CONFIRMED}=`));
    const number = said?.slice(CONFIRMED.length + 1);
    if (said) document.cookie = `${CONFIRMED}=; Path=/; Max-Age=0; SameSite=Lax`;
    for (const [key, record] of records(this.#store)) {
      if (record.number === number || Date.now() - record.at > LONGEST) this.#store.removeItem(key);
    }
  }

  /* Whoever was sent to sign in with a text on the way learns that the text waits. */
  #sayBeforeSignIn() {
    const form = document.querySelector("main form:has([type=password])");
    if (this.#who || !form) return;
    const waits = records(localStorage).some(([, record]) => Date.now() - (record.sent ?? 0) < JUST_SENT);
    if (waits) {
      say(form, "Přihlášení mezitím vypršelo", [
        "Text, který jste napsali, máme uložený v tomto prohlížeči. Po přihlášení vám ho nabídneme zpátky.",
      ]);
    }
  }
}

class KeptForm {
  #form;
  #store;
  #key;
  #record;
  #notice;
  #waiting;
  #passing = false;

  constructor(form, store, key) {
    this.#form = form;
    this.#store = store;
    this.#key = key;
    this.#record = read(store, key) ?? { number: number(), at: 0, fields: {} };
    this.#offer();
    form.addEventListener("input", (event) => this.#typed(event.target));
    form.addEventListener("change", (event) => this.#typed(event.target));
    form.addEventListener("submit", (event) => this.#submitted(event));
    addEventListener("pagehide", () => this.#write());
  }

  #typed(control) {
    if (!control.matches?.(CONTROLS) || !control.name) return;
    const fields = this.#record.fields;
    // A choice of one takes the choice of another back.
    const changed = control.type === "radio" ? this.#form.querySelectorAll(`[name="${CSS.escape(control.name)}"]`) : [control];
    for (const one of changed) {
      const id = identity(one);
      const base = fields[id]?.base ?? original(one);
      if (current(one) === base) delete fields[id];
      else fields[id] = { typed: current(one), base };
    }
    this.#record.at = Date.now();
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#write(), 300);
  }

  #write() {
    clearTimeout(this.#waiting);
    if (forgotten || !this.#record.at) return;
    try {
      if (Object.keys(this.#record.fields).length) this.#store.setItem(this.#key, JSON.stringify(this.#record));
      else this.#store.removeItem(this.#key);
    } catch {
      // The browser has no room left or forbids it: the form works as it did without us.
    }
  }

  /* --- sending --- */

  async #submitted(event) {
    if (event.defaultPrevented || !Object.keys(this.#record.fields).length) return;
    if (!this.#passing) {
      event.preventDefault();
      this.#write();
      this.#passing = await connected();
      if (!this.#passing) return this.#sayOffline();
      return this.#form.requestSubmit(event.submitter);
    }
    this.#passing = false;
    this.#record.sent = Date.now();
    this.#write();
    this.#form.querySelector("input[name=psano]")?.remove();
    const carried = Object.assign(document.createElement("input"), { type: "hidden", name: "psano", value: this.#record.number });
    this.#form.append(carried);
  }

  #sayOffline() {
    this.#tell("Nejste připojeni", ["Text máme uložený v tomto prohlížeči. Až se připojení vrátí, uložte ho znovu."]);
    addEventListener("online", () => this.#tell("Připojení je zpátky", ["Teď můžete text uložit."]), { once: true });
  }

  /* --- offering back --- */

  #offer() {
    const missing = this.#lost();
    if (!missing.length) return;
    const newer = missing.filter(([control, kept]) => original(control) !== kept.base);
    const lines = [`Týká se to: ${names(missing)}.`];
    if (newer.length) {
      lines.push(`Od té doby se změnilo i to, co je uložené: ${newer.map(([one]) => `${name(one)} (${shown(one)})`).join(", ")}.`);
    }
    this.#tell(`Našli jsme neuložený text z ${moment(this.#record.at)}`, lines, [
      ["Vrátit", "second", () => this.#giveBack(missing)],
      ["Zahodit", "third", () => this.#throwAway()],
    ]);
  }

  /* Controls whose kept text the form does not show: [control, {typed, base}]. */
  #lost() {
    const controls = [...this.#form.querySelectorAll(CONTROLS)].filter((one) => one.name && !one.disabled);
    return controls.map((one) => [one, this.#record.fields[identity(one)]]).filter(([one, kept]) => kept && kept.typed !== current(one));
  }

  #giveBack(missing) {
    for (const [control, kept] of missing) {
      set(control, kept.typed);
      for (let part = control.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    }
    for (const [control] of missing) control.dispatchEvent(new Event("change", { bubbles: true }));
    this.#tell("Text je zpátky ve formuláři", ["Ještě ho uložte."]);
    missing[0][0].focus();
  }

  #throwAway() {
    this.#record = { number: number(), at: 0, fields: {} };
    this.#store.removeItem(this.#key);
    this.#tell("Neuložený text je zahozený", []);
    this.#form.querySelector(TEXTUAL).focus();
  }

  #tell(title, lines, buttons = []) {
    this.#notice = say(this.#form, title, lines, buttons, this.#notice);
  }
}

/* --- a message above a form, read aloud --- */

function say(form, title, lines, buttons = [], before = null) {
  let notice = before;
  if (!notice) {
    notice = document.createElement("div");
    notice.setAttribute("role", "status");
    notice.className = "notice info";
    form.before(notice);
  }
  const parts = [element("p", title, "notice-title"), ...lines.map((line) => element("p", line))];
  if (buttons.length) {
    const row = element("div", "", "buttons");
    for (const [word, weight, act] of buttons) {
      const button = element("button", word, `button ${weight}`);
      button.type = "button";
      button.addEventListener("click", act);
      row.append(button);
    }
    parts.push(row);
  }
  // Filled a moment later, so that screen readers know the place before its words come.
  setTimeout(() => notice.replaceChildren(...parts));
  return notice;
}

function element(tag, text, css = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (css) made.className = css;
  return made;
}

/* --- what is kept --- */

let forgotten = false;

function opened(who) {
  try {
    const store = who ? localStorage : sessionStorage;
    store.getItem(PREFIX);
    return store;
  } catch {
    return null;
  }
}

function records(store) {
  const keys = Object.keys(store).filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => [key, read(store, key)]).filter(([, record]) => record);
}

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

/* On a shared computer nothing may stay after signing out. */
function forgetAll() {
  forgotten = true;
  for (const store of [localStorage, sessionStorage]) {
    for (const [key] of records(store)) store.removeItem(key);
  }
}

function number() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Whether the server can be reached; a slow one can. */
async function connected() {
  if (!navigator.onLine) return false;
  try {
    await fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) });
    return true;
  } catch (error) {
    return error.name === "TimeoutError";
  }
}

/* --- controls --- */

/* What tells apart the forms of one address: hidden values, without those that change with every look. */
function about(form) {
  const hidden = [...form.querySelectorAll("input[type=hidden]")];
  const said = hidden.filter((one) => !/^(csrfmiddlewaretoken|seen|next|psano)$|-/.test(one.name));
  return said.map((one) => `;${one.name}=${one.value}`).join("");
}

const ticked = (control) => control.type === "checkbox" || control.type === "radio";
const identity = (control) => (ticked(control) ? `${control.name}=${control.value}` : control.name);

function current(control) {
  if (ticked(control)) return control.checked;
  if (control.multiple && control.options) return [...control.selectedOptions].map((one) => one.value).join("\n");
  return control.value;
}

/* What the server sent. */
function original(control) {
  if (ticked(control)) return control.defaultChecked;
  if (control.options) {
    const chosen = [...control.options].filter((one) => one.defaultSelected);
    if (control.multiple) return chosen.map((one) => one.value).join("\n");
    return (chosen.at(-1) ?? control.options[0])?.value ?? "";
  }
  return control.tagName === "TEXTAREA" ? control.defaultValue.replace(/\r\n/g, "\n") : control.defaultValue;
}

function set(control, value) {
  if (ticked(control)) control.checked = value;
  else if (control.multiple && control.options) {
    const chosen = value.split("\n");
    for (const one of control.options) one.selected = chosen.includes(one.value);
  } else control.value = value;
}

function name(control) {
  const group = ticked(control) && control.closest("fieldset")?.querySelector("legend");
  const label = group || control.labels?.[0];
  const text = label?.firstChild?.textContent || label?.textContent || control.name;
  return text.trim();
}

function names(missing) {
  return [...new Set(missing.map(([control]) => name(control)))].join(", ");
}

function shown(control) {
  if (ticked(control)) return control.defaultChecked ? "ano" : "ne";
  const text = original(control);
  return text ? `„${text.length > 80 ? `${text.slice(0, 80)}…` : text}“` : "prázdné";
}

function moment(at) {
  const when = new Date(at);
  const time = `${when.getHours()}.${String(when.getMinutes()).padStart(2, "0")}`;
  const today = new Date().toDateString() === when.toDateString();
  return today ? time : `${when.getDate()}. ${when.getMonth() + 1}. ${time}`;
}
customElements.define("keep-typed", KeepTyped);
