// Wrong notifications on purpose: which rules are in force, set and cleared.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, put, remove } from "./api.js";
import { Choice, Field, Refused, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

export function Faults({ apps, catalogue }) {
  const [found, error, again] = useLoaded(() => get("/faults"), []);
  const [refused, setRefused] = useState(null);
  const [wish, setWish] = useState({ app_key: (apps[0] || {}).app_key || "", fault: catalogue.faults[0].fault, count: "1", probability: "" });
  useEffect(() => {
    const reload = throttled(again, 300);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && ["state_change", "attempt_started"].includes(data.kind))) && reload());
  }, []);
  const rules = found ? found.faults : [];
  const change = (name) => (value) => setWish((was) => ({ ...was, [name]: value && value.target ? value.target.value : value }));
  const done = () => { setRefused(null); again(); };
  const set = (event) => {
    event.preventDefault();
    const rule = { fault: wish.fault, ...(wish.count ? { count: Number(wish.count) } : {}), ...(wish.probability ? { probability: Number(wish.probability) } : {}) };
    const others = rules.filter((one) => one.app_key === wish.app_key).map(({ app_key, hits, left, ...others }) => others);
    put("/faults", { app_key: wish.app_key, faults: [...others, rule] }).then(done, setRefused);
  };
  const clear = () => remove("/faults").then(done, setRefused);
  return html`<section class="detail wide">
    <h2>${t("faults")}</h2>
    <form class="play" onSubmit=${set}>
      <${Field} label=${t("app")}><${Choice} value=${wish.app_key} onChange=${change("app_key")} options=${apps.map((one) => [one.app_key, one.app_key])} /><//>
      <${Field} label=${t("fault")}><${Choice} id="fault" value=${wish.fault} onChange=${change("fault")} options=${catalogue.faults.map((row) => [row.fault, `${row.fault} · ${said(row)}`])} /><//>
      <${Field} label=${t("count")}><input type="number" min="1" value=${wish.count} onInput=${change("count")} /><//>
      <${Field} label=${t("probability")}><input type="number" min="0" max="1" step="any" value=${wish.probability} onInput=${change("probability")} /><//>
      <button class="primary">${t("set")}</button>
      <${Refused} error=${refused || error} />
    </form>
    ${rules.length === 0 ? html`<p class="hint">${t("none")}</p>` : html`<table><thead><tr><th>${t("app")}</th><th>${t("fault")}</th><th>${t("count")}</th><th>${t("hits")}</th></tr></thead>
      <tbody>${rules.map((rule, index) => html`<tr key=${index}><td>${rule.app_key}</td><th scope="row">${rule.fault}</th><td>${rule.left ?? "∞"}</td><td>${rule.hits}</td></tr>`)}</tbody></table>`}
    <p><button onClick=${clear} disabled=${!rules.length}>${t("clear")}</button></p>
  </section>`;
}
