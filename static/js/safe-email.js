/* <safe-email user="jana" host="priklad.cz">jana (zavináč) priklad.cz</safe-email>
   Puts the address together as a link. Without script it stands there in words. */
class SafeEmail extends HTMLElement {
  connectedCallback() {
    const address = `${this.getAttribute("user")}@${this.getAttribute("host")}`;
    const link = document.createElement("a");
    link.href = `mailto:${address}`;
    const icon = this.querySelector("svg");
    link.append(...(icon ? [icon] : []), address);
    this.replaceChildren(link);
  }
}
customElements.define("safe-email", SafeEmail);
