// Applications: their receivers, their X numbers with states, their bindings with expiry.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, patch } from "./api.js";
import { Chip, Choice, Field, Refused, dayTime, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

const SLOTS = ["status", "callin", "fee", "sms", "sms_block", "number_status"];
const SHOWN = 200;

export function Apps({ apps, catalogue, reload }) {
  const [chosen, setChosen] = useState(null);
  const app = apps.find((one) => one.app_key === chosen) || apps[0];
  if (!app) return html`<p class="empty">${t("none")}</p>`;
  return html`<div class="columns">
    <nav class="side" aria-label=${t("apps")}>${apps.map((one) => html`<button key=${one.app_key} class=${`plain ${one === app ? "chosen" : ""}`}
      aria-pressed=${one === app} onClick=${() => setChosen(one.app_key)}><strong>${one.app_key}</strong> <${Chip} tone="quiet">${one.mode}<//>
      <span class="sub">${one.numbers} ${t("numbers")} · ${one.bindings} ${t("bindings")} · ${one.state}</span></button>`)}</nav>
    <${App} key=${app.app_key} app=${app} catalogue=${catalogue} reload=${reload} />
  </div>`;
}

function App({ app, catalogue, reload }) {
  const key = encodeURIComponent(app.app_key);
  const [numbers, , moreNumbers] = useLoaded(() => get(`/apps/${key}/numbers`), [key]);
  const [bindings, , moreBindings] = useLoaded(() => get(`/apps/${key}/bindings`), [key]);
  useEffect(() => {
    const again = throttled(() => Promise.all([moreNumbers(), moreBindings()]), 300);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && data.kind === "state_change" && data.app_key === app.app_key)) && again());
  }, [key]);
  return html`<section class="detail">
    <h2>${app.app_key} <${Chip} tone="quiet">${app.mode}<//></h2>
    <p class="sub">${app.edition} · ${app.state}${app.arrears ? " · arrears" : ""}${app.features.length ? ` · ${app.features.join(", ")}` : ""}</p>
    <${Receivers} app=${app} reload=${reload} />
    <h3>${t("bindings")} (${bindings ? bindings.bindings.length : "…"})</h3>
    <${Bindings} rows=${bindings ? bindings.bindings : []} />
    <h3>${t("numbers")} (${numbers ? numbers.numbers.length : "…"})</h3>
    <${Numbers} app=${key} rows=${numbers ? numbers.numbers : []} catalogue=${catalogue} />
  </section>`;
}

function Receivers({ app, reload }) {
  const [given, setGiven] = useState(app.receivers);
  const [error, setError] = useState(null);
  const save = (event) => {
    event.preventDefault();
    const receivers = Object.fromEntries(Object.entries(given).filter(([, url]) => url));
    patch(`/apps/${encodeURIComponent(app.app_key)}`, { receivers }).then(() => { setError(null); reload(); }, setError);
  };
  return html`<details><summary>${t("receivers")}: ${Object.keys(app.receivers).join(", ") || t("none")}</summary>
    <form class="play" onSubmit=${save}>
      ${SLOTS.map((slot) => html`<${Field} key=${slot} label=${slot}><input type="url" value=${given[slot] || ""} placeholder="http://127.0.0.1:9000/…"
        onInput=${(event) => setGiven({ ...given, [slot]: event.target.value.trim() })} /><//>`)}
      <button class="primary">${t("save")}</button><${Refused} error=${error} />
    </form></details>`;
}

function Bindings({ rows }) {
  if (!rows.length) return html`<p class="hint">${t("none")}</p>`;
  return html`<div class="scroll"><table><tbody>${[...rows].reverse().slice(0, SHOWN).map((row) => html`<tr key=${row.subscription_id}>
    <th scope="row">${row.x_number}${row.extension ? ` ext ${row.extension}` : ""}</th>
    <td>${[row.caller, row.callee, row.user].filter(Boolean).join(" ↔ ")}</td>
    <td>${row.expires_at ? `${t("expires")} ${dayTime(row.expires_at)}` : t("never")}</td>
    <td class="wrap sub">${row.subscription_id}</td></tr>`)}</tbody></table>${rows.length > SHOWN && html`<p>… +${rows.length - SHOWN}</p>`}</div>`;
}

function Numbers({ app, rows, catalogue }) {
  const [error, setError] = useState(null);
  const change = (number) => (state) => patch(`/apps/${app}/numbers/${encodeURIComponent(number)}`, { state }).then(() => setError(null), setError);
  const states = catalogue.number_states.map((row) => [row.state, said(row)]);
  return html`<div class="scroll"><${Refused} error=${error} /><table><thead><tr><th>${t("numbers")}</th><th>${t("area")}</th><th>${t("pairs")}</th><th>${t("state")}</th></tr></thead>
    <tbody>${rows.slice(0, SHOWN).map((row) => html`<tr key=${row.number}><th scope="row">${row.number}</th><td>${row.area_code}</td><td>${row.pairs}</td>
      <td><label><span class="hidden">${t("state")} ${row.number}</span><${Choice} value=${row.state} options=${states} onChange=${change(row.number)} /></label></td></tr>`)}</tbody></table>
    ${rows.length > SHOWN && html`<p>… +${rows.length - SHOWN}</p>`}</div>`;
}
