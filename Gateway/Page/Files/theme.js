// Light or dark: as the system says, until the reader chooses.
const chosenTheme = (() => {
  try {
    return localStorage.getItem('mplug-theme');
  } catch {
    return null; // storage may be forbidden; the page works without
  }
})();
if (chosenTheme === 'light' || chosenTheme === 'dark') {
  document.documentElement.dataset.theme = chosenTheme;
}
