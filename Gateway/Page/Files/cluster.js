// The cluster view: silos, devices, caches. Speeds are differences between two looks.
import { call, get, passes } from './api.js';
import { el } from './dom.js';
import { bytes, count, milliseconds, percent, plural, rate } from './format.js';
import { failure, skeleton } from './notices.js';
import { sparkline } from './sparkline.js';

const pollMs = 2000;
const kept = 60;

export function show(root) {
  const running = new AbortController();
  const summary = el('p', { class: 'summary' });
  const refused = el('p', { class: 'fault', role: 'alert' });
  const dashboard = el('div', { class: 'actions', hidden: true }, refused, el('button', { type: 'button', onclick: openDashboard }, 'Orleans dashboard'));
  const body = el('div', {}, el('div', { class: 'tiles' }, skeleton(4, 'tile')));
  const history = { images: [], texts: [], pairs: [], queue: [] };
  const speeds = new Map();
  let last = null;
  let timer = 0;
  root.append(el('div', { class: 'view-head' }, el('div', {}, el('h1', {}, 'Cluster'), summary), dashboard), body);
  document.addEventListener('visibilitychange', wake);
  load();
  return { update: () => {}, leave };

  async function load() {
    clearTimeout(timer);
    try {
      const now = await get('/v1/cluster', { signal: running.signal });
      measure(now);
      render(now);
      clearTimeout(timer); // two looks may have been under way
      if (!document.hidden && !running.signal.aborted) timer = setTimeout(load, pollMs);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      // Said once, and asked again: a server that comes back is shown by itself.
      if (!body.querySelector('.fault-notice')) body.replaceChildren(failure(problem, load));
      summary.textContent = '';
      last = null;
      if (passes(problem) && !document.hidden && !running.signal.aborted) timer = setTimeout(load, pollMs);
    }
  }

  function measure(now) {
    const seconds = last ? (new Date(now.time) - new Date(last.time)) / 1000 : 0;
    const sums = { images: 0, texts: 0, pairs: 0 };
    for (const device of now.devices) {
      const before = last?.devices.find((one) => one.device === device.device);
      // A counter that fell is one that began anew.
      const speed = (name) => (before && seconds > 0 && device[name] >= before[name] ? (device[name] - before[name]) / seconds : 0);
      const own = { images: speed('images_encoded'), texts: speed('texts_encoded'), pairs: speed('pairs_scored') };
      speeds.set(device.device, own);
      for (const name of Object.keys(sums)) sums[name] += own[name];
    }
    if (last) for (const name of Object.keys(sums)) push(history[name], sums[name]);
    push(history.queue, now.devices.reduce((sum, device) => sum + (device.queue_length ?? 0), 0));
    last = now;
  }

  function render(now) {
    const ready = now.devices.filter((device) => device.ready).length;
    dashboard.hidden = !now.dashboard;
    summary.textContent = `${plural(now.silos.length, 'silo')}, ${ready === now.devices.length ? plural(ready, 'device') : `${ready} of ${plural(now.devices.length, 'device')} ready`}`;
    body.replaceChildren(
      el('div', { class: 'tiles' },
        tile('Pictures encoded', history.images, total(now, 'images_encoded'), '/s'),
        tile('Pairs scored', history.pairs, total(now, 'pairs_scored'), '/s'),
        tile('Texts encoded', history.texts, total(now, 'texts_encoded'), '/s'),
        tile('Queue', history.queue, null, '')),
      el('h2', {}, 'Devices'),
      now.devices.length === 0
        ? el('p', { class: 'hint' }, 'No silo has a device, so nothing can be encoded or scored. Start a Silo, or a Gateway without Mplug:Device:Devices=none.')
        : el('div', { class: 'devices' }, now.devices.map((device) => deviceCard(device, speeds.get(device.device)))),
      el('h2', {}, 'Silos'),
      el('div', { class: 'silos' }, now.silos.map(siloCard)),
      el('p', { class: 'hint' }, 'Model ', el('code', {}, now.fingerprint)));
  }

  /** A page that is opened cannot send the key: a cookie that only the dashboard sees stands for it. */
  async function openDashboard() {
    refused.textContent = '';
    try {
      await call('/dashboard/session', { method: 'POST' });
      location.assign('/dashboard/');
    } catch (problem) {
      refused.textContent = `${problem.title}: ${problem.detail}`;
    }
  }

  function wake() {
    if (!document.hidden) load();
  }

  function leave() {
    running.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
  }
}

function tile(title, values, all, unit) {
  const now = values.at(-1) ?? 0;
  return el('div', { class: 'tile' }, el('h2', {}, title),
    el('p', { class: 'big' }, unit ? rate(now) : count(now), unit && el('small', {}, ` ${unit}`)),
    sparkline(values, kept),
    el('p', { class: 'hint' }, all === null ? 'requests waiting' : `${count(all)} since start`));
}

function deviceCard(device, speed) {
  const facts = device.queue_length === null ? [] : [
    ['Queue', device.queue_length === 0 ? 'empty' : `${count(device.queue_length)} (${milliseconds(device.queue_ms)})`],
    ['A picture', device.images_encoded > 0 ? milliseconds(device.image_ms) : '–'],
    ['A text', device.texts_encoded > 0 ? milliseconds(device.text_ms) : '–'],
    ['A pair', device.pairs_scored > 0 ? milliseconds(device.pair_ms) : '–'],
    ['Now', speed && speed.pairs + speed.images > 0 ? `${rate(speed.images)} pictures/s, ${rate(speed.pairs)} pairs/s` : 'idle'],
  ];
  return el('article', { class: 'device' },
    el('header', {}, el('h3', {}, device.device), el('span', { class: `state ${device.ready ? 'ready' : 'broken'}` }, device.ready ? 'ready' : 'not ready')),
    device.message && el('p', { class: 'fault' }, device.message),
    el('dl', { class: 'figures' }, facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))));
}

function siloCard(silo) {
  const memory = silo.memory_bytes === null ? null : el('div', { class: 'gauge-row' }, el('span', {}, 'Managed memory'),
    el('span', { class: 'progress thin', '--share': silo.memory_bytes / Math.max(1, silo.memory_limit_bytes) }), el('span', { class: 'count' }, `${bytes(silo.memory_bytes)} of ${bytes(silo.memory_limit_bytes)}`));
  const processor = silo.cpu_percent === null ? null : el('div', { class: 'gauge-row' }, el('span', {}, 'Processor'),
    el('span', { class: 'progress thin', '--share': Math.min(1, silo.cpu_percent / 100) }), el('span', { class: 'count' }, `${Math.round(silo.cpu_percent)} %`));
  return el('article', { class: 'silo' },
    el('header', {}, el('h3', {}, silo.name), el('span', { class: `state ${silo.status === 'active' ? 'ready' : ''}` }, silo.status.replaceAll('_', ' '))),
    el('p', { class: 'hint' }, el('code', {}, silo.address), silo.activations === null ? '' : ` · ${plural(silo.activations, 'grain')}`),
    silo.message && el('p', { class: 'fault' }, silo.message),
    processor, memory, silo.cache ? caches(silo.cache) : el('p', { class: 'hint' }, 'No device, so no feature cache.'));
}

function caches(cache) {
  return [
    el('div', { class: 'gauge-row' }, el('span', {}, 'Cache'), el('span', { class: 'progress thin', '--share': cache.bytes / Math.max(1, cache.budget_bytes) }),
      el('span', { class: 'count' }, `${bytes(cache.bytes)} of ${bytes(cache.budget_bytes)}`)),
    tiers('Pictures', [['memory', cache.images_from_memory], ['store', cache.images_from_store], ['computed', cache.images_computed]]),
    tiers('Texts', [['memory', cache.texts_from_memory], ['computed', cache.texts_computed]]),
  ];
}

function tiers(title, parts) {
  const all = parts.reduce((sum, [, n]) => sum + n, 0);
  const words = parts.map(([name, n]) => `${name} ${count(n)}${all > 0 ? ` (${percent(n / all)})` : ''}`).join(', ');
  return el('div', { class: 'tiers' }, el('span', {}, title),
    el('span', { class: 'tier-bar', role: 'img', 'aria-label': words }, all > 0 && parts.map(([name, n]) => el('i', { class: `tier-${name}`, '--share': n / all, title: `${name}: ${count(n)}` }))),
    el('span', { class: 'hint' }, words));
}

const total = (now, name) => now.devices.reduce((sum, device) => sum + (device[name] ?? 0), 0);

function push(list, value) {
  list.push(value);
  if (list.length > kept) list.shift();
}
