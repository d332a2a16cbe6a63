// The journal: everything that happened, newest at the end, searched by kind, application, call, or any text of a row.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";
import { Bytes, Choice, Field, Refused, dayTime, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { t } from "./words.js";

const KINDS = ["api_request", "control_request", "call_event", "message_event", "attempt_started", "attempt_ended", "decided", "state_change", "clock", "contract_violation"];
const PAGE = 200;
const PAGES_SEARCHED = 50;

/** The newest rows that fit: backwards from the end in pages, until there are enough. */
async function newest(wish) {
  const { last_position: last } = await get("/journal", { limit: 1, after: 0 });
  const text = wish.text.trim().toLowerCase();
  let rows = [];
  let end = wish.before ?? last;
  for (let page = 0; page < PAGES_SEARCHED && end > 0 && rows.length < PAGE; page += 1) {
    const start = Math.max(0, end - 1000);
    const found = await get("/journal", { after: start, limit: end - start, kind: wish.kind, app_key: wish.app, call_id: wish.call });
    const fitting = found.rows.filter((row) => row.position <= end && (!text || JSON.stringify(row).toLowerCase().includes(text)));
    rows = [...fitting, ...rows];
    end = start;
  }
  return { rows: rows.slice(-PAGE), last, wish };
}

export function Journal({ apps }) {
  const [wish, setWish] = useState({ kind: "", app: "", call: "", text: "", before: null });
  const [open, setOpen] = useState(null);
  const [found, error, again] = useLoaded(() => newest(wish), [JSON.stringify(wish)]);
  useEffect(() => {
    const reload = throttled(() => wish.before === null && again(), 500);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && data.kind !== "control_request")) && reload());
  }, [JSON.stringify(wish)]);
  const change = (name) => (value) => setWish((was) => ({ ...was, before: null, [name]: value && value.target ? value.target.value : value }));
  const rows = found ? found.rows : [];
  return html`<section class="detail wide">
    <h2>${t("journal")}</h2>
    <form class="play" onSubmit=${(event) => event.preventDefault()} role="search">
      <${Field} label=${t("search")}><input id="search" type="search" value=${wish.text} onInput=${change("text")} /><//>
      <${Field} label=${t("kind")}><${Choice} value=${wish.kind} onChange=${change("kind")} empty="–" options=${KINDS.map((kind) => [kind, kind])} /><//>
      <${Field} label=${t("app")}><${Choice} value=${wish.app} onChange=${change("app")} empty="–" options=${apps.map((one) => [one.app_key, one.app_key])} /><//>
      <${Field} label=${t("call")}><input value=${wish.call} onInput=${change("call")} placeholder="call-…" /><//>
    </form>
    <${Refused} error=${error} />
    <ol class="rows" aria-busy=${!error && (!found || found.wish !== wish)}>${[...rows].reverse().map((row) => html`<li key=${row.position}>
      <button class="plain" aria-expanded=${open === row.position} onClick=${() => setOpen(open === row.position ? null : row.position)}>
        <span class="sub">${row.position} · ${dayTime(row.at)}</span> <strong>${row.kind}</strong> ${inShort(row)}</button>
      ${open === row.position && html`<${Bytes} label="" text=${JSON.stringify(row, null, 2)} />`}</li>`)}</ol>
    ${!rows.length && html`<p class="hint">${t("none")}</p>`}
    <p class="buttons">
      <button disabled=${!rows.length || rows[0].position <= 1} onClick=${() => setWish({ ...wish, before: rows[0].position - 1 })}>${t("older")}</button>
      <button disabled=${wish.before === null} onClick=${() => setWish({ ...wish, before: null })}>${t("newer")}</button>
    </p>
  </section>`;
}

function inShort(row) {
  const parts = [row.app_key, row.operation || row.event || row.what || row.notification_kind, row.method && `${row.method} ${row.path || row.target}`,
    row.status, row.result_code, row.refusal || row.reason, row.hangup_cause];
  return parts.filter((part) => part !== undefined && part !== null && part !== "").join(" · ").slice(0, 160);
}
