// Applications: their receivers, their X numbers with states, their bindings with expiry.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { everyPage, patch } from "./api.js";
import { Chip, Choice, Field, Refused, dayTime, useBusy, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

const SLOTS = ["status", "callin", "fee", "sms", "sms_block", "number_status"];
const SHOWN = 100;

export function Apps({ apps, catalogue, reload }) {
  const [chosen, setChosen] = useState(null);
  const app = apps.find((one) => one.app_key === chosen) || apps[0];
  if (!app) return html`<p class="empty">${t("no_apps")}</p>`;
  return html`<div class="columns">
    <nav class="side" aria-label=${t("apps")}>${apps.map((one) => html`<button key=${one.app_key} class=${`plain ${one === app ? "chosen" : ""}`}
      aria-pressed=${one === app} onClick=${() => setChosen(one.app_key)}><strong>${one.app_key}</strong> <${Chip} tone="quiet">${one.mode}<//>
      <span class="sub block">${t("numbers")}: ${one.numbers} · ${t("bindings")}: ${one.bindings} · ${t(one.state)}</span></button>`)}</nav>
    <${App} key=${app.app_key} app=${app} catalogue=${catalogue} reload=${reload} />
  </div>`;
}

function App({ app, catalogue, reload }) {
  const key = encodeURIComponent(app.app_key);
  const [numbers, wrong, moreNumbers] = useLoaded(() => everyPage(`/apps/${key}/numbers`, "numbers"), [key]);
  const [bindings, , moreBindings] = useLoaded(() => everyPage(`/apps/${key}/bindings`, "bindings"), [key]);
  useEffect(() => {
    const again = throttled(() => Promise.all([moreNumbers(), moreBindings()]), 300);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && data.kind === "state_change" && [app.app_key, null].includes(data.app_key))) && again());
  }, [key]);
  return html`<section class="detail">
    <h2>${app.app_key} <${Chip} tone="quiet">${app.mode}<//></h2>
    <p class="sub">${app.edition} · ${t(app.state)}${app.arrears ? ` · ${t("arrears")}` : ""}${app.features.length ? ` · ${app.features.join(", ")}` : ""}</p>
    <${Receivers} app=${app} reload=${reload} />
    <${Refused} error=${wrong} />
    <h3>${t("bindings")} (${bindings ? bindings.length : "…"})</h3>
    <${Bindings} rows=${bindings || []} />
    <h3>${t("numbers")} (${numbers ? numbers.length : "…"})</h3>
    <${Numbers} app=${key} rows=${numbers || []} catalogue=${catalogue} changed=${moreNumbers} />
  </section>`;
}

function Receivers({ app, reload }) {
  const [given, setGiven] = useState(app.receivers);
  const [error, setError] = useState(null);
  const [isSaved, setSaved] = useState(false);
  const [isBusy, run] = useBusy();
  const known = JSON.stringify(app.receivers);
  useEffect(() => setGiven(app.receivers), [known]);
  const save = () => {
    const receivers = Object.fromEntries(Object.entries(given).filter(([, url]) => url));
    return patch(`/apps/${encodeURIComponent(app.app_key)}`, { receivers }).then(() => { setError(null); setSaved(true); reload(); }, setError);
  };
  return html`<details><summary>${t("receivers")}: ${Object.keys(app.receivers).map((slot) => t(`slot_${slot}`)).join(", ") || t("none")}</summary>
    <form class="play" onSubmit=${(event) => { event.preventDefault(); run(save); }} onInput=${() => setSaved(false)}>
      ${SLOTS.map((slot) => html`<${Field} key=${slot} label=${`${t(`slot_${slot}`)} · ${slot}`}><input type="text" inputmode="url" name=${slot} value=${given[slot] || ""} placeholder="http://127.0.0.1:9000/…"
        onInput=${(event) => setGiven({ ...given, [slot]: event.target.value.trim() })} /><//>`)}
      <button class="primary" aria-disabled=${isBusy}>${t("save")}</button>${isSaved && html`<p class="good-text" role="status">${t("saved")}</p>`}<${Refused} error=${error} />
    </form></details>`;
}

/** A list of which the first are shown, and more on demand; what is searched for is searched in all of it. */
function useSome(rows, text) {
  const [shown, setShown] = useState(SHOWN);
  const [wanted, setWanted] = useState("");
  const fitting = wanted ? rows.filter((row) => text(row).toLowerCase().includes(wanted)) : rows;
  const find = rows.length > SHOWN / 10 && html`<label class="field search"><span class="hidden">${t("search")}</span>
    <input type="search" placeholder=${t("search")} value=${wanted} onInput=${(event) => setWanted(event.target.value.trim().toLowerCase())} /></label>`;
  const more = fitting.length > shown && html`<p class="buttons"><button onClick=${() => setShown(shown + 5 * SHOWN)}>${t("more")} (+${fitting.length - shown})</button></p>`;
  return [fitting.slice(0, shown), find, more];
}

const parties = (row) => [row.caller, row.callee, row.user, row.peer].filter(Boolean).join(" ↔ ");
const addition = (row) => [row.extension, row.y_number && `Y ${row.y_number}`].filter(Boolean).join(" · ");

function Bindings({ rows }) {
  const [some, find, more] = useSome([...rows].reverse(), (row) => `${row.x_number} ${addition(row)} ${parties(row)} ${row.subscription_id} ${row.user_data || ""}`);
  if (!rows.length) return html`<p class="hint">${t("none")}</p>`;
  return html`${find}<div class="scroll"><table class="bindings"><thead><tr><th>X</th><th>${t("parties")}</th><th>${t("expires")}</th><th>${t("binding_id")}</th></tr></thead>
    <tbody>${some.map((row) => html`<tr key=${row.subscription_id}>
    <th scope="row">${row.x_number}${addition(row) && html`<span class="sub block"> ${addition(row)}</span>`}</th><td>${parties(row)}</td>
    <td>${row.expires_at ? dayTime(row.expires_at) : t("never")}</td>
    <td class="wrap sub">${row.subscription_id}</td></tr>`)}</tbody></table></div>${more}`;
}

function Numbers({ app, rows, catalogue, changed }) {
  const [error, setError] = useState(null);
  const [some, find, more] = useSome(rows, (row) => `${row.number} ${row.area_code} ${row.state}`);
  const change = (number) => (state) => patch(`/apps/${app}/numbers/${encodeURIComponent(number)}`, { state }).then(() => setError(null), setError).then(changed);
  const states = catalogue.number_states.map((row) => [row.state, said(row)]);
  return html`${find}<${Refused} error=${error} /><div class="scroll"><table><thead><tr><th>${t("numbers")}</th><th>${t("area")}</th><th>${t("pairs")}</th><th>${t("state")}</th></tr></thead>
    <tbody>${some.map((row) => html`<tr key=${row.number}><th scope="row">${row.number}</th><td>${row.area_code}</td><td>${row.pairs}</td>
      <td><label><span class="hidden">${t("state")} ${row.number}</span><${Choice} value=${row.state} options=${states} onChange=${change(row.number)} /></label></td></tr>`)}</tbody></table></div>${more}`;
}
