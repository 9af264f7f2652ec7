// The frame around the views: which one is shown, light or dark, the key.
import { changeKey } from './api.js';
import { failure } from './notices.js';
import * as add from './add.js';
import * as cluster from './cluster.js';
import * as evaluate from './evaluate.js';
import * as jobs from './jobs.js';
import * as search from './search.js';

const views = { search, jobs, cluster, evaluate, add }; // the last is opened from the first two
const titles = { search: 'Search', jobs: 'Jobs', cluster: 'Cluster', evaluate: 'Evaluate', add: 'Add pictures' };
const root = document.getElementById('view');
let shown = { name: '', leave: () => {}, update: null };

/** `#/jobs/abc?x=1` as its parts. */
function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map(decodeURIComponent);
  return { name: Object.hasOwn(views, name) ? name : 'search', rest, query: new URLSearchParams(query) };
}

function show() {
  const next = route();
  if (next.name === shown.name && shown.update) {
    shown.update(next);
    return;
  }
  shown.leave?.();
  root.replaceChildren();
  document.title = `${titles[next.name]} · MplugCluster`;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.dataset.view === next.name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (shown.name) root.focus({ preventScroll: true });
  try {
    shown = { name: next.name, ...views[next.name].show(root, next) };
  } catch (error) {
    shown = { name: '', leave: () => {}, update: null };
    root.replaceChildren(failure(error, show));
    throw error;
  }
}

function restart() {
  shown.leave?.();
  shown = { name: '', leave: () => {}, update: null };
  show();
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const themeButton = document.getElementById('theme-button');
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
const tellTheme = () => themeButton.setAttribute('aria-pressed', String(isDark()));

themeButton.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('mplug-theme', theme);
  } catch {
    // storage may be forbidden: then it holds until the page is left
  }
  tellTheme();
});
dark.addEventListener('change', tellTheme);
document.getElementById('key-button').addEventListener('click', async () => {
  if (await changeKey()) restart();
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // the hash belongs to the views
  root.focus();
});
addEventListener('hashchange', show);
tellTheme();
show();
