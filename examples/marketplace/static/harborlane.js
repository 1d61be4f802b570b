/* The little that Harborlane's own pages do: gear menus, and what a reporter asked for after sending a flag. */
"use strict";

// A gear menu hands the focus to its first entry, gives it back on Escape, and closes when one looks elsewhere.
for (const gear of document.querySelectorAll("details.gear")) {
  const summary = gear.querySelector("summary");
  const entry = () => gear.querySelector("flagstaff-flag, .menu a, .menu button");
  gear.addEventListener("toggle", () => { if (gear.open) entry()?.focus(); });
  gear.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !gear.open) return;
    gear.open = false;
    summary.focus();
  });
  document.addEventListener("click", (event) => { if (!gear.contains(event.target)) gear.open = false; });
}

// Hiding, muting and leaving are this page's own business; Flagstaff never hears of them.
for (const offer of ["hide_item", "show_less", "mute_user", "block_user", "leave_group"]) {
  document.addEventListener(`flagstaff:${offer}`, async (event) => {
    const element = event.target;
    await fetch("/preferences", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ offer, kind: element.getAttribute("kind"), id: element.dataset.id }) });
    if (offer === "hide_item") element.closest("article, li")?.classList.add("put-away");
  });
}
