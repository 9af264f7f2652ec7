// The explanation: what each word of the text attends to in the picture, as a heat map over it.
import { post } from './api.js';
import { el, say } from './dom.js';
import { percent } from './format.js';

const everything = -1;
const special = /^\[(CLS|SEP|PAD)\]$/;

/** Chips of words and a layer to choose; the map is drawn over `stage`, which holds the picture. */
export function explanation(corpus, item, query, stage) {
  const request = pairOf(corpus, item, query);
  const element = el('section', { class: 'explanation', 'aria-label': 'Explanation' }, el('h3', {}, 'What each word looks at'));
  const legend = el('p', { class: 'legend', hidden: true, 'aria-hidden': 'true' }, el('span', {}, 'little'), el('i', {}), el('span', {}, 'much attention'));
  if (!request) {
    element.append(el('p', { class: 'hint' }, 'There is one only between a picture and a text.'));
    return { element, legend, stop: () => {} };
  }
  const running = new AbortController();
  const canvas = el('canvas', { class: 'heat', role: 'img', 'aria-label': 'Attention over the picture' });
  const chips = el('div', { class: 'chips', role: 'radiogroup', 'aria-label': 'Word', onkeydown: step });
  const layer = el('select', { 'aria-label': 'Layer of the fusion encoder', onchange: () => load(Number(layer.value)) });
  const body = el('div', { class: 'explanation-body' }, el('p', { class: 'hint' }, 'Looking …'));
  element.append(body);
  let answer = null;
  let chosen = everything;
  load(null);
  return { element, legend, stop: () => running.abort() };

  async function load(wanted) {
    try {
      answer = await post('/v1/explain', { ...request, layer: wanted }, { signal: running.signal });
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      const missing = problem.status === 404 && problem.type !== 'urn:mplug:corpus-not-found' && problem.type !== 'urn:mplug:item-not-found';
      body.replaceChildren(el('p', { class: missing ? 'hint' : 'fault' }, missing ? 'Explanations are not available on this server.' : `${problem.title}: ${problem.detail}`));
      return;
    }
    if (layer.options.length === 0) layer.append(...Array.from({ length: answer.layers }, (_, i) => el('option', { value: i }, `Layer ${i + 1} of ${answer.layers}`)));
    layer.value = answer.layer;
    body.replaceChildren(chips, layer.options.length > 1 ? layer : '');
    stage.append(canvas);
    legend.hidden = false;
    fillChips();
    draw();
  }

  function fillChips() {
    const words = [[everything, 'all words'], ...answer.tokens.map((token, i) => [i, token.token]).filter(([, token]) => !special.test(token))];
    chips.replaceChildren(...words.map(([i, word]) => el('button', {
      type: 'button', role: 'radio', class: `word${word.startsWith('##') ? ' rest' : ''}`, 'data-token': i, onclick: () => choose(i),
    }, word.replace(/^##/, ''))));
    choose(words.some(([i]) => i === chosen) ? chosen : everything);
  }

  function choose(i) {
    chosen = i;
    for (const chip of chips.children) {
      const own = Number(chip.dataset.token) === i;
      chip.setAttribute('aria-checked', String(own));
      chip.tabIndex = own ? 0 : -1;
    }
    draw();
  }

  function step(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...chips.children];
    const next = all[(all.findIndex((chip) => chip.getAttribute('aria-checked') === 'true') + by + all.length) % all.length];
    choose(Number(next.dataset.token));
    next.focus();
  }

  function draw() {
    const [rows, columns] = answer.grid;
    const map = chosen === everything ? mean(answer.tokens.filter((token) => !special.test(token.token))) : answer.tokens[chosen].attention;
    paint(canvas, map, rows, columns);
    const word = chosen === everything ? 'all words' : answer.tokens[chosen].token;
    canvas.setAttribute('aria-label', `Attention of ${word} over the picture: most ${placeOf(map, rows, columns)}`);
    canvas.dataset.word = word;
    if (document.activeElement?.closest('.chips')) say(`${word}: most ${placeOf(map, rows, columns)}${answer.itm_probability === undefined ? '' : `, match ${percent(answer.itm_probability)}`}`);
  }
}

/** The picture and the text of the pair, as the request names them; null where there is no such pair. */
function pairOf(corpus, item, query) {
  if (query.text && item.kind === 'picture') return { corpus: corpus.name, item: item.id, text: query.text };
  if (query.image && item.kind === 'text') return { image: query.image, text: item.text };
  return null;
}

function mean(tokens) {
  const sum = new Array(tokens[0]?.attention.length ?? 0).fill(0);
  for (const { attention } of tokens) attention.forEach((x, i) => { sum[i] += x / tokens.length; });
  return sum;
}

/** A pixel per patch; the browser makes it smooth when it stretches the canvas over the picture. */
function paint(canvas, map, rows, columns) {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(columns, rows);
  const most = Math.max(...map, 1e-9);
  const least = Math.min(...map, most);
  map.forEach((x, i) => {
    const heat = most > least ? Math.sqrt((x - least) / (most - least)) : 0; // the root, or one hot patch hides all the others
    pixels.data.set(ramp(heat), 4 * i);
  });
  context.putImageData(pixels, 0, 0);
}

const stops = [[24, 15, 60], [120, 28, 109], [212, 72, 66], [252, 155, 50], [252, 255, 190]];

/** Dark violet over orange to pale yellow, and the more opaque the hotter. */
function ramp(heat) {
  const at = heat * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const mix = (channel) => Math.round(stops[i][channel] + (at - i) * (stops[i + 1][channel] - stops[i][channel]));
  return [mix(0), mix(1), mix(2), Math.round(255 * (0.38 + 0.26 * heat))];
}

function placeOf(map, rows, columns) {
  const at = map.indexOf(Math.max(...map));
  const [row, column] = [(Math.floor(at / columns) + 0.5) / rows, ((at % columns) + 0.5) / columns];
  const names = [['top', 'middle', 'bottom'][Math.min(2, Math.floor(3 * row))], ['left', 'centre', 'right'][Math.min(2, Math.floor(3 * column))]];
  return `at the ${names.join(' ')}`;
}
