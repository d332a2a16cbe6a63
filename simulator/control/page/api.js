// The control plane from the page: a session instead of the token, JSON both ways, problems as errors.

import { t } from "./words.js";

const PREFIX = "/control/v1";

export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `status ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** One request; answers the JSON of the answer, null for none. Throws Problem. */
export async function ask(method, path, body, headers = {}) {
  const wanted = { method, headers: { ...headers }, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    wanted.body = JSON.stringify(body);
    wanted.headers["Content-Type"] = "application/json";
  }
  const { answer, text } = await fetched(PREFIX + path, wanted);
  const json = jsonOf(text);
  if (!answer.ok) throw new Problem(answer.status, json || {});
  return json;
}

/** The answer with its text; a simulator that is not there is a problem as well, said in the words of the page. */
async function fetched(address, wanted) {
  try {
    const answer = await fetch(address, wanted);
    return { answer, text: await answer.text() };
  } catch {
    throw new Problem(0, { detail: t("no_simulator") });
  }
}

function jsonOf(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** Every page of a list that comes in pages. */
export async function everyPage(path, name) {
  const found = [];
  let cursor = null;
  do {
    const page = await get(path, { limit: 1000, cursor });
    found.push(...page[name]);
    cursor = page.next || null;
  } while (cursor);
  return found;
}

export const get = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given).toString();
  return ask("GET", path + (search ? `?${search}` : ""));
};
export const post = (path, body = {}) => ask("POST", path, body);
export const patch = (path, body) => ask("PATCH", path, body);
export const put = (path, body) => ask("PUT", path, body);
export const remove = (path) => ask("DELETE", path);

/** Exchange the token of the address (#token=…) or of the form for a session; the token is then forgotten. */
export async function signIn(token) {
  await ask("POST", "/session", undefined, { Authorization: `Bearer ${token}` });
}

const TOKEN = /^#token=([^&]*)/;

export const hasTokenInAddress = () => TOKEN.test(location.hash);

/** The token of the address, which then has none any more; null where there is none. */
export function tokenInAddress() {
  const found = TOKEN.exec(location.hash);
  if (!found) return null;
  history.replaceState(null, "", location.pathname + "#calls");
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return found[1];
  }
}
