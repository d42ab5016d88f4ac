// A passage and its document: picture, place in the text, why it was found, ledger, versions, chunks.

import { element, marked, named } from "./dom.js";
import { control } from "./judging.js";
import { flagsOf, nameOf, pagesOf } from "./results.js";
import { sheet } from "./sheet.js";
import { language, text } from "./strings.js";

function part(name, isOpen, ...children) {
  return element("details", { open: isOpen }, element("summary", {}, text(name)), children);
}

function table(heads, rows) {
  const cells = (row, kind) => element("tr", {}, row.map((cell) => element(kind, {}, cell)));
  return element(
    "div",
    { class: "wide" },
    element("table", {}, element("thead", {}, cells(heads, "th")), element("tbody", {}, rows.map((row) => cells(row, "td")))),
  );
}

function inPlace(view) {
  return view.neighbours.map((chunk) => {
    const isHit = chunk.citation_id === view.hit.citation_id;
    return element(
      "div",
      { class: isHit ? "passage cited" : "passage", dir: "auto" },
      chunk.section.length ? element("p", { class: "section" }, "§ ", named(chunk.section.join(" › "))) : null,
      element("p", { class: "text" }, isHit ? marked(view.hit.text, view.hit.highlights) : chunk.text),
    );
  });
}

function why(hit) {
  if (!Object.keys(hit.scores).length) return element("p", {}, text("why_unknown"));
  const scores = { score: hit.score, ...hit.scores };
  const rows = Object.entries(scores).map(([name, value]) => [
    name.replaceAll("_", " "),
    value.toFixed(3),
    text("scores")[name] ?? "",
  ]);
  return table(["", text("score"), text("scale")], rows);
}

function shown(name, value) {
  if (typeof value === "number") return value.toLocaleString(language(), { maximumFractionDigits: 2 });
  const isMoment = ["mtime", "first_seen", "updated_at", "deleted_at", "date"].includes(name);
  if (isMoment) return new Date(value).toLocaleString(language());
  return named(value, name === "content_hash" || name === "citation_id" ? "digest" : "");
}

function facts(view) {
  const { hit } = view;
  const all = { path: hit.path, source: hit.source, date: hit.date, ...view.ledger, ...view.listed, citation_id: hit.citation_id };
  const known = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
  const rows = known.map(([name, value]) => [
    element("dt", {}, text("facts")[name] ?? name),
    element("dd", {}, shown(name, value)),
  ]);
  return element("dl", {}, rows.flat());
}

function versions(view) {
  const rows = view.versions.map((one) => [
    one.table,
    one.content_hash ? named(one.content_hash.slice(0, 12), "digest") : text("gone"),
    one.recipe ? named(one.recipe.slice(0, 12), "digest") : "",
    String(one.rows),
  ]);
  return table([text("table"), text("version"), text("recipe"), text("rows")], rows);
}

function chunks(view, open) {
  const rows = view.chunks.map((chunk) =>
    element(
      "li",
      { value: chunk.ordinal + 1 },
      element(
        "button",
        { type: "button", class: chunk.citation_id === view.hit.citation_id ? "cited" : "", onclick: () => open(chunk.citation_id) },
        pagesOf(chunk) ? `${pagesOf(chunk)} · ` : "",
        element("bdi", {}, chunk.text),
      ),
    ),
  );
  const note = text("chunks_shown", view.chunks.length, view.chunk_count);
  return [note ? element("p", {}, note) : null, element("ol", { class: "chunks" }, rows)];
}

async function copy(event, hit) {
  const button = event.currentTarget;
  await navigator.clipboard.writeText(`${hit.citation}\n${location.href}`);
  button.textContent = text("copied");
}

// Fills `place`. `open` shows another chunk, `close` none; `signal` ends what is still being fetched.
export async function showDocument(place, view, { open, close, signal }) {
  const { hit } = view;
  const kind = view.has_slides ? "slide" : "page";
  const isShown = (view.has_pictures || view.has_slides) && hit.pages.length;
  const picture = isShown ? sheet(hit, view.ledger.pages, kind, signal) : null;
  place.replaceChildren(
    element(
      "div",
      { class: "head" },
      element("h2", {}, named(nameOf(hit))),
      navigator.clipboard ? element("button", { type: "button", onclick: (event) => copy(event, hit) }, text("copy")) : null,
      element("button", { type: "button", class: "close", onclick: close, title: "Esc" }, text("close")),
    ),
    element("p", { class: "where" }, named(hit.citation)),
    ...flagsOf(hit),
    control(hit) ?? "",
    ...(picture ? [picture.part] : []),
    part("in_place", !picture || !hit.boxes.length, inPlace(view)),
    part("why", !picture && Object.keys(hit.scores).length > 0, why(hit)),
    part("document", false, facts(view)),
    part("versions", false, versions(view)),
    part("chunks", false, chunks(view, open)),
  );
  await picture?.shown;
}
