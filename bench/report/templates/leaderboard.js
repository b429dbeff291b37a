// The leaderboard: rows sorted by any column, cut to a kind of problem and a budget, all columns on a telephone.
// Without this script it is a plain table in the order of mean rank.
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;
  const { budgets, when, views } = JSON.parse(board.querySelector(".choices").textContent);
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
  // The rows of the page by strategy: another choice changes their numbers and curves alone.
  const drawn = new Map(rows.map((row) => [row.cells[0].dataset.key, row]));
  const fill = (curves, [strategy, ...cells]) => {
    const row = drawn.get(strategy), svg = row.querySelector("svg");
    cells.forEach(([text, key, interval], i) => {
      const cell = row.cells[i + 1];
      cell.dataset.key = key;
      cell.replaceChildren(text, ...(interval ? [" ", element("span", { className: "interval" }, interval)] : []));
    });
    svg.setAttribute("aria-label", curves[strategy][0]);
    svg.querySelector("path").setAttribute("d", curves[strategy][1]);
    return row;
  };
  const choose = (label, names) => {
    const select = element("select", {}, ...names.map((name, i) => element("option", { value: i }, name)));
    // A browser keeps a choice when it loads a page again; the rows are those of the first one.
    select.value = 0;
    if (names.length > 1) {
      select.addEventListener("change", show);
      controls.append(element("label", { className: "choose" }, `${label} `, select));
    }
    return select;
  };
  // The caption above the table says when scores are taken, which is as chosen.
  const caption = board.previousElementSibling.firstChild, [start, ...end] = caption.data.split(when[0]);
  const show = () => {
    const view = views[problems.value];
    rows = view.boards[trials.value].map((row) => fill(view.curves, row));
    body.replaceChildren(...rows);
    note.textContent = [trials.value > 0 ? `After ${budgets[trials.value]}.` : "", view.note].filter(Boolean).join(" ");
    if (end.length) caption.data = [start, end.join(when[0])].join(when[trials.value]);
    if (by >= 0) sort();
  };
  const problems = choose("Problems", views.map((view) => view.name)), trials = choose("After", budgets);
  const all = element("button", { type: "button", className: "columns" }, "All columns");
  all.setAttribute("aria-pressed", "false");
  all.addEventListener("click", () => {
    all.setAttribute("aria-pressed", String(board.classList.toggle("all")));
  });
  controls.append(all);
  board.prepend(controls, note);
  board.classList.add("live");
})();
