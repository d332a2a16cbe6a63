// The forms that play a call or an SMS; what was played last is offered again.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Choice, Field, Refused, causeLabel } from "./bits.js";
import { said, t } from "./words.js";

const CALLER = "+8613800000021";

/** Numbers that fit an application: the parties and X of its newest binding, else its first X. */
async function offered(app) {
  const [bound, numbers] = await Promise.all([get(`/apps/${app}/bindings`), get(`/apps/${app}/numbers`)]);
  const newest = bound.bindings[bound.bindings.length - 1];
  const all = numbers.numbers.map((one) => one.number);
  return { x: (newest && newest.x_number) || all[0] || "", caller: (newest && (newest.caller || newest.user)) || CALLER, all };
}

function useOffered(app, set) {
  const [numbers, setNumbers] = useState([]);
  useEffect(() => {
    if (!app) return;
    offered(app).then((one) => { setNumbers(one.all); set(one); }, () => setNumbers([]));
  }, [app]);
  return numbers;
}

function Xs({ numbers }) {
  return html`<datalist id="x-numbers">${numbers.slice(0, 200).map((one) => html`<option key=${one} value=${one} />`)}</datalist>`;
}

const seconds = (text) => (text === "" ? null : Number(text));

export function PlayCall({ apps, catalogue, played }) {
  const start = (apps.find((app) => app.mode === "AXB") || apps[0] || {}).app_key || "";
  const [wish, setWish] = useState({ app_key: start, caller: CALLER, dialled: "", outcome: "answered", cause: "", rings: "", talks: "", by: "", extension: "" });
  const [error, setError] = useState(null);
  const change = (name) => (value) => setWish((was) => ({ ...was, [name]: value && value.target ? value.target.value : value }));
  const numbers = useOffered(wish.app_key, (one) => setWish((was) => ({ ...was, dialled: one.x, caller: one.caller })));
  const app = apps.find((one) => one.app_key === wish.app_key) || {};
  const causes = catalogue.hangup_causes.filter((row) => row.modes.includes(app.mode));
  const submit = async (event) => {
    event.preventDefault();
    const how = wish.cause ? { hangup_cause: Number(wish.cause) } : { outcome: wish.outcome };
    const body = {
      app_key: wish.app_key, caller: wish.caller.trim(), dialled: wish.dialled.trim(), ...how,
      rings_seconds: seconds(wish.rings), talks_seconds: seconds(wish.talks), released_by: wish.by || null,
      ...(wish.extension ? { extension: wish.extension } : {}),
    };
    await post("/calls", body).then((call) => { setError(null); played(call.call_id); }, setError);
  };
  return html`<form class="play" onSubmit=${submit} aria-label=${t("play_call")}>
    <${Field} label=${t("app")}><${Choice} id="play-app" value=${wish.app_key} onChange=${change("app_key")} options=${apps.map((one) => [one.app_key, `${one.app_key} (${one.mode})`])} /><//>
    <${Field} label=${t("caller")}><input id="play-caller" value=${wish.caller} onInput=${change("caller")} required /><//>
    <${Field} label=${t("dialled")}><input id="play-dialled" list="x-numbers" value=${wish.dialled} onInput=${change("dialled")} required /><//>
    <${Xs} numbers=${numbers} />
    ${app.mode === "AXE" && html`<${Field} label=${t("extension")}><input value=${wish.extension} inputmode="numeric" onInput=${change("extension")} /><//>`}
    <${Field} label=${t("hangup_cause")}><${Choice} id="play-cause" value=${wish.cause} onChange=${change("cause")} empty=${t("by_outcome")} options=${causes.map((row) => [row.code, causeLabel(row)])} /><//>
    ${!wish.cause && html`<${Field} label=${t("outcome")}><${Choice} id="play-outcome" value=${wish.outcome} onChange=${change("outcome")} options=${catalogue.outcomes.map((row) => [row.outcome, `${row.outcome} · ${said(row)}`])} /><//>`}
    <${Field} label=${t("rings")}><input type="number" min="0" step="any" value=${wish.rings} onInput=${change("rings")} /><//>
    <${Field} label=${t("talks")}><input type="number" min="0" step="any" value=${wish.talks} onInput=${change("talks")} /><//>
    <${Field} label=${t("released_by")}><${Choice} value=${wish.by} onChange=${change("by")} empty=${t("by_outcome")} options=${[["caller", t("caller")], ["callee", t("callee")]]} /><//>
    <button class="primary" id="play-button" type="submit">${t("play_call")}</button>
    <${Refused} error=${error} />
  </form>`;
}

export function PlaySms({ apps, catalogue, played }) {
  const able = apps.filter((app) => ["AX", "AXB", "X"].includes(app.mode));
  const start = (able.find((app) => app.mode === "AXB") || able[0] || {}).app_key || "";
  const [wish, setWish] = useState({ app_key: start, sender: CALLER, x: "", text: "你好 hello", result: "" });
  const [error, setError] = useState(null);
  const change = (name) => (value) => setWish((was) => ({ ...was, [name]: value && value.target ? value.target.value : value }));
  const numbers = useOffered(wish.app_key, (one) => setWish((was) => ({ ...was, x: one.x, sender: one.caller })));
  const mode = (able.find((app) => app.app_key === wish.app_key) || {}).mode;
  const submit = async (event) => {
    event.preventDefault();
    const body = { app_key: wish.app_key, sender: wish.sender.trim(), x_number: wish.x.trim(), text: wish.text, send_result: wish.result === "" ? null : Number(wish.result) };
    await post("/messages", body).then((sms) => { setError(null); played(sms.message_id); }, setError);
  };
  return html`<form class="play" onSubmit=${submit} aria-label=${t("play_sms")}>
    <${Field} label=${t("app")}><${Choice} value=${wish.app_key} onChange=${change("app_key")} options=${able.map((one) => [one.app_key, `${one.app_key} (${one.mode})`])} /><//>
    <${Field} label=${t("sender")}><input value=${wish.sender} onInput=${change("sender")} required /><//>
    <${Field} label=${t("dialled")}><input id="sms-x" list="x-numbers" value=${wish.x} onInput=${change("x")} required /><//>
    <${Xs} numbers=${numbers} />
    <${Field} label=${t("text")}><textarea id="sms-text" rows="2" maxlength="2000" value=${wish.text} onInput=${change("text")} required /><//>
    <${Field} label=${t("send_result")}><${Choice} value=${wish.result} onChange=${change("result")} empty=${t("by_outcome")} options=${catalogue.send_results.filter((row) => row.modes.includes(mode)).map((row) => [row.code, causeLabel(row)])} /><//>
    <button class="primary" id="sms-button" type="submit">${t("send")}</button>
    <${Refused} error=${error} />
  </form>`;
}
