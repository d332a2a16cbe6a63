// The live feed: one EventSource for the whole page; those who listen are told of rows, gaps, and whether it is alive.

const listeners = new Set();
let source = null;
let alive = null;

function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

function setAlive(now) {
  if (alive === now) return;
  alive = now;
  tell({ name: now ? "connected" : "lost" });
}

/** Follow from now on; the browser reconnects by itself, and the feed goes on where it was. */
export function begin() {
  if (source) source.close();
  source = new EventSource("/control/v1/events");
  source.addEventListener("open", () => setAlive(true));
  source.addEventListener("error", () => {
    setAlive(false);
    // a refused connection is not tried again by the browser: the simulator was started anew, or the session is over
    if (source && source.readyState === EventSource.CLOSED) setTimeout(() => tell({ name: "refused" }), 1000);
  });
  for (const name of ["row", "gap", "position"]) {
    source.addEventListener(name, (event) => tell({ name, data: JSON.parse(event.data) }));
  }
}

/** Nobody follows any more. */
export function end() {
  if (source) source.close();
  source = null;
  alive = null;
}

/** Call `listener({name, data})` for every event until the function that is returned is called. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** true, false, or null while nobody has answered yet. */
export const isAlive = () => alive;

/** A function that runs `work` at most once in `wait` ms, the last time included. */
export function throttled(work, wait) {
  let timer = null;
  let again = false;
  const run = async () => {
    again = false;
    try {
      await work();
    } catch {
      // who has no connection is told so in the head, and asks again when it is there
    } finally {
      timer = setTimeout(() => {
        timer = null;
        if (again) start();
      }, wait);
    }
  };
  const start = () => {
    if (timer) {
      again = true;
      return;
    }
    timer = setTimeout(run, 0);
  };
  return start;
}
