// What was pushed about a call or an SMS: each notification with its state, sent again on demand, and the bytes of its attempts.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Bytes, Chip, Refused, clockTime, deliveryTone, lineDifference, pretty, useBusy, useLoaded } from "./bits.js";
import { backwards } from "./rows.js";
import { said, t } from "./words.js";

/** The list; `chosen` is the id of the one whose bytes are shown, `again` is called when one was sent again. */
export function Told({ notifications, catalogue, chosen, choose, again }) {
  return html`<ul class="told-list">${notifications.map((one) => html`<${Notification} key=${one.notification_id} one=${one}
    catalogue=${catalogue} isChosen=${one.notification_id === chosen} choose=${choose} again=${again} />`)}</ul>`;
}

function Notification({ one, catalogue, isChosen, choose, again }) {
  const [error, setError] = useState(null);
  const [isBusy, run] = useBusy();
  const item = useRef(null);
  useEffect(() => { if (isChosen && item.current) item.current.scrollIntoView({ block: "nearest" }); }, [isChosen]);
  const last = one.attempts[one.attempts.length - 1];
  const isOnItsWay = ["queued", "in_flight"].includes(one.state);
  const sendAgain = () => isOnItsWay || run(() => post(`/notifications/${one.notification_id}/redeliver`).then(() => { setError(null); again(); }, setError));
  return html`<li class=${isChosen ? "chosen" : ""} data-state=${one.state} ref=${item}>
    <button class="plain" aria-expanded=${isChosen} onClick=${() => choose(isChosen ? null : one.notification_id)}>
      <${Chip} tone=${deliveryTone[one.state]}>${one.kind}<//> ${t(one.state)}
      ${one.fault && html`<${FaultChip} name=${one.fault} catalogue=${catalogue} />`}
      ${last && last.reason && !last.acknowledged && html`<span class="why"> ${last.reason}</span>`}
    </button>
    <button class="again" data-kind=${one.kind} aria-disabled=${isOnItsWay || isBusy} onClick=${sendAgain}>${t("send_again")}</button>
    <${Refused} error=${error} />
    ${isChosen && html`<${Exchanges} one=${one} catalogue=${catalogue} />`}
  </li>`;
}

function FaultChip({ name, catalogue }) {
  const row = catalogue.faults.find((fault) => fault.fault === name);
  return html` <${Chip} tone="open">${t("fault")}: ${row ? said(row) : name}<//>`;
}

/** Journal rows of the attempts; a message about several calls stands under the first of them, and is looked for. */
async function rowsOf(one) {
  const about = { call_id: one.call_id, message_id: one.message_id };
  const isOurs = (row) => row.delivery_id === one.delivery_id;
  const kinds = ["attempt_started", "attempt_ended"].map(async (kind) => {
    const near = (await get("/journal", { kind, ...about, limit: 1000 })).rows.filter(isOurs);
    if (near.length || !one.attempts.length) return near;
    return (await backwards({ kind, app_key: one.app_key }, isOurs, { enough: one.attempts.length })).rows;
  });
  return (await Promise.all(kinds)).flat();
}

/** The bytes of every attempt, and how they differ from what should have been sent. */
function Exchanges({ one, catalogue }) {
  const [rows, error] = useLoaded(() => rowsOf(one), [one.notification_id, one.attempts.length, one.state]);
  const [isExact, setExact] = useState(false);
  if (!rows) return html`<${Refused} error=${error} />`;
  const row = (kind, attempt) => rows.find((found) => found.kind === kind && found.number === attempt.number);
  return html`<section class="exchanges"><p class="buttons">
      <button aria-pressed=${!isExact} onClick=${() => setExact(false)}>${t("formatted")}</button>
      <button aria-pressed=${isExact} onClick=${() => setExact(true)}>${t("exact")}</button></p>
    ${!one.attempts.length && html`<p class="hint">${t("no_attempt")}</p>`}
    ${[...one.attempts].reverse().map((attempt) => html`<${Exchange} key=${attempt.number} one=${one} attempt=${attempt} isExact=${isExact}
      catalogue=${catalogue} start=${row("attempt_started", attempt)} end=${row("attempt_ended", attempt)} />`)}
  </section>`;
}

function Exchange({ one, attempt, start, end, isExact, catalogue }) {
  const status = attempt.ended_at === null ? t("in_flight") : attempt.status ?? (attempt.failure ? t(`failure_${attempt.failure}`) : t("no_answer"));
  const wall = attempt.wall_seconds === null ? "" : ` · ${(attempt.wall_seconds * 1000).toFixed(1)} ms`;
  return html`<article>
    <h4>${t("attempt").replace("{n}", attempt.number)} · ${clockTime(attempt.started_at)}${wall}
      <${Chip} tone=${attempt.ended_at === null ? "open" : attempt.acknowledged ? "good" : "bad"}>${status}<//>
      ${attempt.fault && html`<${FaultChip} name=${attempt.fault} catalogue=${catalogue} />`}</h4>
    <p class="why">${attempt.reason} ${attempt.remark}</p>
    ${start ? html`<div class="pair">
      <${Bytes} label=${`${t("sent")} → ${start.url}`} text=${request(start, isExact)} />
      <${Bytes} label=${t("received")} text=${end ? answer(end, isExact) : ""} />
    </div>
    <${Difference} start=${start} one=${one} />` : html`<p class="hint">${t("row_gone")}</p>`}
  </article>`;
}

/** As it is on the wire: of a request that a fault wrote the row has every header, of others those beside Host and length. */
function request(row, isExact) {
  const { host, pathname, search } = new URL(row.url);
  const own = row.headers.map(([name, value]) => `${name}: ${value}`);
  const whole = row.http_version ? own : [`Host: ${host}`, ...own, `content-length: ${new TextEncoder().encode(row.body).length}`];
  const head = [`POST ${pathname}${search} ${row.http_version || "HTTP/1.1"}`, ...whole];
  const body = row.body_base64 ? hexadecimal(row.body_base64) : isExact ? row.body : pretty(row.body);
  return [...head, "", body].join("\n");
}

const answer = (row, isExact) => (row.status === undefined ? t("no_answer") : `${row.status}\n\n${isExact ? row.answer || "" : pretty(row.answer || "")}`);

/** Bytes that are no text: sixteen a line, each in hexadecimal, and what can be read of them. */
function hexadecimal(base64) {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const part = [...bytes.subarray(start, start + 16)];
    const codes = part.map((one) => one.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    lines.push(`${codes}  ${part.map((one) => (one > 31 && one < 127 ? String.fromCharCode(one) : "·")).join("")}`);
  }
  return lines.join("\n");
}

function Difference({ start, one }) {
  const should = JSON.stringify(one.body, null, 2);
  const lines = lineDifference(should, pretty(start.body));
  if (lines.every(([sign]) => sign === " ")) return html`<p class=${start.fault ? "sub" : "good-text"}>${t(start.fault ? "body_as_expected" : "as_expected")}</p>`;
  return html`<figure class="bytes"><figcaption>${t("difference")} (− ${t("should_be")}, + ${t("sent")})</figcaption>
    <pre tabindex="0">${lines.map(([sign, line], index) => html`<span key=${index} class=${sign === "-" ? "minus" : sign === "+" ? "plus" : ""}>${`${sign} ${line}\n`}</span>`)}</pre>
  </figure>`;
}
