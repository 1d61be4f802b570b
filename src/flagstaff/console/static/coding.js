// The coding screen: one comment at a time, kept as soon as it is answered. Without this the same form is sent as a whole.

/**
 * <fs-coding><form> with a fieldset[data-comment] for each comment: a radio is chosen by its key (data-key, pressed by
 * <fs-keys>), by tapping it, or with arrows and Enter; j and k go on and back without answering. When all are answered
 * and kept, the page is loaded with the next ones.
 */
class Coding extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.asked = [...this.querySelectorAll("[data-comment]")];
    this.sending = Promise.resolve();
    this.classList.add("live");
    this.form.querySelector("[data-save]").hidden = true;
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.listen = (event) => this.pressed(event);
    document.addEventListener("keydown", this.listen);
    this.theme = document.querySelector("[data-new-theme]");
    this.theme?.addEventListener("focusin", () => { this.theme.elements.row.value = this.now.dataset.comment; });
    for (const other of document.querySelectorAll("[data-after-answers]")) {
      other.addEventListener("submit", (event) => this.after(event, other));
    }
    this.changes = [...document.querySelectorAll("[data-change]")];
    for (const change of this.changes) this.prepare(change);
    this.show(this.asked[0], false);
    document.querySelector("main .notice.bad[role=alert]")?.focus();
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }

  show(one, scroll = true) {
    this.now = one;
    for (const each of this.asked) each.classList.toggle("now", each === one);
    one.focus({ preventScroll: true });
    if (scroll) one.scrollIntoView({ block: "nearest" });
  }

  /** A change of the codebook: it opens at the theme that this comment seems to be about, with its words to mend. */
  prepare(change) {
    const form = change.querySelector("form");
    const theme = form.elements.theme;
    const fill = () => {
      if (!form.elements.public) return;
      const chosen = theme.selectedOptions[0].dataset;
      for (const name of ["name", "meaning", "public"]) form.elements[name].value = chosen[name];
    };
    theme.addEventListener("change", fill);
    if (!change.open) fill();
    // At once, and not when the page says that it opened: the next key is on its way already.
    change.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      change.open = !change.open;
      if (!change.open) return;
      const seems = this.now.querySelector("input[type=radio]:checked, input[name^=proposed_]")?.value;
      if ([...theme.options].some((one) => one.value === seems)) theme.value = seems;
      fill();
      theme.focus();
    });
  }

  clicked(event) {
    const on = event.target.closest("a[href*='skip=']");
    if (on) on.href = this.further(on.href);
    const inside = event.target.closest("[data-comment]");
    if (inside && inside !== this.now) return this.show(inside);
    const radio = event.target.closest("input[type=radio]");
    // An arrow key moves through the answers by clicking them: it chooses, and Enter says that it is meant.
    const arrow = event.isTrusted && event.detail === 0;
    if (radio && !arrow) this.answer();
  }

  submitted(event) {
    event.preventDefault();
    if (event.submitter?.name === "all") {
      this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "all", value: "yes" }));
      return this.sending.then((kept) => { if (kept !== false) this.form.submit(); });
    }
    const chosen = this.now.querySelector("input[type=radio]:checked");
    if (!chosen && event.submitter?.value) this.choice(event.submitter.value).checked = true;
    this.answer();
  }

  choice(value) { return [...this.now.querySelectorAll("input[type=radio]")].find((one) => one.value === value); }

  answer() {
    const one = this.now;
    const chosen = one.querySelector("input[type=radio]:checked");
    if (!chosen) return;
    one.classList.add("done");
    const says = one.querySelector(".answered");
    says.textContent = chosen.dataset.keySays;
    says.hidden = false;
    this.send(chosen);
    const next = this.asked.slice(this.asked.indexOf(one) + 1).find((each) => !each.classList.contains("done"))
      || this.asked.find((each) => !each.classList.contains("done"));
    if (next) this.show(next);
    else this.sending.then((kept) => { if (kept !== false) location.assign(this.address()); });
  }

  send(chosen) {
    const body = new URLSearchParams({ quiet: "yes", [chosen.name]: chosen.value });
    for (const name of ["_csrf", "stack"]) body.set(name, this.form.elements[name].value);
    // One after another: the order of answers is the order in which they are taken back.
    this.sending = this.sending.then(async (before) => {
      if (before === false) return false;
      const answer = await fetch(this.form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
      if (answer?.status === 204) return before;
      const said = Object.assign(document.createElement("p"), { className: "notice bad", textContent: this.dataset.failed });
      said.setAttribute("role", "alert");
      this.prepend(said);
      said.scrollIntoView({ block: "nearest" });
      return false;
    });
  }

  address() {
    const at = new URL(location.href);
    at.searchParams.delete("skip");
    at.searchParams.delete("changed");
    return at.pathname + at.search;
  }

  /** Read on behind what is shown: an answered comment is no longer among those that are left. */
  further(href) {
    const to = new URL(href);
    to.searchParams.set("skip", Number(to.searchParams.get("skip")) - this.querySelectorAll(".done").length);
    return to.href;
  }

  after(event, other) {
    event.preventDefault();
    if (other.matches("[data-in-front]")) other.elements.row.value = this.now.dataset.comment;
    this.sending.then((kept) => { if (kept !== false) other.submit(); });
  }

  pressed(event) {
    const change = event.target.closest?.("[data-change]");
    if (event.key === "Escape" && (change || this.theme?.contains(event.target))) {
      if (change) change.open = false;
      return this.show(this.now);
    }
    if (localStorage.getItem("flagstaff-keys") === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input:not([type=radio]), textarea, select, dialog") || !["j", "k"].includes(event.key)) return;
    event.preventDefault();
    const at = this.asked.indexOf(this.now) + (event.key === "j" ? 1 : -1);
    if (this.asked[at]) this.show(this.asked[at]);
  }
}

customElements.define("fs-coding", Coding);
