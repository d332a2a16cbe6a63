// The story's clock: what it shows, how it is moved, and what happened on the way.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Field, Refused, dayTime, useBusy } from "./bits.js";
import { listen, throttled } from "./live.js";
import { t, tOr } from "./words.js";

const STEPS = [["1m", 60], ["10m", 600], ["1h", 3600], ["1d", 86400], ["7d", 7 * 86400]];
const FIRED_SHOWN = 12;

export function Clock() {
  const [clock, setClock] = useState(null);
  const [fired, setFired] = useState(null);
  const [error, setError] = useState(null);
  const [own, setOwn] = useState("30");
  const [isBusy, run] = useBusy();
  const [, runScale] = useBusy();
  const [, tick] = useState(0);
  useEffect(() => {
    const load = () => get("/clock").then((now) => setClock({ ...now, read: performance.now() }), () => {});
    load();
    const again = throttled(load, 500);
    const ticking = setInterval(() => tick((n) => n + 1), 500);
    const stop = listen(({ name, data }) => (name === "connected" || name === "gap" || (name === "row" && data.kind === "clock")) && again());
    return () => { stop(); clearInterval(ticking); };
  }, []);
  if (!clock) return null;
  const now = new Date(clock.now).getTime() + clock.scale * (performance.now() - clock.read);
  const taken = (answer) => { setError(null); setClock({ ...answer, read: performance.now() }); };
  const advance = (seconds) => run(async () => {
    try {
      const done = await post("/clock/advance", { seconds });
      setError(null);
      setFired(done);
      taken(await get("/clock"));
    } catch (refused) { setError(refused); }
  });
  const setScale = (scale) => runScale(() => post("/clock/scale", { scale }).then(taken, setError));
  return html`<details class="clock">
    <summary><span class=${`dot ${clock.scale ? "good" : "open"}`} /> <time>${dayTime(new Date(now).toISOString())}</time>
      <span class="sub"> ${clock.scale ? `${t("runs")} ×${clock.scale}` : t("stands")}</span></summary>
    <div class="menu">
      <p class="buttons">${STEPS.map(([label, seconds]) => html`<button key=${label} data-advance=${label} aria-disabled=${isBusy} onClick=${() => advance(seconds)}>+${inWords(label)}</button>`)}</p>
      <form class="inline" onSubmit=${(event) => { event.preventDefault(); advance(Number(own)); }}>
        <${Field} label=${`${t("advance")} (s)`}><input type="number" min="0" step="any" required value=${own} onInput=${(event) => setOwn(event.target.value)} /><//>
        <button aria-disabled=${isBusy}>${t("advance")}</button>
      </form>
      <p class="buttons">
        <button onClick=${() => setScale(0)} disabled=${!clock.scale}>${t("freeze")}</button>
        <button onClick=${() => setScale(1)} disabled=${clock.scale === 1}>${t("run")} ×1</button>
        <button onClick=${() => setScale(60)} disabled=${clock.scale === 60}>${t("run")} ×60</button>
      </p>
      <${Refused} error=${error} />
      ${isBusy ? html`<p class="hint" role="status">${t("advancing")}</p>` : fired && html`<${Fired} done=${fired} />`}
    </div>
  </details>`;
}

const UNITS = { m: "minutes", h: "hours", d: "days" };
const inWords = (label) => `${label.slice(0, -1)} ${t(UNITS[label.slice(-1)])}`;

function Fired({ done }) {
  const stopped = !done.reached && html`<p class="refused" role="alert">${t("not_reached")} ${dayTime(done.now)}</p>`;
  if (!done.fired.length) return stopped || html`<p class="hint" role="status">${t("nothing_fired")}</p>`;
  const more = done.fired.length + done.more - FIRED_SHOWN;
  return html`${stopped}<div class="fired" role="status"><h3>${done.fired.length + done.more} ${t("fired")}</h3><ol>
    ${done.fired.slice(0, FIRED_SHOWN).map((one, index) => html`<li key=${index}><time>${dayTime(one.at)}</time> ${tOr(`fired_${one.what}`, one.what)} <span class="wrap">${one.detail}</span></li>`)}
    ${more > 0 && html`<li>… +${more}</li>`}
  </ol></div>`;
}
