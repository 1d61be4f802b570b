/* <flagstaff-flag src platform kind ticket token-url label lang quote offers><a href="…">…</a></flagstaff-flag>
 * The button and dialog with which a reporter flags one subject. The link inside stays where no script runs.
 * The page's Content-Security-Policy needs this origin in script-src and connect-src, nothing else; colours follow its
 * color-scheme. Theme: ::part(button), --flagstaff-accent, --flagstaff-on-accent. Events: flagstaff:<offer>. */
(() => {
"use strict";
if (customElements.get("flagstaff-flag")) return;

const DRAFT_LIFE = 60 * 60 * 1000; // words of a reporter stay in this tab for an hour, then never again

const TEXTS = {
  button: "Flag as inappropriate",
  close: "Close",
  cancel: "Cancel",
  loading: "Loading …",
  legend: "What is wrong with it?",
  more: "More options",
  preference: "Not against the rules, just not for me",
  rule: "See the rule",
  new_window: "(opens in a new tab)",
  details_required: "What happened? Say what, where and when.",
  details_optional: "Anything to add? (optional)",
  details_or_prompt: "Tell us more, here or by answering a question above.",
  at_least: "At least {min} characters.",
  count: "{count} of {max}",
  missing: "{n} more needed.",
  left: "{n} characters left.",
  over: "{n} too many.",
   choose: "Choose what is wrong with it, then send.",
  too_short: "Please say more: at least {min} characters. What, where, when?",
  too_long: "That is too long: at most {max} characters.",
  say_something: "Please answer a question or write a few words.",
  yes: "Yes",
  no: "No",
  unanswered: "No answer",
  tips: "Tips for a good flag",
  send: "Send flag",
  send_preference: "Tell us",
  sending: "Sending …",
  thanks: "Thank you",
  number: "Your flag",
  expected: "Expected",
  next: "What you can do now",
  advice: "Good to know",
  help_now: "Where to find help now",
  done: "Done",
  withdraw: "Take this flag back",
  withdrawn: "You took this flag back. It no longer counts.",
  try_again: "Try again",
  plain_form: "Use the plain form instead",
  offline: "The connection failed. Nothing was sent.",
  offline_mend: "Your words are kept here. Please send again.",
  signed_out: "You seem to be signed out.",
  signed_out_mend: "Sign in in another tab, then send again. Your words are kept.",
  refused: "That could not be sent.",
  menu_changed: "The options have changed meanwhile.",
  menu_changed_mend: "Please look again, then send. Your words are kept.",
  no_menu: "The options could not be loaded.",
};
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host {display:inline-block;
  --ground:light-dark(#ffffff, #1b1f24); --text:light-dark(#1c2126, #e8ebee); --soft:light-dark(#525b65, #b0b8c1);
  --line:light-dark(#868f99, #79838e); --faint:light-dark(#d9dde2, #3a424b); --shade:light-dark(#f3f5f7, #252b31);
  --accent:var(--flagstaff-accent, light-dark(#0b5c6b, #7fd0de)); --on:var(--flagstaff-on-accent, light-dark(#ffffff, #0c2227));
  --bad:light-dark(#a3161f, #ffb3b0); --bad-ground:light-dark(#fdeeee, #3c1f20)}
  :host([hidden]) {display:none}
  * {box-sizing:border-box}
  button {font:inherit; color:inherit; cursor:pointer; border-radius:.5rem; min-block-size:2.75rem; padding:.4rem 1rem;
  border:1px solid var(--line); background:var(--ground)}
  button:hover {background:var(--shade)}
  button.trigger {min-block-size:2.25rem; padding:.3rem .7rem; background:transparent; color:inherit;
  border-color:color-mix(in srgb, currentColor 45%, transparent)}
  button.trigger:hover {background:color-mix(in srgb, currentColor 8%, transparent)}
  button.strong {background:var(--accent); color:var(--on); border-color:var(--accent); font-weight:600}
  button.strong:hover {filter:brightness(1.08)}
  button[aria-disabled="true"] {opacity:.7; cursor:progress}
  :focus-visible {outline:3px solid var(--accent); outline-offset:2px}
  h2:focus, .problem:focus {outline:none}
  dialog {font:1rem/1.45 system-ui, sans-serif; color:var(--text); background:var(--ground); text-align:start; white-space:normal;
  border:1px solid var(--faint); border-radius:.9rem; padding:0;
  inline-size:min(36rem, calc(100vw - 2rem)); max-block-size:min(46rem, calc(100dvh - 2rem)); overflow:hidden;
  box-shadow:0 1rem 3rem rgb(0 0 0 / .3)}
  dialog::backdrop {background:rgb(10 16 22 / .55)}
  dialog[open] {display:flex; flex-direction:column}
  form, .view {display:flex; flex-direction:column; min-block-size:0; flex:1; margin:0}
  header {display:flex; gap:1rem; align-items:center; justify-content:space-between; padding:.9rem 1.25rem .5rem}
  h2 {font-size:1.25rem; line-height:1.25; margin:0}
  h3 {font-size:1rem; margin:1rem 0 .35rem}
  .x {inline-size:2.75rem; padding:0; border-color:transparent; font-size:1.4rem; line-height:1; flex:none}
  .body {overflow-y:auto; padding:.25rem 1.25rem 1rem; overscroll-behavior:contain}
  footer {display:flex; flex-wrap:wrap; gap:.6rem; justify-content:flex-end; padding:.75rem 1.25rem; border-block-start:1px solid var(--faint)}
  blockquote {margin:0 0 .75rem; padding:.4rem .8rem; border-inline-start:3px solid var(--accent); background:var(--shade);
  border-radius:.25rem; overflow-wrap:anywhere; max-block-size:5.9em; overflow:hidden}
  p {margin:0 0 .6rem}
  .soft {color:var(--soft); font-size:.925rem}
  fieldset {border:0; padding:0; margin:0 0 .9rem; min-inline-size:0}
  legend {font-weight:600; padding:0; margin-block-end:.35rem}
  .option {display:grid; grid-template-columns:1.75rem 1fr; align-items:start; border:1px solid transparent; border-radius:.5rem;
  padding:.3rem .5rem}
  .option:hover {background:var(--shade)}
  .option:has(:checked) {background:var(--shade); border-color:var(--accent)}
  .option input {inline-size:1.2rem; block-size:1.2rem; margin:.25rem 0 0; accent-color:var(--accent)}
  .option label {padding-block:.15rem; cursor:pointer; overflow-wrap:anywhere}
  .option .under {grid-column:2; color:var(--soft); font-size:.9rem; margin:0; padding-block-end:.15rem}
  .option .rule {visibility:hidden; white-space:nowrap}
  .option:is(:hover, :focus-within, :has(:checked)) .rule {visibility:visible}
  a {color:var(--accent); text-underline-offset:.15em}
  details > summary {cursor:pointer; padding:.55rem .5rem; min-block-size:2.75rem; border-radius:.5rem; color:var(--accent); font-weight:600}
  .apart {border-block-start:1px dashed var(--line); padding-block-start:.7rem}
  .pinned {border-block-start:1px solid var(--faint); margin-block-start:.35rem; padding-block-start:.35rem}
  .more-about {margin:.2rem 0 .6rem; padding:.6rem .75rem .1rem; border-inline-start:3px solid var(--accent)}
  .field {margin-block-end:.9rem}
  .field > label {display:block; font-weight:600; margin-block-end:.25rem}
  textarea, .field > input {inline-size:100%; font:inherit; color:inherit; background:var(--ground);
  border:1px solid var(--line); border-radius:.5rem; padding:.55rem .7rem; min-block-size:2.75rem}
  textarea {min-block-size:6.5rem; resize:vertical}
  [aria-invalid=true] {border:2px solid var(--bad)}
  .meta {display:flex; justify-content:space-between; gap:1rem; font-size:.875rem; color:var(--soft); margin-block-start:.25rem}
  .meta span:last-child {font-variant-numeric:tabular-nums; white-space:nowrap}
  .chips {display:flex; flex-wrap:wrap; gap:.45rem}
  .chips label {display:inline-flex; align-items:center; gap:.4rem; border:1px solid var(--line); border-radius:2rem; padding:.3rem .8rem;
  min-block-size:2.5rem; cursor:pointer; font-weight:400}
  .chips label:has(:checked) {border-color:var(--accent); background:var(--shade)}
  .chips input {accent-color:var(--accent); margin:0; inline-size:1.1rem; block-size:1.1rem}
  .error {color:var(--bad); font-weight:600; margin:.3rem 0 0}
  .problem {background:var(--bad-ground); border:1px solid var(--bad); border-radius:.5rem; padding:.6rem .8rem; margin-block-end:.8rem}
  .problem p:last-child {margin:0}
  .number {font-family:ui-monospace, monospace; font-size:1.1rem; font-weight:600; overflow-wrap:anywhere}
  .offers {display:grid; gap:.5rem; margin-block-end:.75rem}
  .offers button {text-align:start}
  .sr {position:absolute; inline-size:1px; block-size:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap}
  [hidden] {display:none !important}
  @media (max-width:30rem) {
  dialog {inline-size:100%; max-inline-size:100%; max-block-size:92dvh; margin-block-end:0; margin-inline:0; border-radius:1rem 1rem 0 0; border-inline:0; border-block-end:0}
  header, footer {padding-inline:1rem} .body {padding-inline:1rem}
  footer button {flex:1} .option .rule {white-space:normal}
 }
  @media (prefers-reduced-motion:no-preference) {
  dialog[open] {animation:in .16s ease-out} @keyframes in {from {opacity:0; translate:0 .75rem}}
 }
  @media (forced-colors:active) {
  .option:has(:checked), .chips label:has(:checked) {border-color:Highlight; outline:1px solid Highlight}
  button.strong {border-width:2px}
 }`);

/** Make one element; text never passes through HTML. */
const h = (tag, props = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;
const graphemes = (text) => (segmenter ? Array.from(segmenter.segment(text)).length : Array.from(text).length);

const randomKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http in a local network
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Read the id out of a ticket, to keep one draft per subject. */
const subjectOf = (ticket) => {
  try {
    const claims = JSON.parse(atob(ticket.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return String(claims.id);
  } catch {
    return "";
  }
};

const textOf = (value) => (typeof value === "string" ? value : value?.text || value?.name || "");

/** What went wrong and what to do next; `problem` is the document of the server, where there is one. */
class Trouble extends Error {
  constructor(what, mend = "", problem = null) {
    super(what);
    Object.assign(this, { what, mend, problem });
  }
}

class FlagstaffFlag extends HTMLElement {
  #root; #trigger; #dialog = null; #menu = null; #token = null; #sending = false; #spoken = 0;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (this.#trigger) return;
    this.#trigger = h("button", { type: "button", class: "trigger", part: "button", "aria-haspopup": "dialog", onclick: () => this.open() },
      this.#label());
    this.#root.append(this.#trigger);
  }

  focus(options) {
    this.#trigger?.focus(options);
  }

  /** Open the dialog: the token is fetched now, the menu comes from the browser's cache where it can. */
  async open() {
    if (this.#dialog?.open) return;
    this.#dialog?.remove();
    this.#dialog = h("dialog", { part: "dialog", "aria-labelledby": "title", lang: this.#lang() });
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#root.append(this.#dialog);
    this.#show(h("div", { class: "view" }, this.#header(this.#label()),
      h("div", { class: "body" }, h("p", { role: "status" }, this.#t("loading")))));
    this.#dialog.showModal();
    this.#token = this.#fetchToken();
    this.#token.catch(() => {}); // told when sending
    await this.#load();
  }

  close() {
    this.#dialog?.close();
  }

  // -- the parts of the dialog

  #header(title) {
    return h("header", {}, h("h2", { id: "title", tabindex: "-1" }, title),
      h("button", { type: "button", class: "x", "aria-label": this.#t("close"), onclick: () => this.close() }, "×"));
  }

  async #load() {
    try {
      this.#menu = await this.#fetchMenu();
    } catch (trouble) {
      const plain = this.querySelector("a")?.href;
      this.#show(h("div", { class: "view" }, this.#header(this.#label()), h("div", { class: "body" }, this.#problemBox(trouble),
        plain && h("p", {}, h("a", { href: plain }, this.#t("plain_form")))),
        h("footer", {}, h("button", { type: "button", class: "strong", onclick: () => this.#load() }, this.#t("try_again")))));
      this.#find(".problem").focus();
      return;
    }
    this.#form(this.#readDraft());
  }

  #form(draft) {
    const menu = this.#menu;
    const body = h("div", { class: "body" },
      this.getAttribute("quote") && h("blockquote", { dir: "auto" }, this.getAttribute("quote")),
      h("p", { class: "soft" }, menu.tips.confidential),
      h("div", { class: "trouble" }),
      h("fieldset", {}, h("legend", {}, this.#t("legend")),
        ...menu.top.map((option) => this.#option(option)),
        menu.more.length > 0 && h("details", { class: "more" }, h("summary", {}, this.#t("more")), ...menu.more.map((option) => this.#option(option))),
        h("div", { class: "pinned" }, this.#option(menu.last))),
      menu.preference.length > 0 && h("div", { class: "apart" }, h("fieldset", {}, h("legend", {}, this.#t("preference")),
        ...menu.preference.map((option) => this.#option(option)))),
      h("div", { class: "more-about", hidden: true }),
      this.#tips());
    const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      this.#header(this.#label()), body,
      h("footer", {}, h("button", { type: "button", onclick: () => this.close() }, this.#t("cancel")),
        h("button", { type: "submit", class: "strong", id: "send" }, this.#t("send"))),
      h("div", { class: "sr", role: "status", id: "status" }));
    form.addEventListener("change", (event) => { if (event.target.name === "option") this.#chosen(); this.#keepDraft(); });
    form.addEventListener("input", () => this.#keepDraft());
    this.#show(form);
    this.#restore(draft);
    (this.#radio() || this.#find("input")).focus();
  }

  #option(option) {
    const id = `o-${option.key}`;
    const rule = option.rule;
    return h("div", { class: "option" },
      h("input", { type: "radio", name: "option", id, value: option.key, "aria-describedby": `${id}-help` }),
      h("label", { for: id }, option.label),
      h("p", { class: "under" }, h("span", { id: `${id}-help` }, option.help || ""), " ",
        rule?.url && h("a", { class: "rule", href: new URL(rule.url, this.#base()).href, target: "_blank", rel: "noopener" }, this.#t("rule"),
          h("span", { class: "sr" }, `: ${rule.title || option.label} ${this.#t("new_window")}`))));
  }

  #tips() {
    const { confidential, ...tips } = this.#menu.tips;
    return h("details", {}, h("summary", {}, this.#t("tips")), h("ul", {}, ...Object.values(tips).map((tip) => h("li", {}, tip))));
  }

  /** Show what the chosen option asks for; words already written stay. */
  #chosen() {
    const option = this.#choice();
    const place = this.#find(".more-about");
    if (!option || !place) return;
    const kept = { details: this.#find("#details")?.value || "", answers: this.#answers() };
    const preference = this.#isPreference(option);
    const required = this.#isRequired(option);
    const prompts = this.#promptsOf(option);
    const least = this.#least(option);
    const question = this.#t(!required ? "details_optional" : prompts.length ? "details_or_prompt" : "details_required");
    place.replaceChildren(...prompts.map((prompt) => this.#prompt(prompt)),
      h("div", { class: "field" }, h("label", { for: "details" }, question),
        h("textarea", { id: "details", name: "details", rows: "4", dir: "auto", "aria-required": String(required && !prompts.length),
          "aria-describedby": "details-hint details-error", oninput: () => this.#count() }),
        h("p", { class: "error", id: "details-error" }),
        h("div", { class: "meta" }, h("span", { id: "details-hint" }, least ? this.#t("at_least", { min: least }) : ""), h("span", { id: "count" }))));
    place.hidden = preference;
    this.#radio().closest(".option").after(place); // beside what it asks about
    this.#find("#send").textContent = this.#t(preference ? "send_preference" : "send");
    this.#find("#details").value = kept.details;
    this.#fillAnswers(kept.answers);
    this.#clearProblem();
    this.#count();
    place.scrollIntoView({ block: "nearest" });
  }

  #prompt(prompt) {
    const name = `a-${prompt.key}`;
    if (prompt.answer === "pick" || prompt.answer === "yes_no") {
      const lines = prompt.answer === "pick" ? prompt.pick.map((line) => [line, line]) : [["yes", this.#t("yes")], ["no", this.#t("no")]];
      return h("fieldset", { class: "field" }, h("legend", {}, prompt.ask), h("div", { class: "chips" },
        ...lines.concat([["", this.#t("unanswered")]]).map(([value, label]) =>
          h("label", {}, h("input", { type: "radio", name, value, checked: value === "" }), label))));
    }
    return h("div", { class: "field" }, h("label", { for: name }, prompt.ask),
      h("input", { type: prompt.answer === "link" ? "url" : "text", id: name, name, dir: "auto", maxlength: "1000" }));
  }

  #count() {
    const box = this.#find("#details");
    const { max } = this.#limits();
    const least = this.#least(this.#choice());
    const count = graphemes(box.value.trim());
    this.#find("#count").textContent = this.#t("count", { count, max });
    if (box.ariaInvalid === "true" && count >= least && count <= max) this.#fieldError("");
    const say = count > max ? this.#t("over", { n: count - max }) : max - count < 200 ? this.#t("left", { n: max - count })
      : least && count < least ? this.#t("missing", { n: least - count }) : "";
    clearTimeout(this.#spoken); // told in a pause
    this.#spoken = setTimeout(() => { const status = this.#find("#status"); if (status && status.textContent !== say) status.textContent = say; }, 1000);
  }

  #problemBox(trouble) {
    return h("div", { class: "problem", role: "alert", tabindex: "-1" }, h("p", {}, h("strong", {}, trouble.what || this.#t("refused"))),
      trouble.mend && h("p", {}, trouble.mend));
  }

  #complain(trouble) {
    this.#find(".trouble").replaceChildren(this.#problemBox(trouble));
    this.#find(".problem").focus(); // and scrolls it into view
  }

  #clearProblem() {
    this.#find(".trouble")?.replaceChildren();
  }

  #fieldError(text) {
    const box = this.#find("#details");
    this.#find("#details-error").textContent = text;
    box.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) box.focus();
  }

  // -- sending

  /** Send once per press; every failure leaves the words where they are. */
  async #send() {
    if (this.#sending) return;
    const option = this.#choice();
    if (!option) return this.#complain(new Trouble(this.#t("choose")));
    const fault = this.#fault(option);
    if (fault) return this.#fieldError(fault);
    this.#clearProblem();
    this.#busy(true);
    try {
      this.#receipt(await this.#post(this.#body(option)));
      sessionStorage.removeItem(this.#draftName());
    } catch (trouble) {
      this.#failed(trouble instanceof Trouble ? trouble : new Trouble(this.#t("refused"), String(trouble.message || "")));
    } finally {
      this.#busy(false);
    }
    return undefined;
  }

  #fault(option) {
    if (this.#isPreference(option)) return "";
    const count = graphemes(this.#find("#details").value.trim());
    const { max } = this.#limits();
    const least = this.#least(option);
    if (count > max) return this.#t("too_long", { max });
    if (least && count < least) return this.#t("too_short", { min: least });
    if (this.#isRequired(option) && !count && !Object.keys(this.#answers()).length) return this.#t("say_something");
    return "";
  }

  #body(option) {
    const details = this.#find("#details")?.value.trim();
    const answers = this.#answers();
    const body = { ticket: this.getAttribute("ticket"), option: option.key, menu_version: this.#menu.version, language: this.#menu.language || this.#lang() };
    if (details) body.details = details;
    if (Object.keys(answers).length) body.answers = answers;
    return body;
  }

  async #post(body) {
    const text = JSON.stringify(body);
    const draft = this.#keepDraft();
    const words = JSON.stringify([body.option, body.menu_version, body.details, body.answers]);
    const key = draft.words === words && draft.key ? draft.key : randomKey();
    this.#keepDraft({ words, key }); // sent again after a reload it is still the same flag
    const answer = await this.#authorised("/v1/flags", { method: "POST", body: text,
      headers: { "Content-Type": "application/json", "Idempotency-Key": key } });
    return answer.json();
  }

  /** Ask with the person's token; one that has expired is fetched again, once, so that no flag is lost to it. */
  async #authorised(path, request) {
    for (let tries = 0; ; tries += 1) {
      if (tries || !this.#token) this.#token = this.#fetchToken();
      let token;
      try {
        token = await this.#token;
      } catch (trouble) {
        this.#token = null;
        if (!tries) continue;
        throw trouble;
      }
      const answer = await this.#ask(new URL(path, this.#base()), { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } });
      if (answer.ok) return answer;
      if (answer.status === 401 && !tries) continue;
      throw await this.#troubleOf(answer);
    }
  }

  async #fetchToken() {
    const answer = await this.#ask(new URL(this.getAttribute("token-url") || "", document.baseURI),
      { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 403) throw new Trouble(this.#t("signed_out"), this.#t("signed_out_mend"));
    if (!answer.ok) throw await this.#troubleOf(answer);
    return (await answer.json()).token;
  }

  async #fetchMenu() {
    const address = new URL(`/v1/menus/${encodeURIComponent(this.getAttribute("kind"))}`, this.#base());
    address.searchParams.set("platform", this.getAttribute("platform") || "");
    address.searchParams.set("lang", this.#lang());
    const answer = await this.#ask(address, { cache: "no-cache", headers: { Accept: "application/json" } });
    if (!answer.ok) throw await this.#troubleOf(answer, "no_menu");
    return answer.json();
  }

  async #ask(address, request) {
    try {
      return await fetch(address, { credentials: "omit", referrerPolicy: "origin", ...request });
    } catch {
      throw new Trouble(this.#t("offline"), this.#t("offline_mend"));
    }
  }

  async #troubleOf(answer, otherwise = "refused") {
    const problem = await answer.json().catch(() => null);
    return new Trouble(problem?.detail || problem?.title || this.#t(otherwise), problem?.mend, problem);
  }

  #failed(trouble) {
    const slug = String(trouble.problem?.type || "").split("/").pop();
    if (slug === "unknown-menu-version" && trouble.problem.menu) {
      this.#menu = trouble.problem.menu;
      this.#form(this.#readDraft());
      return this.#complain(new Trouble(this.#t("menu_changed"), this.#t("menu_changed_mend")));
    }
    if (slug === "details-missing") return this.#fieldError([trouble.what, trouble.mend].filter(Boolean).join(" "));
    return this.#complain(trouble);
  }

  #busy(sending) {
    this.#sending = sending;
    const button = this.#find("#send");
    if (!button) return;
    button.setAttribute("aria-disabled", String(sending));
    button.textContent = this.#t(sending ? "sending" : this.#isPreference(this.#choice() || {}) ? "send_preference" : "send");
  }

  // -- after sending

  #receipt(receipt) {
    const declared = (this.getAttribute("offers") || "").split(/\s+/);
    const offers = (receipt.next || []).filter((offer) => declared.includes(offer.key));
    this.#show(h("div", { class: "view" }, this.#header(this.#t("thanks")), h("div", { class: "body" },
      h("div", { role: "status", id: "told" }, h("p", {}, receipt.number ? receipt.status_text : receipt.text),
        receipt.number && h("p", {}, `${this.#t("number")} `, h("span", { class: "number" }, receipt.number)),
        receipt.expected?.text && h("p", {}, `${this.#t("expected")}: ${receipt.expected.text}`)),
      h("div", { class: "trouble" }),
      receipt.resources?.length > 0 && h("section", {}, h("h3", {}, this.#t("help_now")), h("ul", {}, ...receipt.resources.map((entry) =>
        h("li", {}, /^https?:/i.test(entry.url) ? h("a", { href: entry.url, target: "_blank", rel: "noopener noreferrer" }, entry.name || entry.url) : textOf(entry))))),
      textOf(receipt.advice) && h("section", {}, h("h3", {}, this.#t("advice")), h("p", {}, textOf(receipt.advice))),
      offers.length > 0 && h("section", {}, h("h3", {}, this.#t("next")), h("div", { class: "offers" }, ...offers.map((offer) => this.#offer(offer)))),
      receipt.number && h("p", { class: "back" }, h("button", { type: "button", id: "withdraw", onclick: () => this.#withdraw(receipt) }, this.#t("withdraw")))),
      h("footer", {}, h("button", { type: "button", class: "strong", onclick: () => this.close() }, this.#t("close")))));
    this.#find("#title").focus();
  }

  #offer(offer) {
    const button = h("button", { type: "button", "data-offer": offer.key }, offer.text);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      button.append(` · ${this.#t("done")}`);
      // The page around does it; Flagstaff never learns whom somebody muted.
      this.dispatchEvent(new CustomEvent(`flagstaff:${offer.key}`, { bubbles: true, composed: true, detail: { offer: offer.key, kind: this.getAttribute("kind") } }));
    });
    return button;
  }

  async #withdraw(receipt) {
    try {
      await this.#authorised(receipt.withdraw_url || `/v1/my/flags/${encodeURIComponent(receipt.number)}`, { method: "DELETE" });
      this.#find("#told").replaceChildren(h("p", {}, this.#t("withdrawn")));
      this.#find(".back").remove();
      this.#find(".trouble").replaceChildren();
      this.#find("#title").focus();
    } catch (trouble) {
      this.#complain(trouble);
    }
  }

  #closed() {
    clearTimeout(this.#spoken);
    this.#trigger.focus();
    this.#dialog.remove();
    this.#dialog = null;
  }

  // -- the draft

  #draftName() {
    return `flagstaff:${this.getAttribute("platform")}:${this.getAttribute("kind")}:${subjectOf(this.getAttribute("ticket") || "")}`;
  }

  #readDraft() {
    try {
      const draft = JSON.parse(sessionStorage.getItem(this.#draftName()) || "null");
      if (draft && Date.now() - draft.at < DRAFT_LIFE) return draft;
      sessionStorage.removeItem(this.#draftName());
    } catch { /* storage may be closed to this page; then there is no draft */ }
    return null;
  }

  #keepDraft(more = {}) {
    const draft = { ...this.#readDraft(), at: Date.now(), option: this.#choice()?.key, details: this.#find("#details")?.value || "", answers: this.#answers(), ...more };
    try {
      sessionStorage.setItem(this.#draftName(), JSON.stringify(draft));
    } catch { /* as above */ }
    return draft;
  }

  #restore(draft) {
    const radio = draft?.option && this.#find(`input[name=option][value="${CSS.escape(draft.option)}"]`);
    if (!radio) return;
    radio.checked = true;
    const more = radio.closest("details");
    if (more) more.open = true;
    this.#chosen();
    this.#find("#details").value = draft.details || "";
    this.#fillAnswers(draft.answers || {});
    this.#count();
  }

  // -- small readings

  #find(selector) { return this.#dialog?.querySelector(selector) ?? null; }
  #show(view) { this.#dialog.replaceChildren(view); }
  #base() { return this.getAttribute("src") || document.baseURI; }
  #label() { return this.getAttribute("label") || this.#menu?.button || TEXTS.button; }
  #lang() { return this.getAttribute("lang") || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en"; }
  #options() { return [...this.#menu.top, ...this.#menu.more, ...this.#menu.preference, this.#menu.last]; }
  #isPreference(option) { return this.#menu.preference.includes(option); }
  #isRequired(option) { return option === this.#menu.last || option.details === "required"; }
  #limits() { return { min: this.#menu.details?.min ?? 10, max: this.#menu.details?.max ?? 4000 }; }
  #least(option) { return option && option === this.#menu.last ? this.#limits().min : 0; }

  #radio() { return this.#find("input[name=option]:checked"); }

  #choice() {
    const key = this.#radio()?.value;
    return key ? this.#options().find((option) => option.key === key) : null;
  }

  #promptsOf(option) {
    return (option.prompts || []).map((key) => ({ key, ...this.#menu.prompts[key] }));
  }

  #answers() {
    const form = this.#find("form");
    const filled = form ? [...new FormData(form)].filter(([name, value]) => name.startsWith("a-") && value.trim()) : [];
    return Object.fromEntries(filled.map(([name, value]) => [name.slice(2), value.trim()]));
  }

  #fillAnswers(answers) {
    for (const field of this.#dialog.querySelectorAll("[name^='a-']")) {
      const value = answers[field.name.slice(2)];
      if (value && field.type === "radio") field.checked = field.value === value;
      else if (value) field.value = value;
    }
  }

  /** The words of the dialog; a menu in another language may bring its own. */
  #t(key, values = {}) {
    const text = this.#menu?.texts?.[key] || TEXTS[key];
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }
}

customElements.define("flagstaff-flag", FlagstaffFlag);
})();
