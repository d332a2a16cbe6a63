// The page: who is signed in, which view is shown, and what every view needs.

import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { get, signIn, tokenInAddress } from "./api.js";
import { Apps } from "./apps.js";
import { CallDetail } from "./call.js";
import { CallList, useCalls } from "./calls.js";
import { Clock } from "./clock.js";
import { Faults } from "./faults.js";
import { Journal } from "./journal.js";
import { begin, listen, throttled } from "./live.js";
import { Messages } from "./messages.js";
import { PlayCall, PlaySms } from "./play.js";
import { language, setLanguage, t } from "./words.js";

const VIEWS = ["calls", "messages", "apps", "faults", "journal"];

function SignIn({ done }) {
  const [wrong, setWrong] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    await signIn(event.target.elements.token.value).then(done, () => setWrong(true));
  };
  return html`<form class="sign-in" onSubmit=${submit}><h1>pnsim</h1>
    <label class="field"><span>${t("token")}</span><input name="token" type="password" autocomplete="off" autofocus required /></label>
    <button class="primary">${t("sign_in")}</button>
    ${wrong && html`<p class="refused" role="alert">${t("wrong_token")}</p>`}<p class="hint">${t("token_help")}</p></form>`;
}

function useView() {
  const read = () => (VIEWS.includes(location.hash.slice(1).split("/")[0]) ? location.hash.slice(1) : "calls");
  const [view, setView] = useState(read());
  useEffect(() => {
    const changed = () => setView(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return view.split("/");
}

function useShared(signedOut) {
  const [shared, setShared] = useState(null);
  const load = () => Promise.all([get("/apps"), get("/catalogue"), get("/ready")]).then(
    ([apps, catalogue, ready]) => setShared({ apps: apps.apps, catalogue, ready }),
    (error) => error.status === 401 && signedOut(),
  );
  useEffect(() => {
    load();
    const reload = throttled(load, 500);
    return listen(({ name, data }) => {
      if (name === "refused") signedOut();
      else if (name === "connected" || name === "gap" || (name === "row" && data.kind === "state_change")) reload();
    });
  }, []);
  return [shared, load];
}

function Alive() {
  const [alive, setAlive] = useState(true);
  useEffect(() => listen(({ name }) => { if (name === "connected") setAlive(true); if (name === "lost") setAlive(false); }), []);
  return html`<span class=${`alive ${alive ? "good" : "bad"}`} role="status"><span class=${`dot ${alive ? "good" : "bad"}`} /> ${alive ? t("live") : t("lost")}</span>`;
}

function House({ signedOut, redraw }) {
  const [view, chosen] = useView();
  const [shared, reload] = useShared(signedOut);
  const [helps, setHelps] = useState(false);
  useKeys(view, chosen, setHelps);
  if (!shared) return html`<p class="empty">…</p>`;
  return html`<div class="house">
    <header class="top"><h1>pnsim</h1><${Alive} /><${Clock} />
      <nav aria-label="pnsim">${VIEWS.map((name) => html`<a key=${name} href=${`#${name}`} aria-current=${view === name ? "page" : undefined}>${t(name)}</a>`)}</nav>
      <span class="right">
        <button onClick=${() => { setLanguage(language.now === "zh" ? "en" : "zh"); redraw(); }}>${t("language")}</button>
        <button onClick=${switchTheme}>${t("theme")}</button>
        <button aria-expanded=${helps} onClick=${() => setHelps(!helps)}>?<span class="hidden"> ${t("help")}</span></button>
      </span>
    </header>
    ${helps && html`<${Help} close=${() => setHelps(false)} />`}
    ${view === "calls" && html`<${Calls} shared=${shared} chosen=${chosen} />`}
    ${view === "messages" && html`<${MessagesView} shared=${shared} />`}
    ${view === "apps" && html`<${Apps} apps=${shared.apps} catalogue=${shared.catalogue} reload=${reload} />`}
    ${view === "faults" && html`<${Faults} apps=${shared.apps} catalogue=${shared.catalogue} />`}
    ${view === "journal" && html`<${Journal} apps=${shared.apps} />`}
  </div>`;
}

const choose = (id) => { location.hash = id ? `calls/${id}` : "calls"; };

function Calls({ shared, chosen }) {
  const book = useCalls();
  const [narrow, setNarrow] = useState("");
  return html`<div class=${`columns ${chosen ? "has-detail" : ""}`}>
    <div class="side">
      <details class="play-box" open><summary>${t("play_call")}</summary><${PlayCall} apps=${shared.apps} catalogue=${shared.catalogue} played=${choose} /></details>
      <label class="field search"><span class="hidden">${t("search")}</span><input id="search" type="search" placeholder=${`${t("search")}  /`} value=${narrow} onInput=${(event) => setNarrow(event.target.value.toLowerCase())} /></label>
      <p class="sub count" aria-live="off">${book.order.length} ${t("calls")}</p>
      <${CallList} book=${book} chosen=${chosen} choose=${choose} narrow=${narrow.trim()} />
    </div>
    ${chosen ? html`<${CallDetail} id=${chosen} catalogue=${shared.catalogue} back=${() => choose(null)} />` : html`<section class="detail"><p class="empty">${t("choose_call")}</p></section>`}
  </div>`;
}

function MessagesView({ shared }) {
  return html`<div class="columns"><div class="side"><${PlaySms} apps=${shared.apps} catalogue=${shared.catalogue} played=${() => {}} /></div><${Messages} catalogue=${shared.catalogue} /></div>`;
}

const KEYS = [["j / k ↓ ↑", "key_move"], ["p", "key_play"], ["r", "key_again"], ["a", "key_advance"], ["/", "key_search"], ["1 – 5", "key_views"]];

function Help({ close }) {
  return html`<aside class="help" aria-label=${t("help")}><dl>${KEYS.map(([key, word]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(word)}</dd></div>`)}</dl><button onClick=${close}>${t("close")}</button></aside>`;
}

/** One key a command, wherever the focus is but in a field. */
function useKeys(view, chosen, setHelps) {
  const now = useRef({});
  now.current = { view, chosen };
  useEffect(() => {
    const onKey = (event) => {
      const isTyping = event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
      if (event.key === "Escape" && isTyping) event.target.blur();
      if (isTyping) return;
      const command = COMMANDS[event.key];
      if (command && command(now.current, setHelps) !== false) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function move(step) {
  return ({ view, chosen }) => {
    if (view !== "calls") return false;
    const rows = [...document.querySelectorAll(".call-row")].sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
    const place = rows.findIndex((row) => row.dataset.call === chosen);
    const next = rows[place < 0 ? 0 : place + step];
    if (next) choose(next.dataset.call);
    return true;
  };
}

const press = (selector) => () => { const found = document.querySelector(selector); if (found) found.focus(); return Boolean(found); };
const COMMANDS = {
  j: move(1), ArrowDown: move(1), k: move(-1), ArrowUp: move(-1),
  p: press("#play-caller, #sms-text"),
  "/": press("#search"),
  a: () => { const clock = document.querySelector("details.clock"); clock.open = !clock.open; clock.querySelector("button").focus(); },
  r: () => { const failed = [...document.querySelectorAll(".told-list li")].find((one) => one.querySelector(".chip.bad")); const button = failed && failed.querySelector("button.again:enabled"); if (button) button.click(); },
  "?": (_, setHelps) => setHelps((was) => !was),
  ...Object.fromEntries(VIEWS.map((name, index) => [String(index + 1), () => { location.hash = name; }])),
};

function switchTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("pnsim-theme", next);
}

function Page() {
  const [isIn, setIn] = useState(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const token = tokenInAddress();
    const enter = () => { begin(); setIn(true); };
    (token ? signIn(token) : get("/ready")).then(enter, () => setIn(false));
  }, []);
  if (isIn === null) return null;
  if (!isIn) return html`<${SignIn} done=${() => { begin(); setIn(true); }} />`;
  return html`<${House} signedOut=${() => setIn(false)} redraw=${() => redraw((n) => n + 1)} />`;
}

const theme = localStorage.getItem("pnsim-theme");
if (theme) document.documentElement.dataset.theme = theme;
setLanguage(language.now);
render(html`<${Page} />`, document.getElementById("page"));
