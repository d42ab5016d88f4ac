// Whether a passage answers the question, for those who may say so. It becomes a golden question of
// the source; said of a passage no more, it is taken out again.

import { element } from "./dom.js";
import * as server from "./server.js";
import { failure, text } from "./strings.js";

let may = {}; // by source: "open", "no_file" or null
let question = ""; // the one whose answers are shown
let judged = []; // and what is said of them
const hits = new WeakMap(); // by button

export function useSources(sources) {
  may = Object.fromEntries(sources.map(({ name, judging }) => [name, judging]));
}

export const mayJudge = () => Object.values(may).includes("open");

export async function begin(asked, signal) {
  question = asked;
  judged = [];
  if (!asked || !mayJudge()) return;
  try {
    judged = await server.judgements(asked, signal);
  } catch (error) {
    if (error.name === "AbortError") throw error; // any other is told to who presses the button
  }
}

const words = (passage) => passage.normalize("NFC").toLowerCase().split(/\s+/u).filter(Boolean).join(" ");

const isOf = (hit) => (one) =>
  one.source === hit.source &&
  one.documents.length === 1 &&
  one.documents[0] === hit.path &&
  one.pages.join() === hit.pages.join() &&
  words(hit.text).includes(words(one.text ?? ""));

function mark(button) {
  button.setAttribute("aria-pressed", String(judged.some(isOf(hits.get(button)))));
}

// What of the passage is selected: the words that answer.
function selected() {
  const selection = getSelection();
  const cited = document.querySelector(".passage.cited .text");
  const isInside = cited && selection.rangeCount && cited.contains(selection.getRangeAt(0).commonAncestorContainer);
  return isInside ? selection.toString().trim() : "";
}

async function press(button, told) {
  const hit = hits.get(button);
  const answers = button.getAttribute("aria-pressed") !== "true";
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  told.textContent = "";
  try {
    const chosen = button.closest("#document") ? selected() : "";
    judged = await server.judge({ question, citation_id: hit.citation_id, answers, text: (answers && chosen) || null });
  } catch (error) {
    told.textContent = failure(error);
  }
  button.ariaBusy = "false";
  for (const one of document.querySelectorAll(".judge")) mark(one);
}

// The button of a passage, or what to set so that there is one; nothing for who may not judge.
export function control(hit) {
  if (!question || !may[hit.source]) return null;
  if (may[hit.source] === "no_file") {
    return element("p", { class: "judging" }, text("judge_no_file", `sources.${hit.source}.questions`));
  }
  const told = element("span", { role: "status", class: "failure" });
  const button = element(
    "button",
    { type: "button", class: "judge", title: text("judge_about"), onclick: () => press(button, told) },
    text("judge"),
  );
  hits.set(button, hit);
  mark(button);
  return element("p", { class: "judging" }, button, " ", told);
}
