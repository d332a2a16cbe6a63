// SMS: the newest first, each with what became of it, and on demand its notifications with the bytes of every attempt.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";
import { Chip, Refused, clockTime, deliveryTone, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { Told } from "./told.js";
import { said, t } from "./words.js";

const PAGE = 200;

/** The newest SMS, so many of them. */
async function newest(wanted) {
  const found = [];
  let cursor = null;
  do {
    const page = await get("/messages", { limit: PAGE, cursor });
    found.push(...page.messages);
    cursor = page.next;
  } while (cursor && found.length < wanted);
  return { messages: found, hasOlder: Boolean(cursor) };
}

const isAboutSms = ({ name, data }) =>
  name === "gap" || name === "connected" || (name === "row" && (data.message_id || data.kind === "state_change"));

export function Messages({ catalogue }) {
  const [wanted, setWanted] = useState(PAGE);
  const [open, setOpen] = useState(null);
  const [found, error, again] = useLoaded(() => newest(wanted), [wanted]);
  useEffect(() => {
    const reload = throttled(again, 200);
    return listen((event) => isAboutSms(event) && reload());
  }, [wanted]);
  const rows = found ? found.messages : [];
  return html`<section class="detail wide"><h2>${t("messages")}</h2><${Refused} error=${!found && error} />
    ${found && !rows.length && html`<p class="empty">${t("no_sms_yet")}</p>`}
    <ul class="sms-list">${rows.map((sms) => html`<${Sms} key=${sms.message_id} sms=${sms} catalogue=${catalogue}
      isOpen=${open === sms.message_id} toggle=${() => setOpen(open === sms.message_id ? null : sms.message_id)} />`)}</ul>
    ${found && found.hasOlder && html`<p class="buttons"><button onClick=${() => setWanted(wanted + PAGE)}>${t("older")}</button></p>`}
  </section>`;
}

function Sms({ sms, catalogue, isOpen, toggle }) {
  const result = catalogue.send_results.find((row) => row.code === sms.send_result);
  const tone = sms.send_result === 0 ? "good" : sms.send_result === null ? "open" : "bad";
  const notifications = sms.notifications || [];
  return html`<li>
    <p class="sms-head"><span class="sub">${clockTime(sms.arrived_at)} · ${sms.app_key}</span> <strong class="wrap">${sms.sender} → ${sms.x_number}</strong>
      <${Chip} tone=${tone}>${sms.send_result === null ? t("asking") : `${sms.send_result} ${result ? said(result) : ""}`}<//></p>
    <p class="wrap text">${sms.text}</p>
    ${notifications.length
      ? html`<button class="plain" aria-expanded=${isOpen} onClick=${toggle}>${isOpen ? "▾" : "▸"} ${t("notifications")}
          ${notifications.map((one) => html` <${Chip} key=${one.notification_id} tone=${deliveryTone[one.state]}>${one.kind}: ${t(one.state)}<//>`)}</button>`
      : html`<p class="hint">${t("no_receiver")}</p>`}
    ${isOpen && html`<${Notifications} sms=${sms} catalogue=${catalogue} />`}</li>`;
}

function Notifications({ sms, catalogue }) {
  const progress = sms.notifications.map((one) => `${one.notification_id} ${one.state} ${one.attempts}`).join();
  const load = () => get("/notifications", { message_id: sms.message_id, limit: 1000 }).then((page) => page.notifications.reverse());
  const [found, error, again] = useLoaded(load, [progress]);
  const [chosen, setChosen] = useState(sms.notifications[0].notification_id);
  if (!found) return html`<${Refused} error=${error} />`;
  return html`<${Told} notifications=${found} catalogue=${catalogue} chosen=${chosen} choose=${setChosen} again=${again} />`;
}
