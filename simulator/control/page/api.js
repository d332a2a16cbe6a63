// The control plane from the page: a session instead of the token, JSON both ways, problems as errors.

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
  const answer = await fetch(PREFIX + path, wanted);
  const text = await answer.text();
  const json = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(answer.status, json || {});
  return json;
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

export function tokenInAddress() {
  const found = /^#token=([^&]+)/.exec(location.hash);
  if (!found) return null;
  history.replaceState(null, "", location.pathname + "#calls");
  return decodeURIComponent(found[1]);
}
