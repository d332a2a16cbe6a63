// The list of calls, the newest first, kept alive by the feed. Only what is in sight is drawn, however long it is.

import { html, useEffect, useMemo, useRef, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";
import { clockTime } from "./bits.js";
import { listen, throttled } from "./live.js";
import { t } from "./words.js";

const ROW = 52;
const PAGE = 1000;
const KEPT = 20000;
const WAIT_MS = 120;
const SEEN_AT_ONCE = 30;

/** State changes after which what was known is no more. */
export const STARTS_OVER = ["reset", "put_back", "app_removed"];

const brief = (call) => ({
  id: call.call_id, app: call.app_key, caller: call.caller, dialled: call.dialled, at: call.events[0].at,
  state: call.state, cause: (call.events.find((event) => event.hangup_cause !== undefined) || {}).hangup_cause,
  told: call.notifications.length,
  acknowledged: call.notifications.filter((one) => one.acknowledged).length,
  failed: call.notifications.filter((one) => !one.acknowledged && one.attempts > 0 && one.state !== "in_flight").length,
});

/** Everything known of calls, and what the feed says of them; `onChange` is called when something is new. */
class Book {
  constructor(onChange) {
    this.calls = new Map();
    this.order = [];
    this.stale = new Set();
    this.turn = 0;
    this.hasMore = false;
    this.onChange = onChange;
    this.inSight = () => [];
    this.refresh = throttled(() => this.#refresh(), WAIT_MS);
    this.catchUp = throttled(() => this.#catchUp(), WAIT_MS);
    this.startOver = throttled(() => this.loadAll(), WAIT_MS);
  }

  /** Everything anew; what is shown stands until the first page is there. */
  async loadAll() {
    const mine = ++this.turn;
    let cursor = null;
    do {
      const page = await get("/calls", { limit: PAGE, cursor });
      if (mine !== this.turn) return;
      if (!cursor) this.#forget();
      this.#append(page.calls);
      cursor = page.next || null;
    } while (cursor && this.calls.size < KEPT);
    this.hasMore = Boolean(cursor);
    this.onChange();
  }

  hear({ name, data }) {
    if (name === "lost" || name === "gap") this.#doubtAll();
    if (name === "gap" || name === "connected") this.catchUp();
    if (name !== "row") return;
    if (data.kind === "state_change" && STARTS_OVER.includes(data.what)) return void this.startOver();
    if (!data.call_id) return;
    const known = this.calls.get(data.call_id);
    if (!known) return void this.catchUp();
    if (data.kind === "call_event") this.#patch(known, data);
    this.stale.add(data.call_id);
    this.refresh();
  }

  /** What happened was not told: everything is read again when it is seen. */
  #doubtAll() {
    this.stale = new Set(this.order);
  }

  #patch(known, row) {
    const state = row.event === "dialled" ? known.state : row.event;
    this.calls.set(known.id, { ...known, state, cause: row.hangup_cause ?? known.cause });
    this.onChange();
  }

  /** New calls: the newest pages until one that is known; calls come the newest first, and so they stand. */
  async #catchUp() {
    let cursor = null;
    let met = false;
    const fresh = [];
    do {
      const page = await get("/calls", { limit: cursor ? PAGE : 50, cursor });
      met = page.calls.some((call) => this.calls.has(call.call_id));
      fresh.push(...page.calls);
      cursor = page.next || null;
    } while (!met && cursor && fresh.length < KEPT);
    if (!met) return this.#replace(fresh);
    const news = fresh.map((call) => call.call_id).filter((id) => !this.calls.has(id));
    fresh.forEach((call) => this.calls.set(call.call_id, brief(call)));
    fresh.forEach((call) => this.stale.delete(call.call_id));
    this.order = [...news, ...this.order];
    this.#cut();
    this.refresh();
  }

  /** None that is known is there any more: another exchange, or nothing was known yet. */
  #replace(calls) {
    this.turn += 1;
    this.#forget();
    this.#append(calls);
  }

  #forget() {
    this.calls.clear();
    this.stale.clear();
    this.order = [];
  }

  #append(calls) {
    this.order.push(...calls.map((call) => call.call_id).filter((id) => !this.calls.has(id)));
    calls.forEach((call) => this.calls.set(call.call_id, brief(call)));
    this.#cut();
  }

  /** What changed and can be seen is read again; the rest when it comes into sight. */
  async #refresh() {
    const wanted = this.inSight().filter((id) => this.stale.has(id)).slice(0, SEEN_AT_ONCE);
    await Promise.all(wanted.map(async (id) => {
      this.stale.delete(id);
      const call = await get(`/calls/${id}`).catch((error) => (error.status === 404 ? this.#gone(id) : null));
      if (call && this.calls.has(id)) this.calls.set(id, brief(call));
    }));
    if (wanted.length) this.onChange();
  }

  /** The exchange keeps so many calls that ended, and forgets the oldest. */
  #gone(id) {
    this.calls.delete(id);
    this.order = this.order.filter((one) => one !== id);
  }

  #cut() {
    this.hasMore = this.hasMore || this.order.length > KEPT;
    for (const id of this.order.splice(KEPT)) this.calls.delete(id);
    this.onChange();
  }
}

export function useCalls() {
  const [, draw] = useState(0);
  const frame = useRef(0);
  const book = useMemo(() => new Book(() => {
    if (!frame.current) frame.current = requestAnimationFrame(() => { frame.current = 0; draw((n) => n + 1); });
  }), []);
  useEffect(() => {
    const stop = listen((event) => book.hear(event));
    book.startOver();
    return stop;
  }, []);
  return book;
}

function toneOf(call) {
  if (call.state !== "released") return "call";
  return call.cause ? "bad" : "good";
}

function Told({ call }) {
  if (!call.told) return html`<span class="told quiet" title=${t("none")}>–</span>`;
  const tone = call.failed ? "bad" : call.acknowledged === call.told ? "good" : "open";
  return html`<span class=${`told ${tone}`} title=${t("notifications")}>${call.acknowledged}/${call.told}</span>`;
}

export function CallList({ book, chosen, choose, narrow }) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const box = useRef(null);
  const order = narrow ? book.order.filter((id) => matches(book.calls.get(id), narrow)) : book.order;
  const first = Math.max(0, Math.floor(top / ROW) - 5);
  const shown = order.slice(first, first + Math.ceil(height / ROW) + 10);
  book.inSight = () => shown;
  useEffect(() => {
    const measure = () => box.current && setHeight(box.current.clientHeight);
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  useEffect(() => { book.refresh(); }, [first]);
  const place = chosen ? order.indexOf(chosen) : -1;
  useEffect(() => keepInSight(box.current, place), [chosen, place < 0]);
  if (!order.length) return html`<p class="empty">${t(narrow ? "none_found" : "nothing_yet")}</p>`;
  return html`<div class="calls" ref=${box} onScroll=${(event) => setTop(event.target.scrollTop)} tabindex="0"
      role="listbox" aria-label=${t("calls")} aria-activedescendant=${chosen ? `row-${chosen}` : undefined}>
    <div class="all" style=${{ height: `${order.length * ROW}px` }} role="presentation">
      ${shown.map((id, index) => html`<${CallRow} key=${id} call=${book.calls.get(id)} place=${first + index}
        isChosen=${id === chosen} choose=${choose} />`)}
    </div>
  </div>`;
}

function CallRow({ call, place, isChosen, choose }) {
  return html`<div class=${`call-row ${isChosen ? "chosen" : ""}`} id=${`row-${call.id}`} role="option"
      aria-selected=${isChosen} style=${{ top: `${place * ROW}px` }} onClick=${() => choose(call.id)} data-call=${call.id}>
    <span class=${`dot ${toneOf(call)}`} />
    <span class="who">${call.caller} → ${call.dialled}</span>
    <${Told} call=${call} />
    <span class="when">${clockTime(call.at)} · ${call.app}</span>
    <span class=${`what ${toneOf(call)}`}>${t(call.state)}${call.cause === undefined ? "" : ` ${call.cause}`}</span>
  </div>`;
}

const matches = (call, narrow) =>
  `${call.id} ${call.app} ${call.caller} ${call.dialled} ${call.state} ${t(call.state)} ${call.cause}`.toLowerCase().includes(narrow);

function keepInSight(box, place) {
  if (!box || place < 0) return;
  if (place * ROW < box.scrollTop) box.scrollTop = place * ROW;
  if ((place + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (place + 1) * ROW - box.clientHeight;
}
