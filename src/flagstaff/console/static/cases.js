// The queue and the case by keyboard, and a panel that follows what is chosen. The server reads the same form without it.

/** <fs-queue>: j and k move through the cases; the keys can be turned off with all others. */
class Queue extends HTMLElement {
  connectedCallback() {
    this.listen = (event) => {
      if (localStorage.getItem("flagstaff-keys") === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input, textarea, select, dialog") || !["j", "k"].includes(event.key)) return;
      event.preventDefault();
      this.move(event.key === "j" ? 1 : -1);
    };
    document.addEventListener("keydown", this.listen);
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }
  move(by) {
    const cases = [...this.querySelectorAll("[data-case]")];
    const now = cases.indexOf(document.activeElement);
    const next = now < 0 ? (by > 0 ? 0 : cases.length - 1) : Math.min(cases.length - 1, Math.max(0, now + by));
    cases[next]?.focus();
  }
}

/**
 * <fs-decide>: choosing a rule chooses the verdict and ticks what its ladder proposes; the drafted reason follows until
 * somebody writes their own. What differs from the proposal opens the fields that say why.
 */
class Decide extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.reason = this.form.elements.reason;
    this.draft = this.reason.value;
    this.form.addEventListener("change", (event) => this.follow(event.target));
    this.form.addEventListener("click", (event) => {
      // A radio that is ticked already fires no change: its key must still say "a rule is broken".
      if (event.target.name === "clause") this.follow(event.target);
    });
  }
  get leading() {
    const typed = this.form.elements.other?.value.trim();
    const listed = typed && [...this.querySelectorAll("datalist option")].find((one) => one.value === typed);
    return listed || this.form.querySelector("[name=clause]:checked");
  }
  follow(changed) {
    if (changed.name === "clause" && this.form.elements.other) this.form.elements.other.value = "";
    if (changed.name === "clause" || changed.name === "other") this.lead();
    if (changed.name === "measure" && changed.checked && !this.verdict("violation").checked) this.verdict("violation").checked = true;
    if (changed.name === "verdict") this.write(changed.dataset.draft ?? (changed.value === "violation" ? this.leading?.dataset.draft : ""));
    this.compare();
  }
  verdict(value) { return this.form.querySelector(`[name=verdict][value=${value}]`); }
  lead() {
    const leading = this.leading;
    if (!leading) return;
    this.verdict("violation").checked = true;
    const step = Decide.read(leading.dataset.step);
    for (const box of this.form.querySelectorAll("[name=measure]")) {
      box.checked = step.has(box.value);
      const days = this.form.elements[`days_${box.value}`];
      if (days && step.get(box.value)) days.value = step.get(box.value);
    }
    this.form.elements.proposed_for.value = leading.value.split(" ")[0];
    const why = this.querySelector("[data-why-shown]");
    if (why) why.textContent = leading.dataset.why;
    this.write(leading.dataset.draft);
  }
  write(draft) {
    if (this.reason.value !== this.draft && this.reason.value !== "") return;
    this.reason.value = this.draft = draft || "";
  }
  compare() {
    const leading = this.leading;
    const deviation = this.querySelector(".deviation");
    if (!leading || !deviation || !this.verdict("violation").checked) return;
    const step = Decide.read(leading.dataset.step);
    const boxes = [...this.form.querySelectorAll("[name=measure]")];
    const differs = boxes.some((box) => box.checked !== step.has(box.value)
      || (box.checked && (this.form.elements[`days_${box.value}`]?.value ?? "") !== step.get(box.value)));
    if (differs && step.size) deviation.open = true;
  }
  static read(step) { return new Map((step || "").split(",").filter(Boolean).map((one) => one.split(":"))); }
}

/** Blurring is a choice that is kept; grave content begins blurred until somebody chose otherwise. */
for (const box of document.querySelectorAll("[data-blur]")) {
  const kept = localStorage.getItem("flagstaff-blur");
  if (kept && !box.hasAttribute("data-grave")) box.checked = kept === "on";
  box.addEventListener("change", () => localStorage.setItem("flagstaff-blur", box.checked ? "on" : "off"));
}

customElements.define("fs-queue", Queue);
customElements.define("fs-decide", Decide);
