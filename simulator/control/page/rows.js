// Rows of the journal, the newest first wanted and the oldest first given: read backwards in pages, as far as it takes.

import { get } from "./api.js";

const SPAN = 1000;
const SPANS_AT_ONCE = 50;

/** Where the journal begins and ends now. */
async function ends() {
  const page = await get("/journal", { limit: 1, after: 0 });
  return { last: page.last_position, first: page.rows.length ? page.rows[0].position : page.last_position + 1 };
}

/**
 * Of the rows up to `before` the newest `enough` that fit, in their order, and how far back was looked; so many spans
 * and no more at once: whoever wants older ones asks again from `reached`. `isOutdated` ends a search nobody waits for.
 */
export async function backwards(query, fits, { before = null, enough, isOutdated = () => false }) {
  const { first, last } = await ends();
  let rows = [];
  let end = Math.min(before ?? last, last);
  for (let span = 0; span < SPANS_AT_ONCE && end >= first && rows.length < enough && !isOutdated(); span += 1) {
    const start = Math.max(first - 1, end - SPAN);
    const page = await get("/journal", { after: start, limit: end - start, ...query });
    rows = [...page.rows.filter((row) => row.position <= end && fits(row)), ...rows];
    end = start;
  }
  const kept = rows.slice(-enough);
  const reached = kept.length < rows.length ? kept[0].position - 1 : end;
  return { rows: kept, reached, first, hasOlder: reached >= first };
}
