// SMS: the newest first, each with what became of it and how its notifications went.

import { html, useEffect } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Chip, clockTime, deliveryTone, useLoaded } from "./bits.js";
import { listen, throttled } from "./live.js";
import { said, t } from "./words.js";

export function Messages({ catalogue }) {
  const [found, , again] = useLoaded(() => get("/messages", { limit: 200 }), []);
  useEffect(() => {
    const reload = throttled(again, 200);
    return listen(({ name, data }) => (name === "gap" || name === "connected" || (name === "row" && data.message_id)) && reload());
  }, []);
  const rows = found ? found.messages : [];
  if (!rows.length) return html`<p class="empty">${t("none")}</p>`;
  return html`<section class="detail wide"><h2>${t("messages")}</h2><ul class="told-list">${rows.map((sms) => html`<${Sms} key=${sms.message_id} sms=${sms} catalogue=${catalogue} />`)}</ul></section>`;
}

function Sms({ sms, catalogue }) {
  const result = catalogue.send_results.find((row) => row.code === sms.send_result);
  return html`<li><p><span class="sub">${clockTime(sms.arrived_at)} · ${sms.app_key}</span> <strong>${sms.sender} → ${sms.x_number}</strong>
      <${Chip} tone=${sms.send_result === 0 ? "good" : sms.send_result === null ? "open" : "bad"}>${sms.send_result === null ? t("waiting") : `${sms.send_result} ${result ? said(result) : ""}`}<//></p>
    <p class="wrap">${sms.text}</p>
    <p class="buttons">${(sms.notifications || []).map((one) => html`<span key=${one.notification_id}><${Chip} tone=${deliveryTone[one.state]}>${one.kind}: ${t(one.state)}<//>
      <button class="again" disabled=${["queued", "in_flight"].includes(one.state)} onClick=${() => post(`/notifications/${one.notification_id}/redeliver`)}>${t("send_again")}</button></span>`)}</p></li>`;
}
