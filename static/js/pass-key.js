/* <pass-key options="id of a JSON script | nothing" url="address of the options" make> <form> … </form> </pass-key>
   Asks the device for a passkey (or, with `make`, to make one) when the form is sent, and sends the answer in its
   hidden field `credential`. Says so where the browser knows no passkeys; not shown without script. */
class PassKey extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.className = "hint";
    this.append(said);
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
      said.textContent = "Tento prohlížeč přístupové klíče neumí.";
      form.querySelector("[type=submit]").hidden = true;
      return;
    }
    form.addEventListener("submit", async (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      said.textContent = "Potvrďte prosím na svém zařízení…";
      try {
        const answer = await this.ask();
        form.elements.credential.value = JSON.stringify(answer.toJSON());
        form.submit();
      } catch (error) {
        said.textContent =
          error.name === "InvalidStateError"
            ? "Na tomto zařízení už klíč máte."
            : "Klíč jsme nedostali. Zkuste to znovu, nebo použijte jiný způsob.";
      }
    });
  }

  async options() {
    const inPage = this.getAttribute("options");
    if (inPage) return JSON.parse(document.getElementById(inPage).textContent).publicKey;
    const answer = await fetch(this.getAttribute("url"), { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()).request_options.publicKey;
  }

  async ask() {
    const options = await this.options();
    if (this.hasAttribute("make")) {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return navigator.credentials.get({ publicKey });
  }
}
customElements.define("pass-key", PassKey);
