// The picture of a page with the boxes of a passage on it, and the way to the pages beside it.

import { element } from "./dom.js";
import { picture } from "./server.js";
import { failure, text } from "./strings.js";

function boxOn(box, { width, height }) {
  const made = element("div", { class: "box", title: text("box") });
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  made.style.left = percent(box.x0, width);
  made.style.top = percent(box.y0, height);
  made.style.width = percent(box.x1 - box.x0, width);
  made.style.height = percent(box.y1 - box.y0, height);
  return made;
}

// Scrolls the document, and only it, until the box is seen.
function reveal(box) {
  const { top, bottom } = box.getBoundingClientRect();
  const panel = box.closest("article");
  const scrolled = panel.scrollHeight > panel.clientHeight ? panel : window;
  if (bottom > innerHeight) scrolled.scrollBy({ top: top - innerHeight / 3 });
}

export function sheet(hit, pages, signal) {
  const paper = element("div", { class: "sheet" });
  const label = element("span", { role: "status" });
  const step = (by, name, sign) =>
    element("button", { type: "button", title: text(name), onclick: () => show(current + by) }, sign);
  const before = step(-1, "before", "‹");
  const after = step(1, "after", "›");
  let current = hit.boxes[0]?.page ?? hit.pages[0] ?? 1;
  let asked = 0;

  async function show(page) {
    const mine = ++asked;
    current = page;
    label.textContent = text("drawing");
    before.disabled = page <= 1;
    after.disabled = Boolean(pages) && page >= pages;
    try {
      const drawn = await picture(hit.citation_id, page, signal);
      const shown = element("img", { src: drawn.url, alt: text("picture_of", page) });
      await shown.decode();
      URL.revokeObjectURL(drawn.url);
      if (mine !== asked) return;
      const boxes = hit.boxes.filter((box) => box.page === page).map((box) => boxOn(box, drawn));
      paper.replaceChildren(shown, ...boxes);
      label.textContent = text("of_pages", page, pages);
      if (boxes.length) reveal(boxes[0]);
    } catch (error) {
      if (error.name === "AbortError" || mine !== asked) return;
      paper.replaceChildren(element("p", { class: "failure" }, failure(error)));
      label.textContent = text("of_pages", page, pages);
    }
  }

  const shown = show(current);
  return { part: element("section", { class: "picture" }, element("div", { class: "line" }, before, label, after), paper), shown };
}
