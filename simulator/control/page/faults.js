// Wrong notifications on purpose: which rules are in force, set with everything that they take, and cleared one by one or all.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, put, remove } from "./api.js";
import { Choice, Field, Refused, useBusy, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

const LABELS = ["kinds", "count", "probability"];
const MADE_BY_SERVER = ["app_key", "hits", "left"];

/** A rule as it is put: what is left of its count instead of the whole, so that it does not begin anew. */
function asPut(rule) {
  const kept = Object.entries(rule).filter(([name, value]) => !MADE_BY_SERVER.includes(name) && value !== null);
  const made = Object.fromEntries(kept);
  return rule.left === null || rule.left === undefined ? made : { ...made, count: rule.left };
}

/** What was typed for a setting, as its type. */
function typed(setting, text) {
  if (setting.type === "kinds") return text.split(/[\s,，、]+/).filter(Boolean);
  return ["integer", "number"].includes(setting.type) ? Number(text) : text;
}

export function Faults({ apps, catalogue }) {
  const [found, error, again] = useLoaded(() => get("/faults"), []);
  const [refused, setRefused] = useState(null);
  const [wish, setWish] = useState({ app_key: "", fault: catalogue.faults[0].fault, values: { count: "1" } });
  const [isBusy, run] = useBusy();
  const [, runClearing] = useBusy();
  useEffect(() => {
    const reload = throttled(again, 300);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && ["state_change", "attempt_started"].includes(data.kind))) && reload());
  }, []);
  if (!apps.length) return html`<p class="empty">${t("no_apps")}</p>`;
  const rules = found ? found.faults : [];
  const app = (apps.find((one) => one.app_key === wish.app_key) || apps.find((one) => one.mode === "AXB") || apps[0]).app_key;
  const row = catalogue.faults.find((one) => one.fault === wish.fault);
  const settings = [...catalogue.fault_settings, ...row.parameters];
  const change = (name) => (value) => setWish((was) => ({ ...was, [name]: value, ...(name === "fault" ? { values: { count: "1" } } : {}) }));
  const setValue = (name, value) => setWish((was) => ({ ...was, values: { ...was.values, [name]: value } }));
  const done = () => { setRefused(null); return again(); };
  const putRules = async (key, change_) => {
    const now = (await get("/faults", { app_key: key })).faults;
    await put("/faults", { app_key: key, faults: change_(now) });
  };
  const set = () => {
    const given = settings.filter((one) => (wish.values[one.name] || "").trim());
    const rule = { fault: wish.fault, ...Object.fromEntries(given.map((one) => [one.name, typed(one, wish.values[one.name].trim())])) };
    return putRules(app, (now) => [...now.map(asPut), rule]).then(done, setRefused);
  };
  const clearOne = (key, place) => runClearing(() => putRules(key, (now) => now.filter((_, index) => index !== place).map(asPut)).then(done, setRefused));
  const clear = () => runClearing(() => remove("/faults").then(done, setRefused));
  return html`<section class="detail wide">
    <h2>${t("faults")}</h2><p class="hint">${t("faults_help")}</p>
    <form class="play" onSubmit=${(event) => { event.preventDefault(); run(set); }}>
      <${Field} label=${t("app")}><${Choice} id="fault-app" value=${app} onChange=${change("app_key")} options=${apps.map((one) => [one.app_key, `${one.app_key} (${one.mode})`])} /><//>
      <${Field} label=${t("fault")}><${Choice} id="fault" value=${wish.fault} onChange=${change("fault")} options=${catalogue.faults.map((one) => [one.fault, `${one.fault} · ${said(one)}`])} /><//>
      ${settings.map((one) => html`<${Setting} key=${`${wish.fault} ${one.name}`} setting=${one} value=${wish.values[one.name] || ""} set=${(value) => setValue(one.name, value)} />`)}
      <button class="primary" id="fault-button" aria-disabled=${isBusy}>${t("set")}</button>
      <${Refused} error=${refused || error} />
    </form>
    ${rules.length === 0 ? html`<p class="hint">${t("no_faults")}</p>` : html`<${Rules} rules=${rules} catalogue=${catalogue} clearOne=${clearOne} />`}
    <p><button id="clear-faults" onClick=${clear} disabled=${!rules.length}>${t("clear_all")}</button></p>
  </section>`;
}

function Setting({ setting, value, set }) {
  const label = LABELS.includes(setting.name) ? `${t(setting.name)} · ${said(setting)}` : `${setting.name} · ${said(setting)}`;
  if (setting.choices && setting.choices.length) {
    return html`<${Field} label=${label}><${Choice} value=${value} onChange=${set} empty=${String(setting.default ?? "–")} options=${setting.choices.map((one) => [one, one])} /><//>`;
  }
  const isNumber = ["integer", "number"].includes(setting.type);
  return html`<${Field} label=${label}><input name=${setting.name} type=${isNumber ? "number" : "text"} step=${setting.type === "integer" ? 1 : "any"}
    value=${value} placeholder=${setting.default ?? ""} onInput=${(event) => set(event.target.value)} /><//>`;
}

function Rules({ rules, catalogue, clearOne }) {
  const places = new Map();
  return html`<div class="scroll"><table><thead><tr><th>${t("app")}</th><th>${t("fault")}</th><th>${t("settings")}</th><th>${t("left")}</th><th>${t("hits")}</th><th><span class="hidden">${t("clear")}</span></th></tr></thead>
    <tbody>${rules.map((rule, index) => {
      const place = places.get(rule.app_key) || 0;
      places.set(rule.app_key, place + 1);
      const row = catalogue.faults.find((one) => one.fault === rule.fault);
      return html`<tr key=${index}><td>${rule.app_key}</td><th scope="row">${rule.fault}<span class="sub"> ${row ? said(row) : ""}</span></th><td class="wrap">${settingsOf(rule)}</td>
        <td>${rule.left ?? "∞"}</td><td>${rule.hits}</td><td><button onClick=${() => clearOne(rule.app_key, place)}>${t("clear")}<span class="hidden"> ${rule.fault}</span></button></td></tr>`;
    })}</tbody></table></div>`;
}

/** What a rule takes, beside what has its own column. */
function settingsOf(rule) {
  const shown = Object.entries(rule).filter(([name, value]) => ![...MADE_BY_SERVER, "fault", "count"].includes(name) && value !== null && !(Array.isArray(value) && !value.length) && !(name === "probability" && value === 1));
  return shown.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(", ") : value}`).join(" · ");
}
