/* <money-sums> around the tables of costs (tr[data-cost="operation"] with inputs by year and [data-total], tr[data-costs])
   and of sources (tr[data-paid] with a select of the sort), and the table of differences (tr[data-left="operation"]):
   keeps the sums true while somebody types. Without script the page shows them as they are saved. */
const NBSP = "\u00a0";

class MoneySums extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.#count());
    this.addEventListener("change", () => this.#count());
  }

  #count() {
    const years = this.querySelector("[data-cost]").querySelectorAll("input").length;
    const all = nothing(years);
    for (const row of this.querySelectorAll("[data-cost]")) {
      const sort = row.dataset.cost;
      const cost = summed([row], years);
      const paid = summed([...this.querySelectorAll("[data-paid]")].filter((one) => one.querySelector("select").value === sort), years);
      row.querySelector("[data-total]").textContent = crowns(cost[years]);
      write(this.querySelector(`[data-left="${sort}"]`), cost.map((amount, at) => added(amount, paid[at] === null ? null : -paid[at])));
      cost.forEach((amount, at) => (all[at] = added(all[at], amount)));
    }
    write(this.querySelector("[data-costs]"), all);
  }
}

/* Sums by year, all years together last; null is what nobody wrote. */
const nothing = (years) => Array(years + 1).fill(null);
const added = (one, other) => (one === null && other === null ? null : (one ?? 0n) + (other ?? 0n));

function summed(rows, years) {
  const found = nothing(years);
  for (const row of rows) {
    [...row.querySelectorAll("input:not([type=hidden])")].forEach((input, at) => {
      const text = input.value.replace(/[\s\u00a0\u202f]|Kč|,-/gi, "");
      if (!/^\d{1,13}$/.test(text)) return;
      found[at] = added(found[at], BigInt(text));
      found[years] = added(found[years], BigInt(text));
    });
  }
  return found;
}

function write(row, amounts) {
  [...row.querySelectorAll("td")].forEach((cell, at) => (cell.textContent = crowns(amounts[at])));
}

function crowns(amount) {
  return amount === null ? "–" : `${String(amount).replace(/\B(?=(\d{3})+$)/g, NBSP)}${NBSP}Kč`;
}
customElements.define("money-sums", MoneySums);
