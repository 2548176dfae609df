/* <edit-grid src="/sprava/tabulky/sluzby/radek/"><form method="post">…<table>…</table></form></edit-grid>
   A table of real inputs that is written as in a spreadsheet: arrows and Enter move between cells, F2 or typing opens
   one, Escape gives back what stood in it, a block from a spreadsheet is pasted over more cells, Ctrl+Z takes back the
   last change. A row saves itself as soon as it is left; what could not be saved stays in the browser and is offered
   back. Without script the page is one form with a button. */
class EditGrid extends HTMLElement {
  #editing = false;
  #before = "";
  #changes = [];
  #saving = new Map();

  connectedCallback() {
    for (const cell of this.#cells()) cell.dataset.stored = cell.value;
    this.addEventListener("focusin", (event) => this.#entered(event));
    this.addEventListener("focusout", (event) => this.#left(event));
    this.addEventListener("change", (event) => this.#changed(event.target));
    this.addEventListener("input", (event) => this.#typed(event.target));
    this.addEventListener("keydown", (event) => this.#pressed(event));
    this.addEventListener("mousedown", (event) => {
      if (event.target === document.activeElement) this.#editing = true;
    });
    this.addEventListener("paste", (event) => this.#pasted(event));
    addEventListener("beforeunload", (event) => {
      if (this.querySelector("tr.changed, tr.failed")) event.preventDefault();
    });
    addEventListener("online", () => this.#saveAll());
    this.#restore();
  }

  #cells() {
    return [...this.querySelectorAll("tbody :is(textarea, select)")];
  }

  // --- moving ---

  #entered({ target }) {
    if (!isCell(target)) return;
    this.#editing = false;
    this.#before = target.value;
    target.select?.();
  }

  #pressed(event) {
    const cell = event.target;
    if (!isCell(cell) || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && cell.value === this.#before) {
      event.preventDefault();
      this.#undo();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "F2") {
      this.#editing = !this.#editing;
      cell.setSelectionRange?.(cell.value.length, cell.value.length);
    } else if (event.key === "Escape") {
      cell.value = this.#before;
      this.#editing = false;
      this.#typed(cell);
      this.#editing = false;
      cell.select?.();
    } else if (event.key === "Enter" && event.altKey && cell.setRangeText) {
      cell.setRangeText("\n", cell.selectionStart, cell.selectionEnd, "end");
      this.#typed(cell);
    } else if (event.key === "Enter") {
      this.#move(cell, event.shiftKey ? -1 : 1, 0);
    } else if (ARROWS[event.key] && !this.#editing && !event.shiftKey && !event.altKey) {
      this.#move(cell, ...ARROWS[event.key]);
    } else return;
    event.preventDefault();
  }

  #move(cell, down, right) {
    this.#at(cell, down, right)?.focus();
  }

  /* The cell so many rows below and columns to the right; closed cells are passed over sideways. */
  #at(cell, down, right) {
    const rows = [...this.querySelectorAll("tbody tr")];
    const row = rows[rows.indexOf(cell.closest("tr")) + down];
    let column = cell.closest("td").cellIndex + right;
    while (row?.cells[column]) {
      const found = row.cells[column].querySelector("textarea, select");
      if (found) return found;
      if (!right) return null;
      column += Math.sign(right);
    }
    return null;
  }

  // --- changing ---

  #typed(cell) {
    if (!isCell(cell)) return;
    this.#editing = true;
    this.#mark(cell.closest("tr"));
  }

  #changed(cell) {
    if (!isCell(cell)) return;
    if (cell.value !== this.#before) this.#changes.push([[cell, this.#before]]);
    this.#before = cell.value;
    this.#mark(cell.closest("tr"));
  }

  #undo() {
    const cells = (this.#changes.pop() ?? []).filter(([cell]) => cell.isConnected);
    for (const [cell, text] of cells) {
      cell.value = text;
      this.#mark(cell.closest("tr"));
    }
    cells[0]?.[0].focus();
    this.#before = cells[0]?.[0].value ?? "";
    this.#say(cells.length ? "Změna je vzatá zpět." : "Není co vzít zpět.");
    for (const row of new Set(cells.map(([cell]) => cell.closest("tr")))) this.#save(row);
  }

  #pasted(event) {
    const first = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!isCell(first) || this.#editing || !/[\t\n]/.test(text.trimEnd())) return;
    const block = rowsOf(text);
    event.preventDefault();
    const changes = [];
    for (const [down, texts] of block.entries()) {
      for (const [right, value] of texts.entries()) {
        const cell = down || right ? this.#exactly(first, down, right) : first;
        if (!cell) continue;
        changes.push([cell, cell.value]);
        put(cell, value);
      }
    }
    this.#changes.push(changes);
    this.#before = first.value;
    const rows = new Set(changes.map(([cell]) => cell.closest("tr")));
    for (const row of rows) {
      this.#mark(row);
      this.#save(row);
    }
    this.#say(`Vloženo buněk: ${changes.length}.`);
  }

  #exactly(cell, down, right) {
    const rows = [...this.querySelectorAll("tbody tr")];
    const row = rows[rows.indexOf(cell.closest("tr")) + down];
    return row?.cells[cell.closest("td").cellIndex + right]?.querySelector("textarea, select");
  }

  // --- saving ---

  #left({ target, relatedTarget }) {
    const row = target.closest?.("tr[data-row]");
    if (row && row !== relatedTarget?.closest?.("tr[data-row]")) setTimeout(() => this.#save(row));
  }

  #mark(row) {
    const dirty = changedCells(row).length > 0;
    row.classList.toggle("changed", dirty);
    if (!dirty) {
      row.classList.remove("failed");
      forget(row);
      if (!row.querySelector("[data-said]").dataset.kept) this.#tell(row, "");
      return;
    }
    keep(row);
    this.#tell(row, "neuloženo");
  }

  #saveAll() {
    for (const row of this.querySelectorAll("tr.changed, tr.failed")) this.#save(row);
  }

  /* One request of a row at a time: the next begins from the fingerprint that the former brought. */
  async #save(row) {
    if (this.#saving.has(row)) {
      this.#saving.set(row, "again");
      return;
    }
    const cells = changedCells(row);
    if (!cells.length) return;
    this.#saving.set(row, "once");
    this.#tell(row, "ukládáme…");
    const data = new FormData();
    data.set("csrfmiddlewaretoken", this.querySelector("[name=csrfmiddlewaretoken]").value);
    data.set("seen", seenOf(row).value);
    const sent = cells.map((cell) => [cell, cell.value]);
    for (const [cell, value] of sent) data.set(keyOf(cell), value);
    let again = false;
    let saved = false;
    try {
      const answer = await fetch(`${this.getAttribute("src")}${row.dataset.row}/`, { method: "POST", body: data });
      if (answer.redirected || answer.status === 403) {
        this.#fail(row, "Přihlášení vypršelo. Přihlaste se v nové záložce a uložte řádek znovu, změny tu počkají.");
      } else if (answer.status === 404) {
        this.#fail(row, "Tenhle řádek už nespadá pod vás.");
      } else {
        saved = answer.status === 200;
        again = this.#answered(row, sent, answer.status, await answer.json());
      }
    } catch {
      this.#fail(row, "Spojení vypadlo. Změny tu počkají a uloží se, až se vrátí.");
    }
    // What was refused waits for the person: saving it at once would go over what somebody else wrote.
    again ||= saved && this.#saving.get(row) === "again";
    this.#saving.delete(row);
    if (again) this.#save(row);
  }

  #answered(row, sent, status, said) {
    for (const note of row.querySelectorAll(".cell-error, .cell-stored")) note.remove();
    for (const cell of row.querySelectorAll("[aria-invalid]")) describe(cell, null);
    if (status === 422) {
      for (const [key, error] of Object.entries(said.errors)) {
        const cell = row.querySelector(`[name$=".${CSS.escape(key)}"]`);
        if (cell) describe(cell, error);
      }
      this.#fail(row, Object.values(said.errors).join(" "));
      return false;
    }
    seenOf(row).value = said.seen;
    if (status === 409) {
      for (const cell of row.querySelectorAll("textarea, select")) {
        const stored = said.cells[keyOf(cell)];
        if (stored === cell.dataset.stored) continue;
        if (cell.value === cell.dataset.stored) put(cell, stored);
        else note(cell, "cell-stored", `Teď tu je: ${stored || "prázdno"}`);
        cell.dataset.stored = stored;
      }
      this.#fail(row, "Řádek mezitím změnil někdo jiný. Podívejte se na něj a uložte ho znovu.");
      return false;
    }
    if (status !== 200) throw new Error(status);
    for (const [cell, value] of sent) {
      const stored = said.cells[keyOf(cell)];
      cell.dataset.stored = stored;
      if (cell.value === value) {
        put(cell, stored);
        if (cell === document.activeElement) this.#before = stored;
      }
    }
    row.classList.remove("failed");
    const dirty = changedCells(row).length > 0;
    row.classList.toggle("changed", dirty);
    if (!dirty) forget(row);
    // What was typed while the row was on its way is not saved yet.
    this.#tell(row, dirty ? "neuloženo" : `uloženo ${said.at}`, !dirty);
    this.#say(`${row.querySelector("th").innerText}: uloženo ${said.at}`);
    return dirty && !row.contains(document.activeElement);
  }

  #fail(row, text) {
    row.classList.add("failed");
    this.#tell(row, text);
    this.#say(`${row.querySelector("th").innerText}: ${text}`);
  }

  #tell(row, text, kept = false) {
    const said = row.querySelector("[data-said]");
    said.textContent = text;
    said.dataset.kept = kept ? "1" : "";
  }

  #say(text) {
    this.querySelector("[data-live]").textContent = text;
  }

  /* What was typed before the connection or the session was lost. */
  #restore() {
    for (const row of this.querySelectorAll("tr[data-row]")) {
      const kept = JSON.parse(sessionStorage.getItem(placeOf(row)) ?? "null");
      if (!kept) continue;
      for (const [key, value] of Object.entries(kept)) {
        const cell = row.querySelector(`[name$=".${CSS.escape(key)}"]`);
        if (cell) put(cell, value);
      }
      this.#mark(row);
      if (changedCells(row).length) this.#tell(row, "Obnovili jsme, co se minule neuložilo.");
    }
  }
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const isCell = (target) => target.matches?.("tbody :is(textarea, select)") ?? false;
const keyOf = (cell) => cell.name.slice(cell.name.indexOf(".") + 1);
const seenOf = (row) => row.querySelector('input[name^="seen."]');
const placeOf = (row) => `${location.pathname}#${row.dataset.row}`;
const changedCells = (row) =>
  [...row.querySelectorAll("textarea, select")].filter((cell) => cell.value !== cell.dataset.stored);

function keep(row) {
  const typed = changedCells(row).map((cell) => [keyOf(cell), cell.value]);
  sessionStorage.setItem(placeOf(row), JSON.stringify(Object.fromEntries(typed)));
}

function forget(row) {
  sessionStorage.removeItem(placeOf(row));
}

/* A select takes only what it offers, whatever the capitals. */
function put(cell, value) {
  if (!cell.options) cell.value = value;
  else {
    const folded = value.trim().toLocaleLowerCase("cs");
    const option = [...cell.options].find((one) => one.value.toLocaleLowerCase("cs") === folded);
    if (option) cell.value = option.value;
  }
}

function note(cell, css, text) {
  const told = document.createElement("p");
  told.className = css;
  told.id = `${cell.name.replace(".", "-")}-${css}`;
  told.textContent = text;
  cell.after(told);
  return told.id;
}

function describe(cell, error) {
  if (error === null) {
    cell.removeAttribute("aria-invalid");
    cell.removeAttribute("aria-describedby");
  } else {
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", note(cell, "cell-error", error));
  }
}

/* Cells of a block as spreadsheets copy it: tabs and lines, a cell with either of them in quotes. */
function rowsOf(text) {
  const rows = [[""]];
  let quoted = false;
  const signs = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < signs.length; at += 1) {
    const sign = signs[at];
    const row = rows.at(-1);
    if (sign === '"' && quoted && signs[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (sign === '"' && (quoted || row.at(-1) === "")) quoted = !quoted;
    else if (sign === "\t" && !quoted) row.push("");
    else if (sign === "\n" && !quoted) rows.push([""]);
    else row[row.length - 1] += sign;
  }
  return rows;
}
customElements.define("edit-grid", EditGrid);
