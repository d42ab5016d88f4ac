// A sketch of a slide: its texts at their places, as large as their boxes allow. Sizes are shares of
// the slide's width, so a sketch that fits once fits at every width.

import { element } from "./dom.js";
import { slide } from "./server.js";
import { text } from "./strings.js";

const LARGEST = { title: 40, text: 24, table: 18, image: 12 }; // points
const SMALLEST = 3;
const STEPS = 6;

const percent = (part, whole) => `${(100 * part) / whole}%`;

function line({ text: words, level }) {
  const made = element("p", { class: level ? "item" : "", dir: "auto" }, words);
  if (level) made.style.marginInlineStart = `${level * 1.1}em`;
  return made;
}

function grid({ header, rows }) {
  const cells = (kind) => (row) => element("tr", {}, row.map((cell) => element(kind, { dir: "auto" }, cell)));
  return element("table", {}, element("thead", {}, header.map(cells("th"))), element("tbody", {}, rows.map(cells("td"))));
}

function block(one, { width, height }) {
  const parts = one.lines.map(line);
  if (one.kind === "table") parts.push(grid(one));
  const made = element("div", { class: `block ${one.kind}` }, parts);
  const { x0, y0, x1, y1 } = one.box;
  made.style.left = percent(x0, width);
  made.style.top = percent(y0, height);
  made.style.width = percent(x1 - x0, width);
  made.style.height = percent(y1 - y0, height);
  return made;
}

// The largest letters with which a text stays in its box, by halves.
function fit(made, largest, width) {
  const fits = (size) => {
    made.style.fontSize = `${(100 * size) / width}cqw`;
    return made.scrollHeight <= made.clientHeight + 1 && made.scrollWidth <= made.clientWidth + 1;
  };
  if (fits(largest)) return;
  let [low, high] = [SMALLEST, largest];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  fits(low);
}

export async function sketch(citation, page, signal) {
  const found = await slide(citation, page, signal);
  const blocks = found.blocks.map((one) => block(one, found));
  const shown = element("div", { class: "slide", role: "group", "aria-label": text("sketch_of", page) }, blocks);
  shown.style.aspectRatio = `${found.width} / ${found.height}`;
  const settle = () => blocks.forEach((made, place) => fit(made, LARGEST[found.blocks[place].kind], found.width));
  return { shown, width: found.width, height: found.height, settle };
}
