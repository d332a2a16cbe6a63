// The page: who is signed in, which view is shown, and what every view needs.

import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { get, hasTokenInAddress, remove, signIn, tokenInAddress } from "./api.js";
import { Refused } from "./bits.js";
import { Apps } from "./apps.js";
import { CallDetail } from "./call.js";
import { CallList, useCalls } from "./calls.js";
import { Clock } from "./clock.js";
import { Faults } from "./faults.js";
import { Journal } from "./journal.js";
import { begin, end, isAlive, listen, throttled } from "./live.js";
import { Messages } from "./messages.js";
import { PlayCall, PlaySms } from "./play.js";
import { language, setLanguage, t } from "./words.js";

const RETRY_MS = 2000;
const VIEWS = ["calls", "messages", "apps", "faults", "journal"];

const whySignedOut = (error) => (error.status === 401 || error.status === 403 ? { message: t("wrong_token") } : error);

function SignIn({ done, refused }) {
  const [error, setError] = useState(null);
  const wrong = error || refused;
  const submit = async (event) => {
    event.preventDefault();
    await signIn(event.target.elements.token.value).then(done, (problem) => setError(whySignedOut(problem)));
  };
  return html`<form class="sign-in" onSubmit=${submit}><h1>pnsim</h1>
    <label class="field"><span>${t("token")}</span><input name="token" type="password" autocomplete="off" autofocus required /></label>
    <button class="primary">${t("sign_in")}</button>
    <${Refused} error=${wrong} /><p class="hint">${t("token_help")}</p></form>`;
}

function useView() {
  const read = () => (VIEWS.includes(location.hash.slice(1).split("/")[0]) ? location.hash.slice(1) : "calls");
  const [view, setView] = useState(read());
  useEffect(() => {
    const changed = () => setView(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const [name, id] = view.split("/");
  return [name, id && decoded(id)];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function useShared(signedOut) {
  const [shared, setShared] = useState(null);
  const load = () => Promise.all([get("/apps"), get("/catalogue"), get("/ready")]).then(
    ([apps, catalogue, ready]) => setShared({ apps: apps.apps, catalogue, ready }),
    (error) => { if (error.status === 401) signedOut(); else if (error.status) setTimeout(load, RETRY_MS); },
  );
  useEffect(() => {
    load();
    const reload = throttled(load, 500);
    return listen(({ name, data }) => {
      if (name === "refused") get("/ready").then(begin, (error) => (error.status === 401 ? signedOut() : setTimeout(begin, RETRY_MS)));
      else if (name === "connected" || name === "gap" || (name === "row" && data.kind === "state_change")) reload();
    });
  }, []);
  return [shared, load];
}

function Alive() {
  const [alive, setAlive] = useState(isAlive());
  useEffect(() => {
    setAlive(isAlive()); // it may have changed since this was drawn, and nobody listened yet
    return listen(({ name }) => { if (name === "connected") setAlive(true); if (name === "lost") setAlive(false); });
  }, []);
  const tone = alive === null ? "open" : alive ? "good" : "bad";
  const word = { open: "connecting", good: "live", bad: "lost" }[tone];
  return html`<span class=${`alive ${tone}`} role="status"><span class=${`dot ${tone}`} /> ${t(word)}</span>`;
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
    ${helps && html`<${Help} close=${() => setHelps(false)} signedOut=${signedOut} />`}
    ${view === "calls" && html`<${Calls} shared=${shared} chosen=${chosen} />`}
    ${view === "messages" && html`<${MessagesView} shared=${shared} />`}
    ${view === "apps" && html`<${Apps} apps=${shared.apps} catalogue=${shared.catalogue} reload=${reload} />`}
    ${view === "faults" && html`<${Faults} apps=${shared.apps} catalogue=${shared.catalogue} />`}
    ${view === "journal" && html`<${Journal} apps=${shared.apps} />`}
  </div>`;
}

const choose = (id) => { location.hash = id ? `calls/${encodeURIComponent(id)}` : "calls"; };

function Calls({ shared, chosen }) {
  const book = useCalls();
  const [narrow, setNarrow] = useState("");
  return html`<div class=${`columns ${chosen ? "has-detail" : ""}`}>
    <div class="side">
      <details class="play-box" open><summary>${t("play_call")}</summary><${PlayCall} apps=${shared.apps} catalogue=${shared.catalogue} played=${choose} /></details>
      <label class="field search"><span class="hidden">${t("search")}</span><input id="search" type="search" placeholder=${`${t("search")}  /`} value=${narrow} onInput=${(event) => setNarrow(event.target.value.toLowerCase())} /></label>
      <p class="sub count" aria-live="off">${book.order.length}${book.hasMore ? "+" : ""} ${t("calls")}</p>
      <${CallList} book=${book} chosen=${chosen} choose=${choose} narrow=${narrow.trim()} />
    </div>
    ${chosen ? html`<${CallDetail} key=${chosen} id=${chosen} catalogue=${shared.catalogue} back=${() => choose(null)} />` : html`<section class="detail"><p class="empty">${t("choose_call")}</p></section>`}
  </div>`;
}

function MessagesView({ shared }) {
  return html`<div class="columns"><div class="side"><${PlaySms} apps=${shared.apps} catalogue=${shared.catalogue} played=${() => {}} /></div><${Messages} catalogue=${shared.catalogue} /></div>`;
}

const KEYS = [["j / k ↓ ↑", "key_move"], ["p", "key_play"], ["r", "key_again"], ["a", "key_advance"], ["/", "key_search"], ["1 – 5", "key_views"], ["Esc", "key_close"]];

function Help({ close, signedOut }) {
  const signOut = () => remove("/session").catch(() => null).then(signedOut);
  return html`<aside class="help" aria-label=${t("help")}><dl>${KEYS.map(([key, word]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(word)}</dd></div>`)}</dl><p class="buttons"><button onClick=${close}>${t("close")}</button><button onClick=${signOut}>${t("sign_out")}</button></p></aside>`;
}

/** One key a command, wherever the focus is but in a field. */
function useKeys(view, chosen, setHelps) {
  const now = useRef({});
  now.current = { view, chosen };
  useEffect(() => {
    const onKey = (event) => {
      const isTyping = event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
      if (event.key === "Escape" && isTyping) event.target.blur();
      else if (event.key === "Escape") closeWhatIsOpen(now.current, setHelps);
      if (isTyping) return;
      const command = COMMANDS[event.key];
      if (command && command(now.current, setHelps) !== false) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Escape, from the innermost: the clock's menu, the help, on a narrow screen the call. */
function closeWhatIsOpen({ chosen }, setHelps) {
  const clock = document.querySelector("details.clock[open]");
  const help = document.querySelector(".help");
  if (clock) { clock.open = false; clock.querySelector("summary").focus(); }
  else if (help) setHelps(false);
  else if (chosen) choose(null);
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

/** Arrows walk the list of calls only where they scroll nothing else. */
const inList = (command) => (now) => (document.activeElement === document.body || document.activeElement.closest(".calls") ? command(now) : false);

const press = (selector) => () => { const found = document.querySelector(selector); if (found) found.focus(); return Boolean(found); };
/** The form that plays, wherever it is: in a view that has none that of the calls. */
function toPlay({ view, chosen }) {
  if (!["calls", "messages"].includes(view)) location.hash = "calls";
  else if (chosen && innerWidth <= 720) location.hash = "calls";
  focusWhenThere(FRAMES_WAITED);
}

const FRAMES_WAITED = 60;

function focusWhenThere(frames) {
  const box = document.querySelector("details.play-box");
  if (box) box.open = true;
  const field = document.querySelector("#play-caller, #sms-text");
  if (field && field.offsetParent) field.focus();
  else if (frames) requestAnimationFrame(() => focusWhenThere(frames - 1));
}

const COMMANDS = {
  j: move(1), ArrowDown: inList(move(1)), k: move(-1), ArrowUp: inList(move(-1)),
  p: toPlay,
  "/": press("#search"),
  a: () => { const clock = document.querySelector("details.clock"); clock.open = !clock.open; clock.querySelector(clock.open ? "button" : "summary").focus(); },
  r: () => { const failed = [...document.querySelectorAll(".told-list li[data-state=exhausted], .told-list li[data-state=waiting]")].pop(); if (failed) failed.querySelector("button.again").click(); },
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
  const [refused, setRefused] = useState(null);
  const [, redraw] = useState(0);
  const enter = () => { setRefused(null); begin(); setIn(true); };
  const leave = (error) => { end(); setRefused(error ? whySignedOut(error) : null); setIn(false); };
  useEffect(() => {
    const arrive = () => {
      const token = tokenInAddress();
      if (token === null) get("/ready").then(enter, (error) => leave(error.status === 401 ? null : error));
      else signIn(token).then(enter, (error) => get("/ready").then(enter, () => leave(error)));
    };
    const pasted = () => hasTokenInAddress() && arrive();
    arrive();
    addEventListener("hashchange", pasted);
    return () => removeEventListener("hashchange", pasted);
  }, []);
  if (isIn === null) return null;
  if (!isIn) return html`<${SignIn} done=${enter} refused=${refused} />`;
  return html`<${House} signedOut=${() => leave(null)} redraw=${() => redraw((n) => n + 1)} />`;
}

const theme = localStorage.getItem("pnsim-theme");
if (theme) document.documentElement.dataset.theme = theme;
setLanguage(language.now);
render(html`<${Page} />`, document.getElementById("page"));
