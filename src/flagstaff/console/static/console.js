// Small native elements of the console. Every page works without them; nothing here decides anything.

/** <fs-copy for="id">: a button that copies the text of an element and says so. */
class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return button?.remove();
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = button.textContent;
      await navigator.clipboard.writeText(document.getElementById(this.getAttribute("for")).textContent.trim());
      button.textContent = this.dataset.done;
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }
}

/** <fs-from-hash for="id">: moves the secret behind the '#' of a one-time link into a field, out of the address bar. */
class FromHash extends HTMLElement {
  connectedCallback() {
    const secret = location.hash.slice(1);
    const field = document.getElementById(this.getAttribute("for"));
    if (!secret || !field) return;
    field.value = secret;
    field.closest(".field").hidden = true;
    history.replaceState(null, "", location.pathname);
    document.getElementById(this.dataset.then)?.focus();
  }
}

/**
 * <fs-undo seconds="10"><span>Decided.</span> <form>…<button>Undo</button></form> <span data-left></span></fs-undo>
 * Counts down beside an undo. It stands still while the pointer or the focus is in it; the server keeps the true time
 * and refuses an undo that comes too late. At the end it leaves and tells the page by the event "fs-undo-over".
 */
class Undo extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    let left = Number(this.getAttribute("seconds")) || 10;
    const shown = this.querySelector("[data-left]");
    const show = () => { if (shown) shown.textContent = `${Math.ceil(left)} s`; };
    if (shown) shown.setAttribute("aria-hidden", "true");
    show();
    this.timer = setInterval(() => {
      if (this.dataset.wait !== "no" && this.matches(":hover, :focus-within")) return;
      left -= 0.25;
      show();
      if (left > 0) return;
      clearInterval(this.timer);
      this.dispatchEvent(new CustomEvent("fs-undo-over", { bubbles: true }));
      this.remove();
    }, 250);
  }
  disconnectedCallback() { clearInterval(this.timer); }
}

/** <fs-countdown until="ISO" now="ISO">: counts down by the server's clock, which a demo may have moved. */
class Countdown extends HTMLElement {
  connectedCallback() {
    const ahead = this.hasAttribute("now") ? Date.parse(this.getAttribute("now")) - Date.now() : 0;
    const until = Date.parse(this.getAttribute("until"));
    const show = () => {
      const seconds = Math.max(0, Math.round((until - Date.now() - ahead) / 1000));
      this.textContent = Countdown.spell(seconds);
      if (seconds === 0) {
        clearInterval(this.timer);
        this.dispatchEvent(new CustomEvent("fs-countdown-over", { bubbles: true }));
      }
    };
    this.timer = setInterval(show, 1000);
    show();
  }
  disconnectedCallback() { clearInterval(this.timer); }
  static spell(seconds) {
    const [d, h, m, s] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(Math.floor);
    if (d) return `${d} d ${h} h`;
    if (h) return `${h} h ${m} min`;
    return m ? `${m} min ${String(s).padStart(2, "0")} s` : `${s} s`;
  }
}

/**
 * <fs-keys data-title data-list data-close data-on data-off>: single keys for what carries data-key="r" (with
 * data-key-says="Remove" for the list behind "?"; with data-key-told="j" another element acts on it). Its own words
 * come from the page.
 * Keys never act while somebody writes, with a modifier held, or once turned off (WCAG 2.1.4); the choice is kept here.
 */
class Keys extends HTMLElement {
  connectedCallback() {
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
    this.querySelector("[data-show-keys]")?.addEventListener("click", () => this.show());
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }
  get off() { return localStorage.getItem("flagstaff-keys") === "off"; }
  press(event) {
    const writing = event.target.closest?.("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]");
    if (writing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); return this.show(); }
    if (this.off) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    const wanted = [...document.querySelectorAll("[data-key]")].find(
      (one) => one.dataset.key === event.key && !one.disabled && one.checkVisibility());
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("input:not([type=radio],[type=checkbox]), textarea, select")) wanted.focus();
    else { wanted.focus(); wanted.click(); }
  }
  show() {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: this.dataset.title });
    const list = Object.assign(document.createElement("dl"), { className: "keys" });
    const seen = [...document.querySelectorAll("[data-key], [data-key-told]")].filter((one) => one.checkVisibility());
    const lines = seen.map((one) => [one.dataset.key || one.dataset.keyTold, one.dataset.keySays || one.textContent.trim()]);
    for (const [key, says] of [...lines, ["?", this.dataset.list]]) {
      const dt = document.createElement("dt");
      dt.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      list.append(dt, Object.assign(document.createElement("dd"), { textContent: says }));
    }
    const row = Object.assign(document.createElement("form"), { method: "dialog", className: "row apart" });
    const close = Object.assign(document.createElement("button"), { className: "button primary", textContent: this.dataset.close });
    const turn = Object.assign(document.createElement("button"), { className: "button", type: "button" });
    const name = () => { turn.textContent = this.off ? this.dataset.on : this.dataset.off; };
    turn.addEventListener("click", () => { localStorage.setItem("flagstaff-keys", this.off ? "on" : "off"); name(); });
    name();
    row.append(close, turn);
    const stack = Object.assign(document.createElement("div"), { className: "stack" });
    stack.append(title, list, row);
    dialog.append(stack);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
}

customElements.define("fs-copy", Copy);
customElements.define("fs-from-hash", FromHash);
customElements.define("fs-undo", Undo);
customElements.define("fs-countdown", Countdown);
customElements.define("fs-keys", Keys);

// htmx sends the token of the session with every request that changes something.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name=csrf]")?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});
