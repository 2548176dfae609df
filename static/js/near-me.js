/* <near-me for="id of the place input"> two hidden inputs (lat, lon) and a button </near-me>
   Fills the hidden inputs with the position of the device and says so; typing a place takes them back.
   Not shown without script. */
class NearMe extends HTMLElement {
  connectedCallback() {
    const [lat, lon] = this.querySelectorAll("input[type=hidden]");
    const place = document.getElementById(this.getAttribute("for"));
    const here = this.getAttribute("here") ?? "Moje poloha";
    const said = document.createElement("p");
    said.className = "hint";
    said.setAttribute("role", "status");
    this.append(said);

    place?.addEventListener("input", () => {
      lat.value = lon.value = "";
      said.textContent = "";
    });
    this.querySelector("button").addEventListener("click", () => {
      if (!navigator.geolocation) {
        said.textContent = "Tento prohlížeč polohu neumí. Napište prosím obec.";
        return;
      }
      said.textContent = "Zjišťuji polohu…";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          // Two decimals are about a kilometre: enough to sort by distance, not enough to find a door.
          lat.value = coords.latitude.toFixed(2);
          lon.value = coords.longitude.toFixed(2);
          if (place) place.value = here;
          said.textContent = "Hledáme kolem místa, kde jste, s přesností asi na kilometr.";
        },
        () => {
          said.textContent = "Polohu se nepodařilo zjistit. Napište prosím obec.";
          place?.focus();
        },
        { timeout: 10000, maximumAge: 600000 },
      );
    });
  }
}
customElements.define("near-me", NearMe);
