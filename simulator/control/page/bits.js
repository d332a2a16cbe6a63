// Small pieces that several views use.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { said, t } from "./words.js";

/** 08:00:05.123 of an ISO instant, in the time of the reader's machine. */
export function clockTime(at) {
  if (!at) return "–";
  const time = new Date(at);
  const pad = (value, width) => String(value).padStart(width, "0");
  return `${pad(time.getHours(), 2)}:${pad(time.getMinutes(), 2)}:${pad(time.getSeconds(), 2)}.${pad(time.getMilliseconds(), 3)}`;
}

export function dayTime(at) {
  if (!at) return "–";
  const time = new Date(at);
  const pad = (value) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  return `${day} ${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

export function Field({ label, children }) {
  return html`<label class="field"><span>${label}</span>${children}</label>`;
}

export function Choice({ value, options, onChange, id, empty }) {
  return html`<select id=${id} value=${value} onChange=${(event) => onChange(event.target.value)}>
    ${empty !== undefined && html`<option value="">${empty}</option>`}
    ${options.map(([key, label]) => html`<option key=${key} value=${key} selected=${String(key) === String(value)}>${label}</option>`)}
  </select>`;
}

/** What a server refused, as it said it. */
export function Refused({ error }) {
  if (!error) return null;
  return html`<p class="refused" role="alert">${error.message}</p>`;
}

export function Chip({ tone, children }) {
  return html`<span class=${`chip ${tone}`}>${children}</span>`;
}

/** Something that loads when it is shown and when `keys` change; the value, the error, and a function to load again. */
export function useLoaded(load, keys) {
  const [found, setFound] = useState({ value: null, error: null });
  const turn = useRef(0);
  const again = async () => {
    const mine = ++turn.current;
    try {
      const value = await load();
      if (mine === turn.current) setFound({ value, error: null });
    } catch (error) {
      if (mine === turn.current) setFound((was) => ({ ...was, error }));
    }
  };
  useEffect(() => {
    again();
    return () => { turn.current += 1; };
  }, keys);
  return [found.value, found.error, again];
}

const PAUSE_MS = 400;

/** [isBusy, run]: `run(work)` does nothing while other work runs, nor for the second click of a double click. */
export function useBusy() {
  const [isBusy, setBusy] = useState(false);
  const isRunning = useRef(false);
  const run = async (work) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    const pause = new Promise((done) => setTimeout(done, PAUSE_MS));
    try {
      await work();
      await pause;
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };
  return [isBusy, run];
}

export const causeLabel = (row) => `${row.code} ${said(row)}`;

/** JSON as text with its lines; what is no JSON as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Lines of two texts side by side: what is only in the one, only in the other, or in both. */
export function lineDifference(before, after) {
  const a = before.split("\n").slice(0, 400);
  const b = after.split("\n").slice(0, 400);
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) lines.push([" ", a[i++], j++]);
    else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) lines.push(["-", a[i++]]);
    else lines.push(["+", b[j++]]);
  }
  return lines;
}

export function Bytes({ text, label }) {
  return html`<figure class="bytes"><figcaption>${label}</figcaption><pre tabindex="0">${text || " "}</pre></figure>`;
}

export const deliveryTone = { acknowledged: "good", exhausted: "bad", waiting: "bad", queued: "open", in_flight: "open" };
