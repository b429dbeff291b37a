// What a page needs beside its charts: sections that open when a link leads into them.
(() => {
  "use strict";
  const sections = [...document.querySelectorAll("#sections > section > details")];

  // A link to something inside a closed section, or to the section, opens it.
  const reveal = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    const own = target.querySelector(":scope > details");
    if (own) own.open = true;
    target.scrollIntoView();
    // Charts above it get their height when they are drawn, in the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
  };
  addEventListener("hashchange", () => reveal(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    // The same link twice changes no hash.
    if (link && link.hash === location.hash) reveal(link.hash);
  });

  if (sections.length) {
    const button = document.createElement("button");
    button.type = "button";
    button.id = "open-all";
    const name = () => {
      button.textContent = sections.every((part) => part.open) ? "Close all sections" : "Open all sections";
    };
    button.addEventListener("click", () => {
      const open = !sections.every((part) => part.open);
      sections.forEach((part) => { part.open = open; });
      name();
    });
    sections.forEach((part) => part.addEventListener("toggle", name));
    name();
    document.getElementById("sections").prepend(button);
  }

  // A definition opens below its term, or above where there is no room.
  let term = null;
  document.addEventListener("click", (event) => {
    term = (event.target.closest && event.target.closest("button.term")) || term;
  }, true);
  document.querySelectorAll("[popover]").forEach((note) => note.addEventListener("toggle", (event) => {
    if (event.newState !== "open" || !term) return;
    const at = term.getBoundingClientRect(), box = note.getBoundingClientRect();
    const below = at.bottom + 4 + box.height <= innerHeight ? at.bottom + 4 : Math.max(8, at.top - 4 - box.height);
    Object.assign(note.style, { margin: 0, inset: "auto", top: `${below}px`,
      left: `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - box.width - 8))}px` });
  }));

  // On paper nothing can be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));
  reveal(location.hash);
})();
