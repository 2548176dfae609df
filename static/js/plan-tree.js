/* <plan-tree> around a form with li#bod-12[data-level] in nested lists: lines are dragged by mouse, or moved from their
   buttons by Alt and an arrow (up and down among the children of one node; left and right under the node before or
   after). Every move is sent at once as `node`, `parent`, `after`; what the server refuses goes back. Without script
   the buttons Nahoru and Dolů send the form. */
class PlanTree extends HTMLElement {
  #moved = null;
  #status;

  connectedCallback() {
    this.#status = this.querySelector("[role=status]");
    this.querySelector(".with-script").hidden = false;
    for (const line of this.querySelectorAll("li")) line.draggable = true;
    this.addEventListener("dragstart", (event) => this.#start(event));
    this.addEventListener("dragover", (event) => this.#over(event));
    this.addEventListener("drop", (event) => this.#drop(event));
    this.addEventListener("dragend", () => this.#end());
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  // --- by mouse ---

  #start(event) {
    const line = event.target.closest("li");
    if (!line) return;
    event.stopPropagation();
    this.#moved = line;
    line.classList.add("is-moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", line.id);
  }

  /* Where the line would land: behind a line of its own level, or first under one of the level above. */
  #target(event) {
    const line = event.target.closest?.("li");
    if (!line || !this.#moved || this.#moved.contains(line)) return null;
    const here = Number(this.#moved.dataset.level);
    const there = Number(line.dataset.level);
    return there === here || there === here - 1 ? line : null;
  }

  #over(event) {
    const target = this.#target(event);
    for (const one of this.querySelectorAll(".is-target")) one.classList.toggle("is-target", one === target);
    if (!target) return;
    target.classList.add("is-target");
    event.preventDefault();
  }

  #drop(event) {
    const target = this.#target(event);
    if (!target) return;
    event.preventDefault();
    const line = this.#moved;
    this.#end();
    if (target.dataset.level === line.dataset.level) this.#move(line, target.parentElement, target);
    else this.#move(line, children(target), null);
  }

  #end() {
    for (const one of this.querySelectorAll(".is-target, .is-moving")) one.classList.remove("is-target", "is-moving");
    this.#moved = null;
  }

  // --- by keyboard ---

  #key(event) {
    const line = event.target.closest("li");
    if (!line || !event.altKey) return;
    const list = line.parentElement;
    if (event.key === "ArrowUp" && line.previousElementSibling) {
      this.#move(line, list, line.previousElementSibling.previousElementSibling);
    } else if (event.key === "ArrowDown" && line.nextElementSibling) {
      this.#move(line, list, line.nextElementSibling);
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const above = this.#neighbour(list.closest("li"), event.key === "ArrowLeft" ? -1 : 1);
      if (above) this.#move(line, children(above), children(above).lastElementChild);
    } else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  /* The line of the same level before or after, wherever in the tree. */
  #neighbour(line, step) {
    if (!line) return null;
    const level = [...this.querySelectorAll(`li[data-level="${line.dataset.level}"]`)];
    return level[level.indexOf(line) + step] ?? null;
  }

  // --- the move itself ---

  async #move(line, list, after) {
    const from = { list: line.parentElement, next: line.nextElementSibling };
    const focused = document.activeElement;
    if (after) after.after(line);
    else list.prepend(line);
    focused?.focus();
    const form = this.querySelector("form");
    const parent = list.closest("li");
    const said = new FormData();
    said.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    said.set("node", number(line));
    if (parent) said.set("parent", number(parent));
    if (after) said.set("after", number(after));
    const refusal = await sent(form, said);
    if (refusal) from.list.insertBefore(line, from.next);
    this.#status.classList.toggle("visually-hidden", !refusal);
    this.#status.textContent = refusal || `Přesunuto: ${line.querySelector(".code").textContent}. Uloženo.`;
  }
}

/* Empty when the server took it, else why not. */
async function sent(form, said) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
    if (answer.ok) return "";
    if (answer.status === 422) return (await answer.json()).refused.join(" ");
  } catch {
    // Told below as any other failure.
  }
  return "Přesun se nepodařilo uložit. Načtěte stránku znovu a zkuste to ještě jednou.";
}

function children(line) {
  const list = line.querySelector(":scope > ul");
  if (list) return list;
  const made = document.createElement("ul");
  line.append(made);
  return made;
}

const number = (line) => line.id.replace("bod-", "");
customElements.define("plan-tree", PlanTree);
