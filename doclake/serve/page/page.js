// The page: question, filters and the open document stand in the part of the address that no server
// sees, so that back, reload and links work.

import { element } from "./dom.js";
import { showDocument } from "./document.js";
import * as judging from "./judging.js";
import { result } from "./results.js";
import * as server from "./server.js";
import { failure, language, switchLanguage, text } from "./strings.js";

const at = (id) => document.getElementById(id);
const FIELDS = ["source", "language", "type", "path", "since", "until", "author", "k"];
const USUAL = 10;
let asked = ""; // what the shown answers are to
let hits = [];
let searching = new AbortController();
let viewing = new AbortController();
let sources = [];
let known = Promise.resolve(); // that the sources are

const state = () => new URLSearchParams(location.hash.slice(1));

function go(changes) {
  const next = state();
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  if (next.toString() === state().toString()) void show();
  else location.hash = next.toString();
}

const listed = (value) => value.split(",").map((one) => one.trim()).filter(Boolean);

function filtersOf(values) {
  const filters = {};
  for (const name of ["source", "language", "type", "path"]) {
    if (values.get(name)) filters[name] = listed(values.get(name));
  }
  for (const name of ["since", "until"]) if (values.get(name)) filters[name] = values.get(name);
  if (values.get("author")) filters.metadata = { author: values.get("author") };
  return filters;
}

function label() {
  document.documentElement.lang = language();
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = text(one.dataset.text);
  for (const one of document.querySelectorAll("[data-label]")) {
    one.setAttribute("aria-label", text(one.dataset.label));
    one.placeholder = text(one.dataset.label);
  }
  document.querySelector("footer").textContent = text("keys") + (judging.mayJudge() ? text("keys_judge") : "");
  at("language").textContent = language() === "en" ? "한국어" : "English";
  if (server.token()) at("token").textContent = text("token_given");
  const chosen = state().get("source") ?? "";
  const options = [{ name: "", description: "" }, ...sources].map(({ name, description }) =>
    element("option", { value: name, title: description }, name || text("any")),
  );
  at("ask").elements.source.replaceChildren(...options);
  at("ask").elements.source.value = chosen;
}

async function loadSources() {
  try {
    sources = await server.sources();
  } catch {
    sources = [];
  }
  judging.useSources(sources);
  label();
}

function say(message, isFailure = false) {
  at("status").textContent = message;
  at("status").className = isFailure ? "failure" : "";
}

function showForm() {
  const values = state();
  at("question").value = values.get("q") ?? "";
  for (const name of FIELDS) at("ask").elements[name].value = values.get(name) ?? "";
  const narrowed = FIELDS.filter((name) => values.get(name)).length;
  at("narrowed").textContent = narrowed ? text("narrowed", narrowed) : "";
}

async function showAnswers() {
  const values = state();
  const question = values.get("q");
  const now = JSON.stringify([question, ...FIELDS.map((name) => values.get(name)), server.token(), language()]);
  if (now === asked) return;
  asked = now;
  searching.abort();
  searching = new AbortController();
  hits = [];
  at("results").replaceChildren();
  if (!question) {
    await judging.begin("");
    return say(text("welcome"));
  }
  say(text("working"));
  try {
    const filters = filtersOf(values);
    const found = await server.search(question, Number(values.get("k")) || USUAL, filters, searching.signal);
    await known;
    await judging.begin(question, searching.signal);
    hits = found.hits;
    const rows = hits.map((hit, index) => result(hit, index + 1, () => go({ cite: hit.citation_id })));
    at("results").replaceChildren(...rows);
    const isNarrowed = Object.keys(filters).length > 0;
    const count = hits.length ? text("found", hits.length) : text(isNarrowed ? "none_narrowed" : "none");
    const missing = found.without.length ? ` ${text("without", found.without.join(", "))}` : "";
    say(count + missing);
  } catch (error) {
    if (error.name === "AbortError") return;
    asked = "";
    say(failure(error), true);
    if (error.code === "token_unknown") at("token").classList.add("main");
  }
}

async function showCited() {
  const citation = state().get("cite");
  const place = at("document");
  viewing.abort();
  viewing = new AbortController();
  const { signal } = viewing;
  place.hidden = !citation;
  document.body.classList.toggle("reading", Boolean(citation));
  for (const one of at("results").querySelectorAll(".hit")) {
    one.setAttribute("aria-current", String(one.dataset.citation === citation));
  }
  if (!citation) return place.replaceChildren();
  try {
    const view = await server.view(citation, signal);
    const found = hits.find((hit) => hit.citation_id === citation);
    if (found) view.hit = { ...found, flags: view.hit.flags };
    if (signal.aborted) return;
    place.scrollTop = 0;
    place.focus({ preventScroll: true });
    const open = (other) => go({ cite: other });
    await showDocument(place, view, { open, close, signal });
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    const back = element("button", { type: "button", class: "close", onclick: close }, text("close"));
    place.replaceChildren(element("div", { class: "head" }, back), element("p", { class: "failure" }, failure(error)));
  }
}

async function show() {
  showForm();
  document.title = [state().get("q"), "Doclake"].filter(Boolean).join(" · ");
  await showAnswers();
  await showCited();
}

function close() {
  const citation = state().get("cite");
  go({ cite: "" });
  const buttons = [...at("results").querySelectorAll(".hit")];
  buttons.find((one) => one.dataset.citation === citation)?.focus();
}

function move(by) {
  const buttons = [...at("results").querySelectorAll(".hit")];
  if (!buttons.length) return;
  const here = buttons.findIndex((one) => one.closest("li").contains(document.activeElement));
  const current = here >= 0 ? here : buttons.findIndex((one) => one.getAttribute("aria-current") === "true");
  const next = current < 0 ? 0 : Math.min(buttons.length - 1, Math.max(0, current + by));
  buttons[next].focus();
  if (state().get("cite")) go({ cite: buttons[next].dataset.citation });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isWriting = event.target.closest("input, select, textarea, dialog");
  if (event.key === "Escape") {
    if (event.target.closest("dialog")) return;
    if (isWriting) event.target.blur();
    else if (state().get("cite")) close();
  } else if (!isWriting && event.key === "/") {
    event.preventDefault();
    at("question").select();
    at("question").focus();
  } else if (!isWriting && (event.key === "j" || event.key === "k")) {
    move(event.key === "j" ? 1 : -1);
  } else if (!isWriting && event.key === "a") {
    const place = event.target.closest("#results li") ?? at("document");
    place.querySelector(".judge")?.click();
  }
}

function ask(event) {
  event.preventDefault();
  const fields = at("ask").elements;
  const changes = Object.fromEntries(FIELDS.map((name) => [name, fields[name].value.trim()]));
  asked = "";
  go({ ...changes, q: at("question").value.trim(), cite: "" });
  at("question").blur();
}

function useToken(value) {
  server.keepToken(value);
  at("token").classList.remove("main");
  at("token-value").value = "";
  at("token-dialog").close();
  asked = "";
  known = loadSources();
  void show();
}

function begin() {
  at("ask").addEventListener("submit", ask);
  at("clear").addEventListener("click", () => go(Object.fromEntries(FIELDS.map((name) => [name, ""]))));
  at("language").addEventListener("click", () => {
    switchLanguage();
    label();
    void show();
  });
  at("token").addEventListener("click", () => at("token-dialog").showModal());
  at("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken(at("token-value").value.replace(/[^\x21-\x7e]/g, ""));
  });
  at("token-forget").addEventListener("click", () => useToken(""));
  at("token-cancel").addEventListener("click", () => at("token-dialog").close());
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => void show());
  label();
  known = loadSources();
  void show();
  if (!state().get("q") && !state().get("cite")) at("question").focus();
}

begin();
