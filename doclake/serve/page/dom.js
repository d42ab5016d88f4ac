// Elements and texts. Documents are hostile: nothing here, or anywhere, turns a text into markup.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// A name that somebody else chose: marks that nobody sees, or that turn the direction, are spelt out.
export const named = (text, kind = "") => element("bdi", { class: kind }, text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, spelt));

const spelt = (mark) => `\\u${mark.codePointAt(0).toString(16).padStart(4, "0")}`;

// The text with its spans marked. Spans count characters; JavaScript counts halves of some.
export function marked(text, spans) {
  const letters = Array.from(text);
  const parts = [];
  let end = 0;
  for (const [from, to] of spans) {
    if (from < end) continue;
    parts.push(letters.slice(end, from).join(""));
    parts.push(element("mark", {}, letters.slice(from, to).join("")));
    end = to;
  }
  parts.push(letters.slice(end).join(""));
  return parts;
}

const WIDTH = 320;

// The part of a text in which most spans lie, and the spans in it.
export function snippet(text, spans) {
  const letters = Array.from(text);
  if (letters.length <= WIDTH) return [text, spans];
  const inside = (start) => spans.filter(([a, b]) => a >= start && b <= start + WIDTH);
  const starts = spans.length ? spans.map(([a]) => Math.max(0, a - 50)) : [0];
  let start = starts.reduce((best, one) => (inside(one).length > inside(best).length ? one : best));
  const blank = letters.slice(start, start + 30).findIndex((letter) => /\s/u.test(letter));
  if (start && blank >= 0) start += blank + 1;
  const shift = start ? 2 : 0;
  const shown = letters.slice(start, start + WIDTH).join("");
  const more = start + WIDTH < letters.length ? " …" : "";
  return [
    `${start ? "… " : ""}${shown}${more}`,
    inside(start).map(([a, b]) => [a - start + shift, b - start + shift]),
  ];
}
