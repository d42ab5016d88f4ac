// What the page asks of the server. The token stays in this tab and goes nowhere but there.

const KEPT = "doclake.token";

export const token = () => sessionStorage.getItem(KEPT) ?? "";

export function keepToken(value) {
  if (value) sessionStorage.setItem(KEPT, value);
  else sessionStorage.removeItem(KEPT);
}

async function answer(path, options = {}) {
  const headers = { ...options.headers };
  if (token()) headers.Authorization = `Bearer ${token()}`;
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  throw Object.assign(new Error(path), await response.json());
}

const address = (citation) => `/documents/${encodeURIComponent(citation)}`;

export const sources = async () => (await answer("/sources")).json();

async function post(path, value, signal) {
  const headers = { "Content-Type": "application/json" };
  return (await answer(path, { method: "POST", headers, body: JSON.stringify(value), signal })).json();
}

export const search = (question, k, filters, signal) => post("/search", { question, k, filters }, signal);

export const judgements = (question, signal) => post("/judgements/of", { question }, signal);

// Gives all judgements of the question, as `judgements` does.
export const judge = (judgement) => post("/judgements", judgement);

export const view = async (citation, signal) => (await answer(address(citation), { signal })).json();

// The picture of a page as a URL of this tab, and the size of the page in points.
export async function picture(citation, page, signal) {
  const response = await answer(`${address(citation)}/pages/${page}.png`, { signal });
  const [width, height] = response.headers.get("Doclake-Page-Points").split(" ").map(Number);
  return { url: URL.createObjectURL(await response.blob()), width, height };
}

export const slide = async (citation, page, signal) => (await answer(`${address(citation)}/slides/${page}`, { signal })).json();
