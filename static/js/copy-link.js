/* <copy-link done="Odkaz je zkopírovaný." failed="…"><button class="button second" type="button">Zkopírovat odkaz</button></copy-link>
   Copies the address in `url`, or of this page. Not shown without script. */
class CopyLink extends HTMLElement {
  connectedCallback() {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    this.append(said);
    this.querySelector("button").addEventListener("click", async () => {
      const url = new URL(this.getAttribute("url") ?? location.href, location.href).href;
      try {
        await navigator.clipboard.writeText(url);
        said.textContent = ` ${this.getAttribute("done") ?? "Odkaz je zkopírovaný."}`;
      } catch {
        said.textContent = ` ${this.getAttribute("failed") ?? "Zkopírujte si adresu:"} ${url}`;
      }
    });
  }
}
customElements.define("copy-link", CopyLink);
