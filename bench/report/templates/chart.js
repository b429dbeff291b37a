// The interactive charts: each element of class "chart" becomes one, drawn from the JSON in #curves.
// Without this script, or where a problem has no curves, the static figures stay as they are.
(() => {
  "use strict";
  const source = document.getElementById("curves");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const SVG = "http://www.w3.org/2000/svg";
  // Numbers of strategies, the same in all charts of the page.
  const hidden = new Set([...data.strategies.keys()].filter((i) => data.strategies[i].hidden));
  const charts = [];

  // --- Small helpers -----------------------------------------------------------------------

  const fill = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const short = (value, digits = 4) => String(Number(value.toPrecision(digits))).replace("-", "−");
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const stroke = (strategy) => ({ stroke: strategy.color, "stroke-width": 2, fill: "none",
    "stroke-dasharray": strategy.dash.join(" ") || "none", "stroke-linejoin": "round" });

  const quantile = (values, share) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = share * (sorted.length - 1), below = Math.floor(at);
    return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  };

  // A curve is [x, medians, lows, highs] of steps; its value holds until the next x.
  const curve = (raw) => ({ x: raw[0], median: raw[1], low: raw[2] || raw[1], high: raw[3] || raw[1], band: raw.length > 2 });
  const step = (steps, x) => {
    let low = 0, high = steps.x.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps.x[middle] <= x) low = middle + 1; else high = middle;
    }
    // Data has five digits; a curve's end must not be lost to their rounding.
    const last = steps.x[steps.x.length - 1];
    return x > last * (1 + 1e-4) ? -1 : low - 1;
  };

  // A scale turns values of [low, high] into pixels of [from, to].
  const scale = (low, high, from, to, log) => {
    const f = log ? Math.log : (v) => v, back = log ? Math.exp : (v) => v;
    const a = f(low), b = f(high) === a ? a + 1 : f(high);
    return {
      low, high, log,
      // What has no logarithm lies below everything that has.
      at: (value) => log && value <= 0 ? from - 4 * Math.sign(to - from) * 10 : from + ((f(value) - a) / (b - a)) * (to - from),
      value: (pixel) => back(a + ((pixel - from) / (to - from)) * (b - a)),
    };
  };

  const linearTicks = (low, high, most, whole) => {
    const rough = (high - low) / Math.max(most, 1), power = 10 ** Math.floor(Math.log10(rough));
    let size = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) || power;
    if (whole) size = Math.max(1, size);
    const ticks = [];
    for (let i = Math.ceil(low / size - 1e-9); i * size <= high + size * 1e-9 && ticks.length < 50; i++) ticks.push(i * size);
    return ticks;
  };
  const ticksOf = (axis, most, whole) => {
    if (!axis.log) return linearTicks(axis.low, axis.high, most, whole);
    const first = Math.floor(Math.log10(axis.low)), last = Math.ceil(Math.log10(axis.high));
    const stride = Math.max(1, Math.ceil((last - first) / most));
    for (const steps of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]]) {
      const ticks = [];
      for (let power = first; power <= last; power += stride) {
        for (const n of steps) {
          const value = Number(`${n}e${power}`);
          if (value >= axis.low * 0.9999 && value <= axis.high * 1.0001) ticks.push(value);
        }
      }
      if (ticks.length >= 3) return ticks;
    }
    return linearTicks(axis.low, axis.high, most, whole);
  };

  // --- One chart ---------------------------------------------------------------------------

  class Chart {
    constructor(box, views, number) {
      this.box = box;
      this.views = views;
      this.number = number;
      this.view = views[0];
      this.clock = Math.max(0, this.view.curves.findIndex((found) => Object.keys(found).length));
      this.bands = true;
      this.cross = null; // where the reader points, in units of x
      this.build();
      this.reset();
      box.classList.add("live");
      // Drawn when it gets a width: a chart in a closed section has none.
      new ResizeObserver(() => this.draw()).observe(this.plot);
    }

    // What the axes start as; a choice of the reader's lasts until problem or clock change.
    reset() {
      this.logX = data.clocks[this.clock].log;
      this.logY = this.view.log;
      this.cross = null;
    }

    build() {
      const label = this.box.dataset.label;
      this.controls = html("div", { class: "controls" });
      if (this.views.length > 1) {
        this.select = html("select", {}, ...this.views.map((view, i) => html("option", { value: i }, view.name)));
        this.select.addEventListener("change", () => {
          this.view = this.views[this.select.value];
          if (!Object.keys(this.view.curves[this.clock]).length) {
            this.clock = this.view.curves.findIndex((found) => Object.keys(found).length);
          }
          this.reset();
          this.draw();
        });
        this.controls.append(html("label", { class: "choose" }, "Problem ", this.select));
      }
      this.radios = data.clocks.map((clock, i) => {
        const radio = html("input", { type: "radio", name: `clock-${this.number}`, value: i });
        radio.addEventListener("change", () => { this.clock = i; this.reset(); this.draw(); });
        return radio;
      });
      const clocks = this.radios.map((radio, i) => html("label", {}, radio, html("span", {}, data.clocks[i].name)));
      if (clocks.length > 1) {
        this.controls.append(html("fieldset", { "aria-label": "Clock" }, ...clocks));
      }
      const toggle = (text, change) => {
        const button = html("button", { type: "button" }, text);
        button.addEventListener("click", () => { change(); this.draw(); });
        return button;
      };
      this.toggles = {
        logX: toggle("log x", () => { this.logX = !this.logX; }),
        logY: toggle("log y", () => { this.logY = !this.logY; }),
        bands: toggle("bands", () => { this.bands = !this.bands; }),
      };
      this.controls.append(
        html("div", { class: "set", role: "group", "aria-label": "Axes and bands" }, ...Object.values(this.toggles)),
        html("div", { class: "set", role: "group", "aria-label": "Strategies" },
          toggle("show all", () => setHidden([])), toggle("hide all", () => setHidden(data.strategies.keys()))),
      );
      // A slider is what arrow keys move and a screen reader reads the value of.
      this.plot = html("div", { class: "plot", role: "slider", tabindex: 0, "aria-label": label });
      this.plot.addEventListener("pointermove", (event) => this.point(event));
      this.plot.addEventListener("pointerdown", (event) => this.point(event));
      this.plot.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") this.move(null); });
      this.plot.addEventListener("keydown", (event) => this.key(event));
      this.plot.addEventListener("focus", () => { if (this.cross === null && this.plot.matches(":focus-visible")) this.move(this.last); });
      this.plot.addEventListener("blur", () => this.move(null));
      this.legend = html("ul", { class: "legend", "aria-label": "Strategies: show or hide" });
      this.entries = data.strategies.map((strategy, i) => {
        const line = svg("svg", { viewBox: "0 0 38 12", "aria-hidden": "true" }, svg("line", { x1: 1, x2: 37, y1: 6, y2: 6, ...stroke(strategy) }));
        const value = html("span", { class: "value" });
        const button = html("button", { type: "button" }, line, html("span", { class: "name" }, strategy.name), value);
        button.addEventListener("click", () => {
          const next = new Set(hidden);
          if (!next.delete(i)) next.add(i);
          setHidden(next);
        });
        const item = html("li", {}, button);
        this.legend.append(item);
        return { item, button, value };
      });
      this.box.prepend(this.controls, this.plot, this.legend);
    }

    // The curves there are on this clock, by number of strategy.
    curves() {
      return new Map(Object.entries(this.view.curves[this.clock]).map(([i, raw]) => [Number(i), curve(raw)]));
    }

    draw() {
      this.sync();
      const width = this.plot.clientWidth;
      if (!width) return;
      const height = Math.round(clamp(width * 0.5, 260, 430));
      const clock = data.clocks[this.clock];
      const all = this.curves();
      this.shown = new Map([...all].filter(([i]) => !hidden.has(i)));
      // The x axis stays when a strategy is hidden; the other one follows what is shown.
      const xs = [...all.values()].flatMap((c) => [c.x[0], c.x[c.x.length - 1]]);
      const [left, right] = [Math.min(...xs), Math.max(...xs)];
      this.toggles.logX.disabled = !(left > 0);
      const logX = this.logX && left > 0;
      // The value of the last trial holds for a trial, as every other one; without trials, for a bit.
      const sides = { low: left, high: clock.whole ? right + 1 : right > left ? right : left + 1 };
      this.last = right;
      const range = this.range(sides, logX);
      const logY = range.log;
      // What is pressed is what is drawn, whatever was asked for.
      this.toggles.logX.setAttribute("aria-pressed", logX);
      this.toggles.logY.setAttribute("aria-pressed", logY);
      const margin = { top: 30, right: 14, bottom: 42, left: 0 };
      const draft = scale(range.low, range.high, height - margin.bottom, margin.top, logY);
      const yTicks = ticksOf(draft, Math.max(3, Math.floor(height / 60)), false);
      margin.left = 14 + 7.2 * Math.max(1, ...yTicks.map((v) => short(v, 6).length));
      this.tail = clock.whole ? null : 0.04 * width;
      this.x = scale(sides.low, sides.high, margin.left + 6, width - margin.right - (this.tail || 0), logX);
      this.y = draft;
      this.frame = { width, height, margin };
      const bottom = height - margin.bottom;

      const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true" });
      const clip = `clip-${this.number}`;
      picture.append(svg("clipPath", { id: clip }, svg("rect", {
        x: margin.left, y: margin.top - 4, width: Math.max(0, width - margin.left - margin.right + 8), height: bottom - margin.top + 8 })));
      for (const value of yTicks) {
        const y = this.y.at(value);
        picture.append(svg("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y, y2: y }),
          svg("text", { x: margin.left - 8, y: y + 4, "text-anchor": "end" }, short(value, 6)));
      }
      for (const value of ticksOf(this.x, Math.max(2, Math.floor(width / 70)), clock.whole)) {
        if (value > this.last && this.last > left) continue;
        const x = this.x.at(value);
        picture.append(svg("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 5 }),
          svg("text", { x, y: bottom + 19, "text-anchor": "middle" }, short(value, 6)));
      }
      picture.append(svg("line", { class: "axis", x1: margin.left, x2: width - margin.right, y1: bottom, y2: bottom }),
        svg("text", { class: "label", x: 0, y: 14 }, this.view.label),
        svg("text", { class: "label", x: width - margin.right, y: height - 6, "text-anchor": "end" }, clock.label));
      const bands = svg("g", { "clip-path": `url(#${clip})` }), lines = svg("g", { "clip-path": `url(#${clip})` });
      // Where many bands lie on each other they must not add up to a wall.
      const opacity = Math.min(0.14, 0.6 / Math.max(1, this.shown.size));
      for (const [i, c] of this.shown) {
        const strategy = data.strategies[i];
        if (this.bands && c.band) bands.append(svg("path", { d: this.area(c), fill: strategy.color, "fill-opacity": opacity }));
        lines.append(svg("path", { class: "line", "data-strategy": strategy.name, d: this.path(c, c.median), ...stroke(strategy) }));
      }
      this.marker = svg("g");
      picture.append(bands, lines, this.marker);
      if (!this.shown.size) {
        picture.append(svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "every strategy is hidden"));
      }
      this.plot.replaceChildren(picture);
      this.point_out();
    }

    // The values to show: all of them, or where the curves end up.
    range(sides, logX) {
      const shown = [...this.shown.values()];
      const along = scale(sides.low, sides.high, 0, 1, logX);
      let values = shown.flatMap((c) => [...c.median, ...(this.bands ? [...c.low, ...c.high] : [])]);
      if (!this.view.wide) {
        const inside = [], ends = [];
        for (const c of shown) {
          const last = c.x.length - 1;
          ends.push(c.low[last], c.high[last]);
          for (let n = 0; n <= 60; n++) {
            const at = step(c, along.value(logX ? 0.4 + 0.01 * n : 0.15 + (0.85 * n) / 60));
            if (at >= 0) inside.push(c.median[at], c.low[at], c.high[at]);
          }
        }
        if (inside.length) values = [quantile(inside, 0.02), quantile(inside, 0.98), ...ends];
      }
      const positive = values.filter((value) => value > 0);
      this.toggles.logY.disabled = !positive.length;
      const log = this.logY && positive.length > 0;
      if (log) values = positive;
      if (!values.length) return { low: 0, high: 1, log: false };
      let low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
      if (log) {
        const room = high > low ? (high / low) ** 0.04 : 1.5;
        return { low: low / room, high: high * room, log };
      }
      const room = high > low ? 0.05 * (high - low) : Math.abs(high) * 0.05 || 0.5;
      return { low: low - room, high: high + room, log };
    }

    // The corners of a step curve in pixels, with its last step as long as one trial, or a bit.
    corners(c, values) {
      const points = [];
      for (let i = 0; i < c.x.length; i++) {
        const x = this.x.at(c.x[i]), y = this.y.at(values[i]);
        if (i) points.push([x, points[points.length - 1][1]]);
        points.push([x, y]);
      }
      const [x, y] = points[points.length - 1];
      points.push([this.tail === null ? this.x.at(c.x[c.x.length - 1] + 1) : x + this.tail, y]);
      return points;
    }
    path(c, values) {
      return "M" + this.corners(c, values).map((p) => p.map((v) => v.toFixed(1)).join(",")).join("L");
    }
    area(c) {
      return this.path(c, c.high) + "L" + this.corners(c, c.low).reverse().map((p) => p.map((v) => v.toFixed(1)).join(",")).join("L") + "Z";
    }

    // --- Pointing at x ---------------------------------------------------------------------

    move(x) {
      if (!this.x) return;
      const whole = data.clocks[this.clock].whole;
      this.cross = x === null ? null : clamp(whole ? Math.floor(x + 1e-9) : x, this.x.low, this.last);
      this.point_out();
    }
    point(event) {
      if (!this.x) return;
      this.move(this.x.value(event.clientX - this.plot.getBoundingClientRect().left));
    }
    key(event) {
      if (!this.x) return;
      const here = this.cross === null ? this.x.low : this.cross;
      const whole = data.clocks[this.clock].whole;
      const by = (count) => {
        if (whole) return here + count;
        const [from, to] = [this.x.at(this.x.low), this.x.at(this.x.high)];
        return this.x.value(this.x.at(here) + (count * (to - from)) / 100);
      };
      const moves = {
        ArrowRight: () => by(1), ArrowUp: () => by(1), ArrowLeft: () => by(-1), ArrowDown: () => by(-1),
        PageUp: () => by(10), PageDown: () => by(-10), Home: () => this.x.low, End: () => this.last, Escape: () => null,
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      this.move(moves[event.key]());
    }

    // Show the values at the crosshair: dots, a flag, the legend, and words for a screen reader.
    point_out() {
      const clock = data.clocks[this.clock], words = [];
      this.marker.replaceChildren();
      for (const { value } of this.entries) value.replaceChildren();
      const at = this.cross === null ? this.last : this.cross;
      if (this.cross !== null) {
        const { width, height, margin } = this.frame, x = this.x.at(at), bottom = height - margin.bottom;
        this.marker.append(svg("line", { class: "cross", x1: x, x2: x, y1: margin.top, y2: bottom }));
        const text = short(at, clock.whole ? 9 : 3), half = 8 + 3.8 * text.length;
        const middle = clamp(x, margin.left + half, width - half);
        this.marker.append(svg("rect", { class: "flag", x: middle - half, y: bottom + 5, width: 2 * half, height: 20, rx: 4 }),
          svg("text", { class: "at", x: middle, y: bottom + 19, "text-anchor": "middle" }, text));
      }
      for (const [i, c] of this.shown) {
        const found = step(c, at);
        const name = data.strategies[i].name;
        if (found < 0) {
          if (this.cross !== null) this.entries[i].value.append("–");
          words.push(`${name}: nothing`);
          continue;
        }
        const [median, low, high] = [c.median, c.low, c.high].map((values) => short(values[found]));
        words.push(`${name}: ${median}`);
        if (this.cross === null) continue;
        this.entries[i].value.append(html("b", {}, median), ...(c.band ? [` ${low} to ${high}`] : []));
        const y = this.y.at(c.median[found]), { height, margin } = this.frame;
        if (y >= margin.top - 4 && y <= height - margin.bottom + 4) {
          this.marker.append(svg("circle", { class: "dot", cx: this.x.at(at), cy: y, r: 4.5, fill: data.strategies[i].color }));
        }
      }
      for (const [key, value] of Object.entries({ valuemin: this.x.low, valuemax: this.last, valuenow: at,
        valuetext: `${clock.label} ${short(at)}. ${words.join("; ")}` })) this.plot.setAttribute(`aria-${key}`, value);
    }

    // Bring buttons in line with what is chosen.
    sync() {
      const there = this.view.curves[this.clock];
      this.shown = new Map([...this.curves()].filter(([i]) => !hidden.has(i)));
      this.radios.forEach((radio, i) => {
        radio.checked = i === this.clock;
        radio.disabled = !Object.keys(this.view.curves[i]).length;
      });
      this.toggles.bands.disabled = ![...this.curves().values()].some((c) => c.band);
      this.toggles.bands.setAttribute("aria-pressed", this.bands && !this.toggles.bands.disabled);
      this.entries.forEach(({ item, button }, i) => {
        item.hidden = !(i in there);
        button.setAttribute("aria-pressed", !hidden.has(i));
      });
    }
  }

  const setHidden = (numbers) => {
    const next = [...numbers];
    hidden.clear();
    next.forEach((i) => hidden.add(i));
    charts.forEach((chart) => chart.draw());
  };

  for (const box of document.querySelectorAll(".chart")) {
    const wanted = box.dataset.problem;
    const views = data.views.filter((view) => wanted === undefined || view.name === wanted);
    if (views.length) charts.push(new Chart(box, views, charts.length));
  }
  // Paper does not wait for the next frame, in which a section that has just opened has its charts.
  addEventListener("beforeprint", () => charts.forEach((chart) => chart.draw()));
})();
