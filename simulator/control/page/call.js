// One call: its ladder, growing as it happens, its notifications with the bytes of every attempt, its CDR.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Bytes, Chip, Refused, useBusy, useLoaded } from "./bits.js";
import { STARTS_OVER } from "./calls.js";
import { Ladder } from "./ladder.js";
import { listen, throttled } from "./live.js";
import { Told } from "./told.js";
import { said, t } from "./words.js";

const WAIT_MS = 100;

async function everything(id) {
  const [call, told, journal] = await Promise.all([
    get(`/calls/${encodeURIComponent(id)}`), get("/notifications", { call_id: id, limit: 1000 }), get("/journal", { call_id: id, limit: 1000 }),
  ]);
  const place = new Map(call.notifications.map((one, index) => [one.notification_id, index]));
  const inOrder = (a, b) => (place.get(a.notification_id) ?? 1e6) - (place.get(b.notification_id) ?? 1e6);
  return { call, notifications: told.notifications.sort(inOrder), rows: journal.rows };
}

export function CallDetail({ id, catalogue, back }) {
  const [found, error, again] = useLoaded(() => everything(id), [id]);
  const [chosen, setChosen] = useState(null);
  useEffect(() => {
    const reload = throttled(again, WAIT_MS);
    return listen(({ name, data }) => {
      const isOurs = name === "row" && (data.call_id === id || (data.notification_kind === "fee" && data.kind.startsWith("attempt")));
      const isNew = name === "row" && data.kind === "state_change" && STARTS_OVER.includes(data.what);
      if (isOurs || isNew || name === "gap" || name === "connected") reload();
    });
  }, [id]);
  if (!found || (error && error.status === 404)) {
    return html`<section class="detail"><button class="back" onClick=${back}>← ${t("back")}</button>
      ${error ? html`<p class="empty">${t(error.status === 404 ? "no_such_call" : "not_read")}</p><${Refused} error=${error.status === 404 ? null : error} />` : html`<p class="empty">…</p>`}</section>`;
  }
  const { call, notifications, rows } = found;
  return html`<section class="detail" aria-label=${`${t("call")} ${call.call_id}`}>
    <${Head} call=${call} catalogue=${catalogue} back=${back} again=${again} />
    <${Ladder} call=${call} notifications=${notifications} rows=${rows} choose=${(rung) => setChosen(rung.notification.notification_id)} chosen=${chosen} />
    ${notifications.length ? html`<h3>${t("notifications")}</h3>` : html`<p class="hint">${t("no_receiver")}</p>`}
    <${Told} notifications=${notifications} catalogue=${catalogue} chosen=${chosen} choose=${setChosen} again=${again} />
    ${call.cdr && html`<details><summary>${t("cdr")}</summary><${Bytes} label="" text=${JSON.stringify(call.cdr, null, 2)} /></details>`}
  </section>`;
}

function Head({ call, catalogue, back, again }) {
  const [error, setError] = useState(null);
  const [isBusy, run] = useBusy();
  const released = call.events.find((event) => event.hangup_cause !== undefined);
  const cause = released && catalogue.hangup_causes.find((row) => row.code === released.hangup_cause);
  const hangUp = () => run(() => post(`/calls/${call.call_id}/release`, { released_by: "caller" }).then(again, setError));
  return html`<header class="head">
    <button class="back" onClick=${back}>← ${t("back")}</button>
    <h2>${call.caller} → ${call.dialled}</h2>
    <p class="sub">${call.app_key} · ${call.call_id} · <span class="wrap">${call.session_id}</span></p>
    <p>
      <${Chip} tone=${released ? (released.hangup_cause ? "bad" : "good") : "call"}>${t(call.state)}<//>
      ${released && html`<strong class="cause"> ${released.hangup_cause} ${cause ? said(cause) : ""}</strong>`}
      ${!released && html`<button aria-disabled=${isBusy} onClick=${hangUp}>${t("hang_up")}</button>`}
    </p>
    <${Refused} error=${error} />
  </header>`;
}
