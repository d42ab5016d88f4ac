// The picture of a page, or the sketch of a slide, with the boxes of a passage on it, and the way to
// those beside it.

import { element } from "./dom.js";
import { picture } from "./server.js";
import { sketch } from "./slide.js";
import { failure, text } from "./strings.js";

async function drawn(citation, page, signal) {
  const found = await picture(citation, page, signal);
  const shown = element("img", { src: found.url, alt: text("picture_of", page) });
  await shown.decode();
  URL.revokeObjectURL(found.url);
  return { ...found, shown, settle: () => {} };
}

function boxOn(box, { width, height }) {
  const made = element("div", { class: "box", title: text("box") });
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  made.style.left = percent(box.x0, width);
  made.style.top = percent(box.y0, height);
  made.style.width = percent(box.x1 - box.x0, width);
  made.style.height = percent(box.y1 - box.y0, height);
  return made;
}

// Each place once: paragraphs of one shape of a slide share its box.
function boxesOf(hit, page) {
  const boxes = hit.boxes.filter((box) => box.page === page);
  return [...new Map(boxes.map((box) => [JSON.stringify(box), box])).values()];
}

// Scrolls the document, and only it, until the box is seen.
function reveal(box) {
  const { top, bottom } = box.getBoundingClientRect();
  const panel = box.closest("article");
  const scrolled = panel.scrollHeight > panel.clientHeight ? panel : window;
  if (bottom > innerHeight) scrolled.scrollBy({ top: top - innerHeight / 3 });
}

// `kind` is "page" or "slide".
export function sheet(hit, pages, kind, signal) {
  const draw = kind === "slide" ? sketch : drawn;
  const paper = element("div", { class: "sheet" });
  const label = element("span", { role: "status" });
  const step = (by, name, sign) =>
    element("button", { type: "button", title: text(name), onclick: () => show(current + by) }, sign);
  const before = step(-1, `before_${kind}`, "‹");
  const after = step(1, `after_${kind}`, "›");
  let current = hit.boxes[0]?.page ?? hit.pages[0] ?? 1;
  let asked = 0;

  async function show(page) {
    const mine = ++asked;
    current = page;
    label.textContent = text("drawing");
    before.disabled = page <= 1;
    after.disabled = Boolean(pages) && page >= pages;
    try {
      const found = await draw(hit.citation_id, page, signal);
      if (mine !== asked) return;
      const boxes = boxesOf(hit, page).map((box) => boxOn(box, found));
      paper.replaceChildren(found.shown, ...boxes);
      found.settle();
      label.textContent = text(`of_${kind}s`, page, pages);
      if (boxes.length) reveal(boxes[0]);
    } catch (error) {
      if (error.name === "AbortError" || mine !== asked) return;
      paper.replaceChildren(element("p", { class: "failure" }, failure(error)));
      label.textContent = text(`of_${kind}s`, page, pages);
    }
  }

  const shown = show(current);
  const note = kind === "slide" ? element("p", { class: "note" }, text("sketch_about")) : null;
  const line = element("div", { class: "line" }, before, label, after);
  return { part: element("section", { class: "picture" }, line, paper, note), shown };
}
