// Sends pictures to a corpus that is there, batch by batch. Knows no elements: who shows it looks at `state` when told.
import { post, Problem, segment } from './api.js';
import { read } from './batches.js';
import { seconds } from './format.js';

const mostTries = 6; // of a request that a server cannot answer now; one that is only full is asked until it has room
const longestPauseMs = 10_000;
const ofContent = [400, 413, 422]; // about what was sent, so perhaps about one picture of it

/** Begins when `go` is called, and again after it was stopped or failed: with what has no outcome yet. `changed` is called whenever there is something new. */
export function adding(corpus, { pictures, passedOver }, changed) {
  const state = {
    corpus, total: pictures.length, passedOver, done: 0, outcomes: { added: 0, replaced: 0, unchanged: 0, failed: 0 }, faults: [],
    status: 'running', waiting: '', problem: null, perSecond: 0, holds: null,
  };
  let running = new AbortController();
  let place = 0; // of the first picture that has no outcome
  return { state, go, stop: () => running.abort() };

  async function go() {
    running = new AbortController();
    Object.assign(state, { status: 'running', problem: null, perSecond: 0 });
    const [begun, before] = [performance.now(), state.done];
    changed();
    try {
      let reading = read(pictures, place);
      while (place < pictures.length) {
        const batch = await reading;
        running.signal.throwIfAborted();
        reading = read(pictures, batch.end); // while this one is sent
        const results = batch.items.length > 0 ? await send(batch.items) : [];
        [...results, ...batch.faults].forEach(count); // all at once, for what is stopped half-way is sent again
        place = batch.end;
        state.perSecond = (state.done - before) / ((performance.now() - begun) / 1000);
        changed();
      }
      state.status = 'done';
    } catch (problem) {
      const wanted = problem.name === 'AbortError';
      Object.assign(state, { status: wanted ? 'paused' : 'failed', problem: wanted ? null : problem });
    }
    state.waiting = '';
    changed();
  }

  /** What became of each. A request that is refused for what it holds is sent again picture by picture: so one that is too large stops no other. */
  async function send(items) {
    try {
      const answer = await patiently(() => post(`/v1/corpora/${segment(corpus)}/items`, { items }, { signal: running.signal }));
      state.holds = answer.corpus.pictures;
      return answer.items.map(({ id, outcome, error }) => ({ id, outcome, reason: error?.message }));
    } catch (problem) {
      if (!ofContent.includes(problem.status)) throw problem;
      if (items.length === 1) return [{ id: items[0].id, reason: `${problem.title}: ${problem.detail}` }];
      const results = [];
      for (const one of items) results.push(...await send([one]));
      return results;
    }
  }

  function count({ id, outcome, reason }) {
    state.done++;
    state.outcomes[reason ? 'failed' : outcome]++;
    if (reason) state.faults.push({ id, reason });
  }

  /** Asks again after the time that a full server names, and says so meanwhile. */
  async function patiently(request) {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await request();
        state.waiting = '';
        return answer;
      } catch (problem) {
        const isFull = problem instanceof Problem && problem.status === 429;
        const isAway = problem instanceof Problem && problem.status === 503 && tries < mostTries;
        if (!isFull && !isAway) throw problem;
        const asked = problem.retryAfterMs ?? 1000;
        const ms = Math.max(asked, Math.min(longestPauseMs, Math.max(asked, 500) * tries));
        state.waiting = `${problem.title}: ${problem.detail} Next try in ${seconds(ms / 1000)}.`;
        changed();
        await pause(ms, running.signal);
      }
    }
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal.removeEventListener('abort', end); resolve(); }, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
