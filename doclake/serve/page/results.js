// The list of answers.

import { element, marked, named, snippet } from "./dom.js";
import { control } from "./judging.js";
import { text } from "./strings.js";

// Pages that follow one another as one range.
function ranges(pages) {
  const found = [];
  for (const page of pages) {
    const last = found.at(-1);
    if (last?.[1] === page - 1) last[1] = page;
    else found.push([page, page]);
  }
  return found.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ");
}

export function pagesOf(hit) {
  if (!hit.pages.length) return "";
  return hit.pages.length === 1 ? text("page", hit.pages[0]) : text("pages", ranges(hit.pages));
}

export const nameOf = (hit) => hit.title || hit.path.split("/").pop();

export function flagsOf(hit) {
  const flags = hit.flags.map((flag) => text("flags")[flag] ?? flag);
  return flags.map((flag) => element("p", { class: "flag" }, `⚠ ${flag}`));
}

export function result(hit, number, open) {
  const pages = pagesOf(hit) && ` ·\u00a0${pagesOf(hit)}`;
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "hit", onclick: open, "data-citation": hit.citation_id },
      element("span", { class: "name" }, element("b", {}, `${number} `), named(nameOf(hit))),
      element("span", { class: "where" }, named(hit.source, "source"), " ", named(hit.path), pages),
      hit.section.length
        ? element("span", { class: "section" }, "§ ", named(hit.section.join(" › ")))
        : null,
      element("span", { class: "snippet", dir: "auto" }, marked(...snippet(hit.text, hit.highlights))),
    ),
    flagsOf(hit),
    control(hit),
  );
}
