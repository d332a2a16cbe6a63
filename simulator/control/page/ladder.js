// The ladder of a call: caller, platform, callee, receiver, and an arrow for everything that passed between them.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { t } from "./words.js";
import { clockTime } from "./bits.js";

const LANES = ["caller", "platform", "callee", "receiver"];
const NARROW = 720;
const WIDE_LANES = { left: 96, lane: 150, side: 40 };
const NARROW_LANES = { left: 48, lane: 68, side: 36 };
const STEP = 34;
const HEAD = 40;

const WAYS = {
  dialled: ["caller", "platform"],
  collected: ["caller", "platform"],
  forwarded: ["platform", "callee"],
  alerted: ["callee", "platform"],
  answered: ["callee", "platform"],
};

/** What passed, in its order: events of the call, and each attempt of its notifications with the answer to it. */
export function rungs(call, notifications, rows) {
  const found = call.events.map((event, order) => ofEvent(call, event, order));
  notifications.forEach((one, place) => {
    for (const attempt of one.attempts) found.push(...ofAttempt(one, attempt, (attempt.number * 1000 + place) * 2));
  });
  return inJournalOrder(found.sort((a, b) => a.at.localeCompare(b.at) || a.rank - b.rank || a.order - b.order), rows);
}

const attemptKey = (kind, delivery, number) => `${kind} ${delivery} ${number}`;

/** Of those at one instant, each that the journal still has goes where the journal has it; the others stay where they are. */
function inJournalOrder(found, rows) {
  const events = rows.filter((row) => row.kind === "call_event");
  const attempts = new Map(rows.filter((row) => row.delivery_id).map((row) => [attemptKey(row.kind, row.delivery_id, row.number), row.position]));
  const all = events.length === found.filter((rung) => !rung.notification).length;
  const position = (rung) => (rung.notification
    ? attempts.get(attemptKey(rung.isAnswer ? "attempt_ended" : "attempt_started", rung.notification.delivery_id, rung.attempt.number))
    : all ? events[rung.order].position : undefined);
  const instants = new Map();
  for (const rung of found) instants.set(rung.at, [...(instants.get(rung.at) || []), rung]);
  return [...instants.values()].flatMap((group) => {
    const known = group.filter((rung) => position(rung) !== undefined).sort((a, b) => position(a) - position(b));
    return group.map((rung) => (position(rung) === undefined ? rung : known.shift()));
  });
}

function ofEvent(call, event, order) {
  const by = event.released_by || "platform";
  const way = event.event === "released" ? [by === "platform" ? "platform" : by, "platform"] : WAYS[event.event];
  const [from, to] = way || ["platform", "platform"];
  const cause = event.hangup_cause === undefined ? "" : ` ${event.hangup_cause}`;
  const digits = event.digits ? ` ${event.digits}` : "";
  const tone = event.event === "released" ? (event.hangup_cause ? "bad" : "quiet") : "call";
  return { at: event.at, rank: 0, order, from, to, text: t(event.event) + cause + digits, tone };
}

/** At one instant: first attempts in the order in which they were queued, then those sent again; the answer after its request. */
function ofAttempt(one, attempt, order) {
  const tone = attempt.ended_at === null ? "open" : attempt.acknowledged ? "good" : "bad";
  const again = attempt.number > 1 ? ` #${attempt.number}` : "";
  const push = {
    at: attempt.started_at, rank: 1, order, from: "platform", to: "receiver",
    text: one.kind + again, tone, notification: one, attempt,
  };
  if (attempt.ended_at === null) return [push];
  const status = attempt.status === undefined ? failure(attempt) : String(attempt.status);
  const answer = {
    at: attempt.ended_at, rank: 1, order: order + 1, from: "receiver", to: "platform",
    text: status, tone, notification: one, attempt, isAnswer: true,
  };
  return [push, answer];
}

const failure = (attempt) => (attempt.failure ? t(`failure_${attempt.failure}`) : t("no_answer"));

const size = () => (innerWidth < NARROW ? NARROW_LANES : WIDE_LANES);
const x = (lane) => size().left + LANES.indexOf(lane) * size().lane + size().side;
const whole = () => size().left + size().lane * 3 + size().side * 2;

/** The drawing; `choose(rung)` is called when one with a notification is pressed. */
export function Ladder({ call, notifications, rows, choose, chosen }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const turned = () => draw(innerWidth);
    addEventListener("resize", turned);
    return () => removeEventListener("resize", turned);
  }, []);
  const steps = rungs(call, notifications, rows);
  const height = HEAD + steps.length * STEP + 16;
  const width = whole();
  return html`<div class="scroll">
    <svg class="ladder" viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="group"
      aria-label=${`${t("events")} ${call.call_id}`}>
      ${LANES.map((lane) => html`<g key=${lane}>
        <text class="lane" x=${x(lane)} y="20" text-anchor="middle">${t(lane)}</text>
        <line class="life" x1=${x(lane)} x2=${x(lane)} y1="28" y2=${height - 8} />
      </g>`)}
      ${steps.map((rung, index) => html`<${Rung} key=${index} rung=${rung} y=${HEAD + index * STEP + 18}
        choose=${choose} isChosen=${chosen && rung.notification && chosen === rung.notification.notification_id} />`)}
    </svg>
  </div>`;
}

function Rung({ rung, y, choose, isChosen }) {
  const start = x(rung.from);
  const end = x(rung.to);
  const press = rung.notification && (() => choose(rung));
  const onKey = (event) => (event.key === "Enter" || event.key === " ") && press && (event.preventDefault(), press());
  const label = `${t(rung.from)} → ${t(rung.to)}: ${rung.text}`;
  const active = press ? { tabindex: 0, role: "button", onClick: press, onKeyDown: onKey, "aria-label": label } : {};
  return html`<g class=${`rung ${rung.tone} ${press ? "press" : ""} ${isChosen ? "chosen" : ""}`} ...${active}>
    ${press && html`<rect class="hit" x="4" y=${y - 22} width=${whole() - 8} height=${STEP - 2} rx="6" />`}
    <text class="at" x="4" y=${y}>${innerWidth < NARROW ? clockTime(rung.at).slice(0, 8) : clockTime(rung.at)}</text>
    ${start === end
      ? html`<circle cx=${start} cy=${y - 4} r="4" /><text x=${start + 10} y=${y}>${rung.text}</text>`
      : html`<${Arrow} start=${start} end=${end} y=${y} dashed=${rung.isAnswer} />
          <text x=${(start + end) / 2} y=${y - 8} text-anchor="middle">${rung.text}</text>`}
  </g>`;
}

function Arrow({ start, end, y, dashed }) {
  const side = end > start ? -1 : 1;
  const tip = `${end},${y} ${end + side * 8},${y - 4} ${end + side * 8},${y + 4}`;
  return html`<g>
    <line class="way" x1=${start} x2=${end + side * 6} y1=${y} y2=${y} stroke-dasharray=${dashed ? "4 4" : null} />
    <polygon points=${tip} />
  </g>`;
}
