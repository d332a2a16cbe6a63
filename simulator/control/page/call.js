// One call: its ladder, growing as it happens, its notifications with the bytes of every attempt, its CDR.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Bytes, Chip, Refused, clockTime, deliveryTone, lineDifference, pretty, useLoaded } from "./bits.js";
import { Ladder } from "./ladder.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

const WAIT_MS = 100;

async function everything(id) {
  const [call, told] = await Promise.all([get(`/calls/${id}`), get("/notifications", { call_id: id, limit: 1000 })]);
  const place = new Map(call.notifications.map((one, index) => [one.notification_id, index]));
  const inOrder = (a, b) => (place.get(a.notification_id) ?? 1e6) - (place.get(b.notification_id) ?? 1e6);
  return { call, notifications: told.notifications.sort(inOrder) };
}

export function CallDetail({ id, catalogue, back }) {
  const [found, error, again] = useLoaded(() => everything(id), [id]);
  const [chosen, setChosen] = useState(null);
  useEffect(() => {
    setChosen(null);
    const reload = throttled(again, WAIT_MS);
    return listen(({ name, data }) => {
      const isOurs = name === "row" && (data.call_id === id || (data.notification_kind === "fee" && data.kind.startsWith("attempt")));
      if (isOurs || name === "gap" || name === "connected") reload();
    });
  }, [id]);
  if (!found) return html`<section class="detail"><${Refused} error=${error} /></section>`;
  const { call, notifications } = found;
  const shown = notifications.find((one) => one.notification_id === chosen);
  return html`<section class="detail" aria-label=${`${t("call")} ${call.call_id}`}>
    <${Head} call=${call} catalogue=${catalogue} back=${back} again=${again} />
    <${Ladder} call=${call} notifications=${notifications} choose=${(rung) => setChosen(rung.notification.notification_id)} chosen=${chosen} />
    <${Told} notifications=${notifications} chosen=${chosen} choose=${setChosen} />
    ${shown && html`<${Exchanges} key=${chosen} one=${shown} />`}
    ${call.cdr && html`<details><summary>${t("cdr")}</summary><${Bytes} label="" text=${JSON.stringify(call.cdr, null, 2)} /></details>`}
  </section>`;
}

function Head({ call, catalogue, back, again }) {
  const [error, setError] = useState(null);
  const released = call.events.find((event) => event.hangup_cause !== undefined);
  const cause = released && catalogue.hangup_causes.find((row) => row.code === released.hangup_cause);
  const hangUp = () => post(`/calls/${call.call_id}/release`, { released_by: "caller" }).then(again, setError);
  return html`<header class="head">
    <button class="back" onClick=${back}>← ${t("back")}</button>
    <h2>${call.caller} → ${call.dialled}</h2>
    <p class="sub">${call.app_key} · ${call.call_id} · <span class="wrap">${call.session_id}</span></p>
    <p>
      <${Chip} tone=${released ? (released.hangup_cause ? "bad" : "good") : "call"}>${call.state}<//>
      ${released && html`<strong class="cause"> ${released.hangup_cause} ${cause ? said(cause) : ""}</strong>`}
      ${!released && html`<button onClick=${hangUp}>${t("hang_up")}</button>`}
    </p>
    <${Refused} error=${error} />
  </header>`;
}

function Told({ notifications, chosen, choose }) {
  if (!notifications.length) return html`<p class="hint">${t("no_receiver")}</p>`;
  return html`<section><h3>${t("notifications")}</h3><ul class="told-list">
    ${notifications.map((one) => html`<${Notification} key=${one.notification_id} one=${one}
      isChosen=${one.notification_id === chosen} choose=${choose} />`)}
  </ul></section>`;
}

function Notification({ one, isChosen, choose }) {
  const [error, setError] = useState(null);
  const last = one.attempts[one.attempts.length - 1];
  const again = () => post(`/notifications/${one.notification_id}/redeliver`).then(() => setError(null), setError);
  return html`<li class=${isChosen ? "chosen" : ""}>
    <button class="plain" aria-expanded=${isChosen} onClick=${() => choose(isChosen ? null : one.notification_id)}>
      <${Chip} tone=${deliveryTone[one.state]}>${one.kind}<//> ${t(one.state)}
      ${last && last.reason && !last.acknowledged && html`<span class="why"> ${last.reason}</span>`}
    </button>
    <button class="again" data-kind=${one.kind} disabled=${["queued", "in_flight"].includes(one.state)}
      onClick=${again}>${t("send_again")}</button>
    <${Refused} error=${error} />
  </li>`;
}

async function rowsOf(one) {
  const rows = [];
  for (const kind of ["attempt_started", "attempt_ended"]) {
    const page = await get("/journal", { kind, call_id: one.call_id, limit: 1000 });
    rows.push(...page.rows.filter((row) => row.delivery_id === one.delivery_id));
  }
  return rows;
}

/** The exact bytes of every attempt, and how they differ from what should have been sent. */
function Exchanges({ one }) {
  const [rows, error] = useLoaded(() => rowsOf(one), [one.notification_id, one.attempts.length, one.state]);
  if (!rows) return html`<${Refused} error=${error} />`;
  return html`<section class="exchanges"><h3>${one.kind} · ${t("bytes")}</h3>
    ${[...one.attempts].reverse().map((attempt) => html`<${Exchange} key=${attempt.number} one=${one} attempt=${attempt}
      start=${rows.find((row) => row.kind === "attempt_started" && row.number === attempt.number)}
      end=${rows.find((row) => row.kind === "attempt_ended" && row.number === attempt.number)} />`)}
  </section>`;
}

function Exchange({ one, attempt, start, end }) {
  const status = end && end.status !== undefined ? `${end.status}` : (end && end.failure) || t("no_answer");
  const wall = attempt.wall_seconds === null ? "" : ` · ${(attempt.wall_seconds * 1000).toFixed(1)} ms`;
  return html`<article>
    <h4>${t("attempt")} ${attempt.number} · ${clockTime(attempt.started_at)}${wall}
      <${Chip} tone=${attempt.ended_at === null ? "open" : attempt.acknowledged ? "good" : "bad"}>${status}<//></h4>
    <p class="why">${attempt.reason} ${attempt.remark}</p>
    ${start && html`<div class="pair">
      <${Bytes} label=${`${t("sent")} POST ${start.url}`} text=${request(start)} />
      <${Bytes} label=${t("received")} text=${end ? answer(end) : ""} />
    </div>
    <${Difference} start=${start} one=${one} />`}
  </article>`;
}

const request = (row) => [...row.headers.map(([name, value]) => `${name}: ${value}`), "", pretty(row.body)].join("\n");
const answer = (row) => (row.status === undefined ? row.reason : `${row.status}\n\n${pretty(row.answer || "")}`);

function Difference({ start, one }) {
  const should = JSON.stringify(one.body, null, 2);
  const lines = lineDifference(should, pretty(start.body));
  if (lines.every(([sign]) => sign === " ")) return html`<p class="good-text">${t("bytes")}: ${t("as_expected")}</p>`;
  return html`<figure class="bytes"><figcaption>${t("difference")} (− ${t("should_be")})</figcaption>
    <pre tabindex="0">${lines.map(([sign, line], index) => html`<span key=${index} class=${sign === "-" ? "minus" : sign === "+" ? "plus" : ""}>${`${sign} ${line}\n`}</span>`)}</pre>
  </figure>`;
}
