// The forms that play a call or an SMS; what was played last is offered again.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { everyPage, post } from "./api.js";
import { Choice, Field, Refused, causeLabel, useBusy } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

const SOMEBODY = "+8613800000021";
const SOMEBODY_ELSE = "+8613800000022";
const NUMBERS_OFFERED = 200;
const TEXTS = ["AX", "AXB", "X"];
const remembered = { call: null, sms: null };

/** What fits an application: of its newest binding the X (with the extension) and who may call it, else its first X. */
async function offered(app) {
  const path = `/apps/${encodeURIComponent(app)}`;
  const [bindings, numbers] = await Promise.all([everyPage(`${path}/bindings`, "bindings"), everyPage(`${path}/numbers`, "numbers")]);
  const newest = bindings[bindings.length - 1] || {};
  const all = numbers.map((one) => one.number);
  const stranger = newest.user === SOMEBODY ? SOMEBODY_ELSE : SOMEBODY;
  return { x: newest.x_number || all[0] || "", party: newest.caller || newest.peer || stranger, extension: newest.extension || "", all };
}

/** The numbers of an application; `set` is told what fits it, now and whenever something is bound. */
function useOffered(app, set) {
  const [numbers, setNumbers] = useState([]);
  useEffect(() => {
    if (!app) return undefined;
    let isCurrent = true;
    const load = () => offered(app).then((one) => isCurrent && (setNumbers(one.all), set(one)));
    const again = throttled(load, 300);
    again();
    const stop = listen(({ name, data }) => (name === "connected" || (name === "row" && data.kind === "state_change" && data.app_key === app)) && again());
    return () => { isCurrent = false; stop(); };
  }, [app]);
  return numbers;
}

function Xs({ numbers }) {
  return html`<datalist id="x-numbers">${numbers.slice(0, NUMBERS_OFFERED).map((one) => html`<option key=${one} value=${one} />`)}</datalist>`;
}

/** The application of a form: the one that was chosen, while there is one of that name; else the first that fits best. */
const appOf = (apps, key) => apps.find((app) => app.app_key === key) || apps.find((app) => app.mode === "AXB") || apps[0] || {};

const TYPED = ["caller", "dialled", "extension", "sender", "x"];

/** What fits, but for the field that somebody is in: it must not change under their hands. */
const unheld = (form, was, fitting) => Object.fromEntries(Object.entries(fitting).map(([name, value]) => (
  [name, document.activeElement && document.activeElement.id === `${form}-${name}` ? was[name] : value])));

/** A setter for each member of a wish; numbers that a person typed stay, until another application is chosen. */
const changing = (setWish) => (name) => (value) => setWish((was) => ({
  ...was, [name]: value && value.target ? value.target.value : value, isTyped: name !== "app_key" && (was.isTyped || TYPED.includes(name)),
}));
const seconds = (text) => (text === "" ? null : Number(text));
const named = (apps) => apps.map((one) => [one.app_key, `${one.app_key} (${one.mode})`]);

/** What a form asks for, remembered when the view is left. */
function useWish(kind, start) {
  const [wish, setWish] = useState(remembered[kind] || start);
  remembered[kind] = wish;
  return [wish, setWish];
}

export function PlayCall({ apps, catalogue, played }) {
  const [wish, setWish] = useWish("call", { app_key: "", caller: SOMEBODY, dialled: "", outcome: "answered", cause: "", rings: "", talks: "", by: "", extension: "" });
  const [error, setError] = useState(null);
  const [isBusy, run] = useBusy();
  const change = changing(setWish);
  const app = appOf(apps, wish.app_key);
  const numbers = useOffered(app.app_key, (one) => setWish((was) => (was.isTyped ? was : { ...was, ...unheld("play", was, { dialled: one.x, caller: one.party, extension: one.extension }) })));
  const causes = catalogue.hangup_causes.filter((row) => row.modes.includes(app.mode));
  const cause = causes.some((row) => String(row.code) === wish.cause) ? wish.cause : "";
  const play = async () => {
    const body = {
      app_key: app.app_key, caller: wish.caller.trim(), dialled: wish.dialled.trim(), ...(cause ? { hangup_cause: Number(cause) } : { outcome: wish.outcome }),
      rings_seconds: seconds(wish.rings), talks_seconds: seconds(wish.talks), released_by: wish.by || null,
      ...(app.mode === "AXE" && wish.extension.trim() ? { extension: wish.extension.trim() } : {}),
    };
    await post("/calls", body).then((call) => { setError(null); played(call.call_id); }, setError);
  };
  if (!app.app_key) return html`<p class="hint">${t("no_apps")}</p>`;
  return html`<form class="play" onSubmit=${(event) => { event.preventDefault(); run(play); }} aria-label=${t("play_call")}>
    <${Field} label=${t("app")}><${Choice} id="play-app" value=${app.app_key} onChange=${change("app_key")} options=${named(apps)} /><//>
    <${Field} label=${t("caller")}><input id="play-caller" value=${wish.caller} onInput=${change("caller")} required maxlength="64" /><//>
    <${Field} label=${t("dialled_x")}><input id="play-dialled" list="x-numbers" value=${wish.dialled} onInput=${change("dialled")} required maxlength="64" /><//>
    <${Xs} numbers=${numbers} />
    ${app.mode === "AXE" && html`<${Field} label=${t("extension")}><input id="play-extension" value=${wish.extension} inputmode="numeric" onInput=${change("extension")} /><//>`}
    <${Field} label=${t("hangup_cause")}><${Choice} id="play-cause" value=${cause} onChange=${change("cause")} empty=${t("by_outcome")} options=${causes.map((row) => [row.code, causeLabel(row)])} /><//>
    ${!cause && html`<${Field} label=${t("outcome")}><${Choice} id="play-outcome" value=${wish.outcome} onChange=${change("outcome")} options=${catalogue.outcomes.map((row) => [row.outcome, said(row)])} /><//>`}
    <${Field} label=${t("rings")}><input id="play-rings" type="number" min="0" step="any" value=${wish.rings} onInput=${change("rings")} /><//>
    <${Field} label=${t("talks")}><input id="play-talks" type="number" min="0" step="any" value=${wish.talks} onInput=${change("talks")} /><//>
    <${Field} label=${t("released_by")}><${Choice} value=${wish.by} onChange=${change("by")} empty=${t("by_outcome")} options=${[["caller", t("caller")], ["callee", t("callee")]]} /><//>
    <button class="primary" id="play-button" type="submit" aria-disabled=${isBusy}>${t("play_call")}</button>
    <${Refused} error=${error} />
  </form>`;
}

export function PlaySms({ apps, catalogue }) {
  const able = apps.filter((app) => TEXTS.includes(app.mode));
  const [wish, setWish] = useWish("sms", { app_key: "", sender: SOMEBODY, x: "", text: "你好 hello", result: "" });
  const [error, setError] = useState(null);
  const [isBusy, run] = useBusy();
  const change = changing(setWish);
  const app = appOf(able, wish.app_key);
  const numbers = useOffered(app.app_key, (one) => setWish((was) => (was.isTyped ? was : { ...was, ...unheld("sms", was, { x: one.x, sender: one.party }) })));
  const results = catalogue.send_results.filter((row) => row.modes.includes(app.mode));
  const result = results.some((row) => String(row.code) === wish.result) ? wish.result : "";
  const send = async () => {
    const body = { app_key: app.app_key, sender: wish.sender.trim(), x_number: wish.x.trim(), text: wish.text, send_result: result === "" ? null : Number(result) };
    await post("/messages", body).then(() => setError(null), setError);
  };
  if (!app.app_key) return html`<p class="hint">${t("no_sms_apps")}</p>`;
  return html`<form class="play" onSubmit=${(event) => { event.preventDefault(); run(send); }} aria-label=${t("play_sms")}>
    <${Field} label=${t("app")}><${Choice} value=${app.app_key} onChange=${change("app_key")} options=${named(able)} /><//>
    <${Field} label=${t("sender")}><input id="sms-sender" value=${wish.sender} onInput=${change("sender")} required maxlength="32" /><//>
    <${Field} label=${t("dialled_x")}><input id="sms-x" list="x-numbers" value=${wish.x} onInput=${change("x")} required maxlength="64" /><//>
    <${Xs} numbers=${numbers} />
    <${Field} label=${t("send_result")}><${Choice} value=${result} onChange=${change("result")} empty=${t("by_network")} options=${results.map((row) => [row.code, causeLabel(row)])} /><//>
    <div class="whole"><${Field} label=${t("text")}><textarea id="sms-text" rows="3" maxlength="2000" value=${wish.text} onInput=${change("text")} required /><//></div>
    <button class="primary" id="sms-button" type="submit" aria-disabled=${isBusy}>${t("send")}</button>
    <${Refused} error=${error} />
  </form>`;
}
