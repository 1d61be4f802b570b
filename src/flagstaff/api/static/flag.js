/* <flagstaff-flag src platform kind ticket token-url …>what stays without script: a form or a link</flagstaff-flag>
 * The button and dialog with which a reporter flags one subject: docs/reference/dialog.md. */
(() => {
if (customElements.get("flagstaff-flag")) return;

const HOUR = 36e5; // words of a reporter stay in this tab for an hour, then never again
const PAUSE = 600; // milliseconds without a key before a hint is asked for
const MOST_BESIDE = 5;
// What can be said before a menu came; other words come with it.
const FEW_WORDS = {
	button: "Flag as inappropriate",
	close: "Close",
	loading: "Loading …",
	no_menu: "The options could not be loaded.",
	offline: "The connection failed. Nothing was sent.",
	plain_form: "Use the plain form instead",
	try_again: "Try again",
};
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:inline-block;
	--ground:light-dark(#fff,#1b1f24);--text:light-dark(#1c2126,#e8ebee);--soft:light-dark(#525b65,#b0b8c1);
	--line:light-dark(#868f99,#79838e);--faint:light-dark(#d9dde2,#3a424b);--shade:light-dark(#f3f5f7,#252b31);
	--accent:var(--flagstaff-accent,light-dark(#0b5c6b,#7fd0de));--on:var(--flagstaff-on-accent,light-dark(#fff,#0c2227));
	--bad:light-dark(#a3161f,#ffb3b0);--bad-ground:light-dark(#fdeeee,#3c1f20)}
:host([hidden]),[hidden]{display:none !important}
*{box-sizing:border-box}
button,textarea,.field>input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:.5em;
	padding:.4em 1em;min-block-size:2.75em}
button,label,summary{cursor:pointer}
button:hover{background:var(--shade)}
.trigger{min-block-size:2.25em;padding:.3em .7em;background:transparent}
.strong.strong{background:var(--accent);color:var(--on);border-color:var(--accent);font-weight:600}
form:has([name=option]:checked) #first{display:none}
.link{border:0;text-align:start;padding:0 .2em;min-block-size:2em;color:var(--accent);text-decoration:underline}
[aria-disabled=true]{opacity:.7;cursor:progress}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[tabindex="-1"]{outline:none}
dialog{font:medium/1.45 system-ui,sans-serif;color:var(--text);background:var(--ground);text-align:start;white-space:normal;
	border:1px solid var(--faint);border-radius:.9em;padding:0;overflow:hidden;
	inline-size:min(36em,calc(100vw - 2em));max-block-size:min(46em,calc(100dvh - 2em));box-shadow:0 1em 3em #0005}
dialog::backdrop{background:#0a10168c}
dialog[open],form,.view{display:flex;flex-direction:column;min-block-size:0}
header{display:flex;gap:1em;align-items:center;justify-content:space-between;padding:.9em 1.25em .5em}
h2{font-size:1.25em;line-height:1.25;margin:0}
h3{font-size:1em;margin:0 0 .35em}
.x{inline-size:2em;min-block-size:2em;padding:0;border-color:transparent;font-size:1.4em;line-height:1;flex:none}
.body{overflow-y:auto;padding:.25em 1.25em 1em;overscroll-behavior:contain}
footer{display:flex;flex-wrap:wrap;gap:.6em;justify-content:flex-end;padding:.75em 1.25em}
blockquote{margin:0 0 .5em;padding:.4em .8em;border-inline-start:3px solid var(--accent);background:var(--shade);
	border-radius:.25em;overflow-wrap:anywhere;max-block-size:5.9em;overflow:auto;white-space:pre-line}
.covered blockquote{filter:blur(.45em);user-select:none;overflow:hidden}
p,ul{margin:0 0 .6em}
ul{padding-inline-start:1.25em}
:is(p,label,legend,h2,h3,li,summary){unicode-bidi:plaintext;text-align:match-parent}
.soft,.under{color:var(--soft);font-size:.925em}
fieldset{border:0;padding:0;margin:0 0 .9em;min-inline-size:0}
legend,.field>label{font-weight:600;padding:0;margin-block-end:.3em;display:block}
.option,.tick{display:grid;grid-template-columns:1.75em 1fr;align-items:start;border:1px solid transparent;border-radius:.5em;
	padding:.3em .5em}
:is(.option,.chips label):has(:checked){background:var(--shade);border-color:var(--accent)}
input:is([type=radio],[type=checkbox]){inline-size:1.2em;block-size:1.2em;margin:.25em 0 0;accent-color:var(--accent)}
:is(.option,.tick) label{padding-block:.15em;overflow-wrap:anywhere}
.under{grid-column:2;margin:0;padding-block-end:.15em}
.allowed{display:block;color:var(--text);font-weight:600}
a{color:var(--accent)}
summary{padding:.55em .5em;min-block-size:2.75em;border-radius:.5em;color:var(--accent);font-weight:600}
.apart,.pinned{padding-block-start:.5em}
.apart,.pinned,footer{border-block-start:1px solid var(--faint)}
.about{margin:.2em 0 .6em;padding:.6em .75em .1em;border-inline-start:3px solid var(--accent)}
.field{margin-block-end:.9em}
textarea,.field>input{inline-size:100%;padding:.55em .7em}
textarea{min-block-size:6.5em;resize:vertical}
[aria-invalid=true]{border:2px solid var(--bad)}
.meta{display:flex;justify-content:space-between;gap:1em;margin-block-start:.25em}
.chips{display:flex;flex-wrap:wrap;gap:.45em}
.chips label{display:inline-flex;gap:.4em;border:1px solid var(--line);border-radius:2em;padding:.4em .8em}
.chips input{margin:.1em 0 0 !important}
.error{color:var(--bad);font-weight:600;margin:.3em 0 0}
.problem,.told{border:1px solid var(--bad);background:var(--bad-ground);border-radius:.5em;padding:.6em .8em;margin-block-end:.8em}
.told{border-color:var(--accent);background:var(--shade)}
:is(.problem,.told)>:last-child{margin:0}
.number{font:600 1.1em ui-monospace,monospace;overflow-wrap:anywhere}
.stack{display:grid;gap:.5em;margin-block-end:.75em;padding:0;list-style:none}
.stack button{text-align:start;inline-size:100%}
.stack span{display:block}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:30em){
	dialog{inline-size:100%;max-inline-size:100%;max-block-size:92dvh;margin:auto 0 0;border-radius:1em 1em 0 0;border-width:1px 0 0}
	header,.body,footer{padding-inline:1em} footer button{flex:1}
}
@media (prefers-reduced-motion:no-preference){
	dialog[open]{animation:in .16s ease-out} @keyframes in{from{opacity:0;translate:0 .75em}}
}
`);

/** Make one element, such as h("p.soft", {lang: "en"}, "text"); text never passes through HTML. */
const h = (what, ...children) => {
	const [tag, ...classes] = what.split(".");
	const node = document.createElement(tag);
	if (classes.length) node.className = classes.join(" ");
	for (const [name, value] of Object.entries(children[0]?.constructor === Object ? children.shift() : {})) {
		if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
		else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
	}
	node.append(...children.flat().filter(Boolean));
	return node;
};
const button = (what, text, onclick, more = {}) => h(`button${what}`, { type: "button", onclick, ...more }, text);

const graphemes = (text) => [...(Intl.Segmenter ? new Intl.Segmenter().segment(text) : text)].length;

/** Read what a token or ticket says; only the server can check it. */
const claimsOf = (compact) => {
	try {
		const bytes = Uint8Array.from(atob(compact.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
		return JSON.parse(new TextDecoder().decode(bytes)) || {};
	} catch {
		return {};
	}
};

// Where storage is closed to the page there is no draft.
const stored = (deed) => {
	try {
		return deed(sessionStorage);
	} catch {
		return null;
	}
};
const DRAFTS = "flagstaff-draft:";
const forgetOld = () => stored((kept) => {
	for (const name of Object.keys(kept)) {
		if (name.startsWith(DRAFTS) && !(Date.now() - JSON.parse(kept[name]).at < HOUR)) kept.removeItem(name);
	}
});
forgetOld();
setInterval(forgetOld, 6e4);

/** What went wrong and what to do next; `problem`: the server's document. */
const trouble = (what, mend, problem = {}, status = 0) => Object.assign(new Error(what), { what, mend, problem, status });

class FlagstaffFlag extends HTMLElement {
	#root = this.attachShadow({ mode: "open" });
	#trigger; #dialog; #menu; #token; #who; #sending = false; #speaking; #typing; #asking; #hinted; #uncovered; #first;

	connectedCallback() {
		if (this.#trigger) return;
		this.#root.adoptedStyleSheets = [sheet];
		this.#trigger = button(".trigger", this.#label(), (event) => { event.stopPropagation(); this.open(); }, { part: "button", "aria-haspopup": "dialog" });
		this.#root.append(this.#trigger);
	}

	disconnectedCallback() {
		this.#dialog?.remove(); // the draft stays
		this.#dialog = null;
	}

	focus(options) {
		this.#trigger?.focus(options);
	}

	async open() {
		if (this.#dialog) return;
		this.#hinted = this.#uncovered = this.#first = false;
		this.#dialog = h("dialog", { part: "dialog", "aria-labelledby": "title", lang: this.#lang(), onclose: () => this.#closed() });
		// What is pressed in here is not for the page round it.
		for (const type of ["click", "keydown", "keyup", "keypress"]) this.#dialog.addEventListener(type, (event) => event.stopPropagation());
		this.#root.append(this.#dialog);
		this.#view("", h("p", { role: "status" }, this.#t("loading")));
		this.#dialog.showModal();
		(this.#token = this.#fetchToken()).catch(() => {}); // told when sending
		await this.#load();
	}

	close() {
		this.#dialog?.close();
	}

	#header(title) {
		return h("header", h("h2", { id: "title", tabindex: "-1" }, title || this.#label()),
			button(".x", "×", () => this.close(), { "aria-label": this.#t("close") }));
	}

	#view(title, body, ...foot) {
		this.#dialog.replaceChildren(h("div.view", this.#header(title), h("div.body", body), foot.length && h("footer", foot)));
	}

	async #load() {
		try {
			this.#menu = await this.#fetchMenu();
		} catch (caught) {
			if (!this.#dialog) return;
			const form = this.querySelector("form"), link = this.querySelector("a")?.href;
			this.#view("", [this.#problemBox(caught), form ? button("", this.#t("plain_form"), () => form.requestSubmit())
				: link && h("p", h("a", { href: link }, this.#t("plain_form")))], button(".strong", this.#t("try_again"), () => this.#load()));
			this.#find(".problem").focus();
			return;
		}
		let draft = this.#readDraft();
		// Somebody else may have signed in in this tab since: their words are not ours to show.
		if (draft?.who && draft.who !== claimsOf(await this.#token?.catch(() => "")).sub) draft = null;
		if (this.#dialog) this.#form(draft);
	}

	#form(draft) {
		const { top, more, preference, last, tips, links, fallback } = this.#menu;
		const lines = (options) => options.map((option) => this.#option(option));
		const { confidential, ...others } = tips;
		const { participant, audience } = this.#ticket();
		this.#dialog.lang = this.#menu.spoken;
		const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#send(); } }, this.#header(),
			h("div.body", h("div.quote"), fallback && h("p.soft", this.#t("fallback")), h("p.soft", confidential),
				(participant || parseInt(audience) < 5) && h("p.told", this.#t("risk")), h("div.trouble"),
				last.hints && h("p", { id: "first" }, button(".link", this.#t("first"), () => {
					this.#first = true; // without a choice it goes to Other
					this.#chosen();
					this.#find("#details").focus();
				})),
				h("fieldset", h("legend", this.#t("legend")), lines(top),
					more.length > 0 && h("details", h("summary", this.#t("more")), lines(more)), h("div.pinned", lines([last]))),
				preference.length > 0 && h("fieldset.apart", h("legend", this.#t("preference")), lines(preference)),
				h("div.about", { hidden: true }),
				h("details", h("summary", this.#t("tips")), h("ul", Object.values(others).map((tip) => h("li", tip)))),
				h("p.soft", Object.entries(links).flatMap(([name, href]) => [this.#link(href, this.#t(`link_${name}`)), " "]))),
			h("footer", button("", this.#t("cancel"), () => this.close()), h("button.strong", { id: "send" }, this.#t("send"))),
			h("div.sr", { role: "status", id: "status" }));
		form.addEventListener("change", ({ target }) => {
			if (target.name === "option") {
				this.#hinted = false;
				this.#chosen();
			}
			if (target.name === "beside") this.#share();
			this.#keepDraft();
		});
		form.addEventListener("input", () => this.#keepDraft());
		this.#dialog.replaceChildren(form);
		this.#quote();
		if (draft && this.#optionOf(draft.option)) {
			this.#hinted = draft.hinted;
			this.#pick(draft.option);
			this.#fill(draft);
		}
		(this.#radio() || this.#find("input")).focus();
	}

	#link(href, text, aside) {
		return h("a", { href: new URL(href, this.#base()), target: "_blank", rel: "noreferrer" }, text, h("span.sr", ` ${aside || ""} ${this.#t("new_window")}`));
	}

	#option({ key, label, help, rule, allowed }) {
		const id = `o-${key}`;
		return h("div.option", { lang: this.#menu.language }, h("input", { type: "radio", name: "option", id, value: key, "aria-describedby": `${id}-help` }),
			h("label", { for: id }, label),
			h("p.under", h("span", { id: `${id}-help` }, help, allowed.map((sentence) => h("span.allowed", this.#t("allowed", { rule: sentence })))), " ",
				rule && this.#link(rule.url, this.#t("rule"), rule.title)));
	}

	/** Quote what is flagged: covered for a severe option, not at all where nothing of it may be copied. */
	#quote() {
		const text = this.#attr("quote"), option = this.#choice(), place = this.#find(".quote");
		const covered = Boolean(option?.severe || this.hasAttribute("covered")) && !this.#uncovered;
		place.classList.toggle("covered", covered);
		if (!text || option?.copied === false) return place.replaceChildren();
		return place.replaceChildren(h("blockquote", { dir: "auto", "aria-hidden": String(covered), tabindex: covered ? undefined : "0" }, text),
			covered ? h("p.soft", this.#t("covered"), " ", button(".link", this.#t("uncover"), () => {
				this.#uncovered = true;
				this.#quote();
				this.#find("blockquote").focus();
			})) : "");
	}

	/** Show what the chosen option asks for; words already written stay. */
	#chosen() {
		const option = this.#choice(), place = this.#find(".about");
		if (!option) return;
		const kept = this.#written(), required = this.#isRequired(option), { last, details } = this.#menu;
		const prompts = option.prompts.map((key) => ({ key, ...this.#menu.prompts[key] }));
		const question = this.#t(!required ? "details_optional" : prompts.length ? "details_or_prompt" : "details_required");
		place.replaceChildren(h("div",
			option.severe && this.#resources(option.resources),
			option.copied ? "" : h("p.told", this.#t("not_copied")),
			!this.#radio() && h("p.soft", this.#t("first_note", { label: option.label })),
			this.#hinted && h("p.told", this.#t("hint_taken", { label: option.label }), " ",
				button(".link", this.#t("hint_back", { label: last.label }), () => this.#turnTo(last.key, false))),
			prompts.map((prompt) => this.#prompt(prompt)),
			h("div.field", h("label", { for: "details" }, question),
				h("textarea", { id: "details", rows: "4", dir: "auto", "aria-required": String(required && !prompts.length),
					"aria-describedby": "least details-error", oninput: () => this.#typed() }),
				h("p.error", { id: "details-error" }),
				h("div.meta.soft", h("span", { id: "least" }, option === last && this.#t("at_least", details)), h("span", { id: "count" })),
				option.hints && h("p.soft", this.#t("hints_note")), h("div.hints")),
			option.copied && this.#neighbourChoice()));
		place.hidden = this.#isPreference(option);
		(this.#radio()?.closest(".option") || this.#find("#first")).after(place); // beside what it asks about
		this.#busy(this.#sending);
		this.#fill(kept);
		this.#trouble();
		this.#quote();
		place.scrollIntoView({ block: "nearest" });
	}

	#prompt({ key, ask, answer, pick }) {
		const name = `a-${key}`;
		if (answer !== "pick" && answer !== "yes_no") {
			return h("div.field", h("label", { for: name }, ask), h("input", { type: answer === "link" ? "url" : "text", id: name, name, dir: "auto", maxlength: "1000" }));
		}
		const lines = answer === "pick" ? pick.map((line) => [line, line]) : [["yes", this.#t("yes")], ["no", this.#t("no")]];
		return h("fieldset", h("legend", ask), h("div.chips", [...lines, ["", this.#t("unanswered")]].map(([value, label]) =>
			h("label", h("input", { type: "radio", name, value, checked: !value }), label))));
	}

	#resources(entries) {
		return entries?.length > 0 && h("section.told", h("h3", this.#t("help_now")), h("ul", entries.map(({ name, text, url }) =>
			h("li", /^https?:/i.test(url) ? this.#link(url, name || url) : text || name))));
	}

	#typed() {
		this.#count();
		clearTimeout(this.#typing);
		if (this.#choice().hints) this.#typing = setTimeout(() => this.#propose(), PAUSE);
	}

	#length() {
		const option = this.#choice(), { min, max } = this.#menu.details;
		return { n: graphemes(this.#find("#details").value.trim()), min: option === this.#menu.last ? min : 0, max };
	}

	#count() {
		const { n, min, max } = this.#length();
		this.#find("#count").textContent = this.#t("count", { count: n, max });
		if (n >= min && n <= max) this.#fieldError("");
		this.#say(n > max ? this.#t("over", { n: n - max }) : max - n < 200 ? this.#t("left", { n: max - n }) : n < min ? this.#t("missing", { n: min - n }) : "");
	}

	/** Tell a screen reader something in a pause. */
	#say(text) {
		const status = this.#find("#status");
		clearTimeout(this.#speaking);
		this.#speaking = setTimeout(() => { if (status.textContent !== text) status.textContent = text; }, 1000);
	}

	#problemBox({ what, mend }) {
		return h("div.problem", { role: "alert", tabindex: "-1" }, h("p", h("strong", what || this.#t("refused"))), mend && h("p", mend));
	}

	#trouble(...box) { this.#find(".trouble").replaceChildren(...box); }

	#complain(caught) {
		this.#trouble(this.#problemBox(caught));
		this.#find(".problem").focus(); // and scrolls it into view
	}

	#fieldError(text) {
		const box = this.#find("#details");
		this.#find("#details-error").textContent = text;
		box.ariaInvalid = String(Boolean(text));
		if (text) box.focus();
	}

	// -- options proposed while typing: nothing converts by itself

	/** Ask which options fit what was written so far; where that fails the dialog goes on without. */
	#propose() {
		const { n, min, max } = this.#length();
		this.#asking?.abort();
		this.#asking = new AbortController();
		if (!this.#choice().hints || n < min || n > max) return this.#showHints([]);
		const body = JSON.stringify({ kind: this.#attr("kind"), text: this.#find("#details").value, language: this.#menu.language });
		return this.#authorised("/v1/hints", { method: "POST", body, signal: this.#asking.signal })
			.then(({ hints }) => this.#showHints(hints.filter(({ key }) => this.#optionOf(key)))).catch(() => {});
	}

	#showHints(hints) {
		const place = this.#find(".hints");
		if (!place) return;
		place.replaceChildren(...(hints.length ? [h("p", { id: "hints" }, h("strong", this.#t("hints"))), h("ul.stack", { "aria-labelledby": "hints" },
			hints.map(({ key, label, why }) => h("li", button("", [h("span", label), why.length > 0 && h("span.soft", this.#t("hint_why", { why: why.join(" · ") }))],
				() => this.#turnTo(key, true)))))] : []));
		if (hints.length) this.#say(this.#t("hints_found", { n: hints.length }));
	}

	#turnTo(key, hinted) {
		this.#hinted = hinted;
		this.#pick(key);
		this.#keepDraft();
		this.#find("#details").focus();
	}

	// -- messages beside it, elements of the page: shared only where ticked, and shown word for word

	#neighbours() {
		const page = this.getRootNode(), found = this.#attr("neighbours").split(/\s+/).map((id) => id && page.getElementById(id)).filter(Boolean);
		return found.map(({ id, dataset, textContent }) => ({ id: dataset.id || id, by: dataset.by, text: [...textContent.trim()].slice(0, 1e4).join("") }))
			.filter(({ text }) => text);
	}

	#neighbourChoice() {
		const found = this.#neighbours();
		return found.length > 0 && h("fieldset", { id: "beside" }, h("legend", this.#t("neighbours")), h("p.soft", this.#t("neighbours_note", { n: MOST_BESIDE })),
			found.map(({ id, text, by }, place) => h("div.tick", h("input", { type: "checkbox", name: "beside", value: id, id: `n-${place}` }),
				h("label", { for: `n-${place}`, dir: "auto" }, by && h("strong", `${by}: `), text.length > 80 ? `${text.slice(0, 80)}…` : text))),
			h("div.told", { hidden: true }));
	}

	#ticked() {
		const { beside } = this.#written();
		return this.#neighbours().filter(({ id }) => beside.includes(id)).map(({ id, text }) => ({ id, text }));
	}

	#share() {
		const place = this.#find("#beside .told"), ticked = this.#ticked();
		if (!place) return;
		place.replaceChildren(h("p", h("strong", this.#t("shared"))), ...ticked.map(({ text }) => h("blockquote", { dir: "auto", tabindex: "0" }, text)));
		place.hidden = !ticked.length;
		for (const box of this.#dialog.querySelectorAll("[name=beside]:not(:checked)")) box.disabled = ticked.length >= MOST_BESIDE;
	}

	// -- sending

	/** Every failure leaves the words where they are. */
	async #send() {
		if (this.#sending) return;
		const option = this.#choice();
		if (!option) return this.#complain(trouble(this.#t("choose")));
		const fault = this.#fault(option);
		if (fault) return this.#fieldError(fault);
		this.#trouble();
		this.#busy(true);
		try {
			const receipt = await this.#post(this.#body(option));
			stored((kept) => kept.removeItem(this.#draftName()));
			if (this.#dialog) this.#receipt(receipt, option);
		} catch (caught) {
			if (this.#dialog) this.#failed(caught);
		} finally {
			this.#busy(false);
		}
	}

	#fault(option) {
		const { n, min, max } = this.#length();
		if (this.#isPreference(option)) return "";
		if (n > max) return this.#t("too_long", { max });
		if (n < min) return this.#t("too_short", { min });
		return this.#isRequired(option) && !n && !Object.keys(this.#written().answers).length ? this.#t("say_something") : "";
	}

	#body(option) {
		const { details, answers } = this.#written(), neighbours = this.#ticked();
		const body = { ticket: this.#attr("ticket"), option: option.key, menu_version: this.#menu.version, language: this.#menu.language };
		if (this.#isPreference(option)) return body;
		if (this.#hinted) body.hinted = true;
		if (details.trim()) body.details = details.trim();
		if (Object.keys(answers).length) body.answers = answers;
		if (neighbours.length) body.neighbours = neighbours;
		return body;
	}

	async #post(body) {
		const words = JSON.stringify({ ...body, ticket: "" }), draft = this.#readDraft();
		// Sent again after a reload it is still the same flag. (There is no randomUUID on plain http.)
		const key = (draft?.words === words && draft.key) || crypto.getRandomValues(new Uint32Array(5)).join("-");
		this.#keepDraft({ words, key });
		return this.#authorised("/v1/flags", { method: "POST", body: JSON.stringify(body), headers: { "Idempotency-Key": key } });
	}

	/** Ask with the person's token; one that has expired is fetched again, once, so that no flag is lost to it. */
	async #authorised(path, request, again = true) {
		try {
			const Authorization = `Bearer ${await (this.#token ??= this.#fetchToken())}`;
			return await this.#ask(path, { ...request, headers: { "Content-Type": "application/json", ...request.headers, Authorization } });
		} catch (caught) {
			if (caught.status === 401) {
				this.#token = null;
				if (again) return this.#authorised(path, request, false);
			}
			throw caught;
		}
	}

	async #fetchToken() {
		try {
			const { token } = await this.#ask(new URL(this.#attr("token-url"), document.baseURI), { credentials: "same-origin", cache: "no-store" });
			this.#who = claimsOf(token).sub;
			return token;
		} catch (caught) {
			this.#token = null;
			throw [401, 403].includes(caught.status) ? trouble(this.#t("signed_out"), this.#t("signed_out_mend"), {}, 401) : caught;
		}
	}

	#fetchMenu() {
		const group = this.#attr("group") || this.#ticket().place?.group || "";
		const asked = { platform: this.#attr("platform"), lang: this.#lang(), group, country: this.#attr("country") };
		return this.#ask(`/v1/menus/${encodeURIComponent(this.#attr("kind"))}?${new URLSearchParams(asked)}`, { cache: "no-cache" }, "no_menu");
	}

	async #ask(address, request, otherwise = "refused") {
		const answer = await fetch(new URL(address, this.#base()), { credentials: "omit", referrerPolicy: "origin", ...request }).catch(() => {
			throw trouble(this.#t("offline"), this.#t("offline_mend"));
		});
		const said = await answer.json().catch(() => ({}));
		if (answer.ok) return said;
		throw trouble(said.detail || said.title || this.#t(otherwise), said.mend, said, answer.status);
	}

	#failed(caught) {
		const { type = "", menu } = caught.problem || {};
		if (menu && type.endsWith("/unknown-menu-version")) {
			this.#menu = menu;
			this.#form(this.#readDraft());
			return this.#complain(trouble(this.#t("menu_changed"), this.#t("menu_changed_mend")));
		}
		return type.endsWith("/details-missing") ? this.#fieldError(`${caught.what} ${caught.mend || ""}`) : this.#complain(caught);
	}

	#busy(sending) {
		this.#sending = sending;
		const send = this.#find("#send");
		if (!send) return;
		send.ariaDisabled = String(sending);
		send.textContent = this.#t(sending ? "sending" : this.#isPreference(this.#choice()) ? "send_preference" : "send");
	}

	// -- after sending

	#receipt(receipt, option) {
		const { number, expected, advice } = receipt;
		const declared = this.#attr("offers").split(/\s+/);
		const offers = receipt.next.filter(({ key }) => declared.includes(key));
		this.#view(this.#t("thanks"), [
			h("div", { role: "status", id: "told" }, h("p", number ? receipt.status_text : receipt.text),
				number && h("p", `${this.#t("number")} `, h("span.number", number)),
				expected && h("p", `${this.#t("expected")}: ${expected.text}`)),
			h("div.trouble"),
			this.#resources(option.resources?.length ? option.resources : receipt.resources),
			advice && h("section", h("h3", this.#t("advice")), h("p", advice.text)),
			offers.length > 0 && h("section", h("h3", this.#t("next")), h("div.stack", offers.map((offer) => this.#offer(offer)))),
			number && button("", this.#t("withdraw"), () => this.#withdraw(receipt), { id: "withdraw" }),
		], button(".strong", this.#t("close"), () => this.close()));
		this.#find("#title").focus();
	}

	#offer({ key: offer, text }) {
		const pressed = button("", text, () => {
			if (pressed.ariaDisabled) return;
			pressed.ariaDisabled = "true";
			pressed.append(` · ${this.#t("done")}`);
			// The page around does it; Flagstaff never learns whom somebody muted.
			const detail = { offer, kind: this.#attr("kind"), id: this.#ticket().id };
			this.dispatchEvent(new CustomEvent(`flagstaff:${offer}`, { bubbles: true, detail }));
		}, { "data-offer": offer });
		return pressed;
	}

	async #withdraw({ withdraw_url: url }) {
		try {
			await this.#authorised(url, { method: "DELETE" });
			this.#find("#told").replaceChildren(h("p", this.#t("withdrawn")));
			this.#find("#withdraw").remove();
			this.#trouble();
			this.#find("#title").focus();
		} catch (caught) {
			this.#complain(caught);
		}
	}

	#closed() {
		clearTimeout(this.#speaking);
		clearTimeout(this.#typing);
		this.#asking?.abort();
		this.disconnectedCallback();
		this.#trigger.focus();
	}

	// -- the draft

	#draftName() {
		return `${DRAFTS}${this.#attr("platform")}:${this.#attr("kind")}:${this.#ticket().id}`;
	}

	#readDraft() {
		forgetOld();
		return stored((kept) => JSON.parse(kept.getItem(this.#draftName())));
	}

	#keepDraft(more = {}) {
		const draft = { ...this.#readDraft(), at: Date.now(), who: this.#who, option: this.#choice()?.key, hinted: this.#hinted, ...this.#written(), ...more };
		stored((kept) => kept.setItem(this.#draftName(), JSON.stringify(draft)));
	}

	#find(selector) { return this.#dialog?.querySelector(selector); }
	#attr(name) { return this.getAttribute(name) || ""; }
	#base() { return this.#attr("src") || document.baseURI; }
	#label() { return this.#attr("label") || this.#menu?.button || FEW_WORDS.button; }
	#lang() { return this.#attr("lang") || this.closest("[lang]")?.lang || navigator.language || "en"; }
	#ticket() { return claimsOf(this.#attr("ticket")); }
	#isPreference(option) { return this.#menu.preference.includes(option); }
	#isRequired(option) { return option === this.#menu.last || option.details === "required"; }
	#radio() { return this.#find("[name=option]:checked"); }
	#choice() { return this.#optionOf(this.#radio()?.value) || (this.#first && this.#menu.last); }

	#optionOf(key) {
		const { top, more, preference, last } = this.#menu;
		return [...top, ...more, ...preference, last].find((option) => option.key === key);
	}

	#pick(key) {
		const radio = this.#find(`[name=option][value="${CSS.escape(key)}"]`), folded = radio.closest("details");
		radio.checked = true;
		if (folded) folded.open = true;
		this.#chosen();
	}

	#written() {
		const form = this.#find("form"), fields = form ? [...new FormData(form)] : [];
		const answers = fields.filter(([name, value]) => name.startsWith("a-") && value.trim()).map(([name, value]) => [name.slice(2), value.trim()]);
		const beside = fields.filter(([name]) => name === "beside").map(([, id]) => id);
		return { details: this.#find("#details")?.value || "", answers: Object.fromEntries(answers), beside };
	}

	#fill({ details, answers, beside }) {
		this.#find("#details").value = details;
		for (const field of this.#dialog.querySelectorAll("[name^='a-']")) {
			const value = answers[field.name.slice(2)];
			if (value && field.type === "radio") field.checked = field.value === value;
			else if (value) field.value = value;
		}
		for (const box of this.#dialog.querySelectorAll("[name=beside]")) box.checked = beside.includes(box.value);
		this.#share();
		this.#count();
	}

	/** The words come with the menu; the first value is counted, in the form that their language has for it. */
	#t(key, values = {}) {
		const { texts = {}, spoken } = this.#menu || {}, form = new Intl.PluralRules(spoken).select(Object.values(values)[0]);
		return (texts[`${key}.${form}`] || texts[key] || FEW_WORDS[key] || "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
	}
}

customElements.define("flagstaff-flag", FlagstaffFlag);
})();
