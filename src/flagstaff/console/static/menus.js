/* On the preview of a draft: let the dialog that reporters get show this draft's menus, and send nothing. */

const dialog = document.querySelector("flagstaff-flag[data-menus]");
const real = window.fetch.bind(window);
const answer = (body) => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
const RECEIPT = {
  number: null, status: "received", status_text: dialog?.dataset.preview, text: dialog?.dataset.nothingSent, received: false,
  expected: null, next: [], advice: null, resources: [], withdraw_url: null,
};

if (dialog) {
  window.fetch = (address, request) => {
    const { pathname, searchParams } = new URL(address, document.baseURI);
    if (pathname.startsWith("/v1/menus/")) {
      const menu = dialog.dataset.menus + encodeURIComponent(dialog.getAttribute("kind"));
      return real(`${menu}?lang=${encodeURIComponent(searchParams.get("lang") || "")}`, { credentials: "same-origin" });
    }
    if (pathname === "/v1/hints") return Promise.resolve(answer({ hints: [] }));
    if (pathname.startsWith("/v1/")) return Promise.resolve(answer(RECEIPT));
    if (pathname.startsWith("/console/menus/drafts/")) return Promise.resolve(answer({ token: "preview" }));
    return real(address, request);
  };
  customElements.whenDefined("flagstaff-flag").then(() => {
    document.querySelector("[data-dialog]").hidden = false;
    document.querySelector("[data-no-dialog]").hidden = true;
  });
}
