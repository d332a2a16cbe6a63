// The journal: everything that happened, the newest first, searched by kind, application, call or SMS, and any text of a row.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Bytes, Choice, Field, Refused, dayTime, pretty, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { backwards } from "./rows.js";
import { t, tOr } from "./words.js";

export const KINDS = ["api_request", "control_request", "call_event", "message_event", "attempt_started", "attempt_ended", "decided", "state_change", "clock", "contract_violation"];
const PAGE = 200;
const TYPING_MS = 250;
const NOTHING = { kind: "", app: "", about: "", text: "", before: null };

/** What of a row is searched: its values as they are read, not as JSON writes them inside JSON. */
export function textOf(value) {
  if (Array.isArray(value)) return value.map(textOf).join(" ");
  if (value !== null && typeof value === "object") return Object.values(value).map(textOf).join(" ");
  return value === null ? "" : String(value);
}

function newest(wish, isOutdated) {
  const text = wish.text.trim().toLowerCase();
  const about = wish.about.trim();
  const query = { kind: wish.kind, app_key: wish.app, [about.startsWith("sms-") ? "message_id" : "call_id"]: about };
  const fits = (row) => !text || textOf(row).toLowerCase().includes(text);
  return backwards(query, fits, { before: wish.before, enough: PAGE, isOutdated }).then((found) => ({ ...found, wish }));
}

/** The rows of a wish; a search that another one follows stops, and what is being typed is waited for. */
function useRows(wish) {
  const turn = useRef(0);
  const load = async () => {
    const mine = ++turn.current;
    const isOutdated = () => mine !== turn.current;
    if (wish.text || wish.about) await new Promise((done) => setTimeout(done, TYPING_MS));
    return newest(wish, isOutdated);
  };
  return useLoaded(load, [JSON.stringify(wish)]);
}

export function Journal({ apps }) {
  const [wish, setWish] = useState(NOTHING);
  const [open, setOpen] = useState(null);
  const [found, error, again] = useRows(wish);
  const isSearching = !error && (!found || found.wish !== wish);
  const state = useRef({});
  state.current = { isSearching, wish };
  useEffect(() => {
    const reload = throttled(() => state.current.wish.before === null && !state.current.isSearching && again(), 500);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && data.kind !== "control_request")) && reload());
  }, [JSON.stringify(wish)]);
  const change = (name) => (value) => setWish((was) => ({ ...was, before: null, [name]: value && value.target ? value.target.value : value }));
  const rows = found ? found.rows : [];
  return html`<section class="detail wide">
    <h2>${t("journal")}</h2>
    <form class="play" onSubmit=${(event) => event.preventDefault()} role="search">
      <${Field} label=${t("search")}><input id="search" type="search" value=${wish.text} onInput=${change("text")} /><//>
      <${Field} label=${t("kind")}><${Choice} value=${wish.kind} onChange=${change("kind")} empty=${t("all")} options=${KINDS.map((kind) => [kind, t(kind)])} /><//>
      <${Field} label=${t("app")}><${Choice} value=${wish.app} onChange=${change("app")} empty=${t("all")} options=${apps.map((one) => [one.app_key, one.app_key])} /><//>
      <${Field} label=${t("call_or_sms")}><input value=${wish.about} onInput=${change("about")} placeholder="call-… sms-…" /><//>
    </form>
    <${Refused} error=${error} />
    <ol class="rows" aria-busy=${isSearching}>${[...rows].reverse().map((row) => html`<${Row} key=${row.position} row=${row}
      isOpen=${open === row.position} toggle=${() => setOpen(open === row.position ? null : row.position)} />`)}</ol>
    <p class="hint progress" role="status">${isSearching ? t("searching") : found && !rows.length ? (found.hasOlder ? `${t("none_so_far")} ${found.reached + 1}` : t("none_found")) : ""}</p>
    ${found && !found.hasOlder && found.first > 1 && html`<p class="hint">${t("rows_gone").replace("{n}", found.first)}</p>`}
    <p class="buttons">
      <button disabled=${!found || !found.hasOlder} onClick=${() => setWish({ ...wish, before: found.reached })}>${t("older")}</button>
      <button disabled=${wish.before === null} onClick=${() => setWish({ ...wish, before: null })}>${t("newer")}</button>
    </p>
  </section>`;
}

function Row({ row, isOpen, toggle }) {
  const { body, answer, ...rest } = row;
  return html`<li><button class="plain" aria-expanded=${isOpen} onClick=${toggle}>
      <span class="sub">${row.position} · ${dayTime(row.at)}</span> <strong>${tOr(row.kind, row.kind)}</strong> ${inShort(row)}</button>
    ${isOpen && html`<div>${row.call_id && html`<p class="sub"><a href=${`#calls/${encodeURIComponent(row.call_id)}`}>${t("call")} ${row.call_id}</a></p>`}
      ${body && html`<${Bytes} label="body" text=${pretty(body)} />`}${answer && html`<${Bytes} label="answer" text=${pretty(answer)} />`}
      <${Bytes} label="" text=${JSON.stringify(rest, null, 2)} /></div>`}</li>`;
}

function inShort(row) {
  const parts = [row.app_key, row.operation || row.event || row.what || row.notification_kind, row.method && `${row.method} ${row.path || row.target}`,
    row.status, row.result_code, row.refusal || row.reason, row.hangup_cause];
  return parts.filter((part) => part !== undefined && part !== null && part !== "").join(" · ").slice(0, 160);
}
