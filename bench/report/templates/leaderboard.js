// The leaderboard: rows sorted by any column, cut to the problems with a tag, all columns on a telephone.
// Without this script it is a plain table in the order of mean rank.
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;
  const views = JSON.parse(board.querySelector(".choices").textContent);
  const body = board.querySelector("tbody"), heads = [...board.querySelectorAll("th")];
  const element = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  let rows = [...body.rows]; // in the order of mean rank
  let by = heads.findIndex((head) => head.dataset.default !== undefined), falls = false;

  const sort = () => {
    const text = heads[by].dataset.sort === "text";
    const key = (row) => row.cells[by].dataset.key;
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      // What has no value comes last, whichever way the rows are sorted.
      if (x === "" || y === "") return (x === "") - (y === "");
      return (falls ? -1 : 1) * (text ? x.localeCompare(y) : x - y);
    };
    body.append(...[...rows].sort(compare));
    heads.forEach((head, i) => {
      if (i === by) head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  heads.forEach((head, i) => {
    if (!head.dataset.sort) return;
    const button = element("button", { type: "button" });
    const label = head.querySelector(".head");
    label.replaceWith(button);
    button.append(label);
    button.addEventListener("click", () => {
      falls = i === by ? !falls : head.dataset.sort === "falls";
      by = i;
      sort();
    });
  });
  if (by >= 0) sort();

  const controls = element("div", { className: "controls" });
  const note = element("p", { className: "note" });
  note.setAttribute("role", "status");
  if (views.length > 1) {
    const select = element("select", {}, ...views.map((view, i) => element("option", { value: i }, view.name)));
    select.addEventListener("change", () => {
      const view = views[select.value];
      body.innerHTML = view.rows;
      rows = [...body.rows];
      note.textContent = view.note;
      if (by >= 0) sort();
    });
    // A browser keeps a choice when it loads a page again; the rows are those of the first one.
    select.value = 0;
    controls.append(element("label", { className: "choose" }, "Problems ", select));
  }
  const all = element("button", { type: "button", className: "columns" }, "All columns");
  all.setAttribute("aria-pressed", "false");
  all.addEventListener("click", () => {
    all.setAttribute("aria-pressed", String(board.classList.toggle("all")));
  });
  controls.append(all);
  board.prepend(controls, note);
  board.classList.add("live");
})();
