// Adds: the one-time token of the setup link, put into its field; as the link's fragment it never reached a server or its log.
// Without it: the token is copied from the link by hand.
// Proven by: tests/browser/stories/access.test.js

/** Moves the token from the address into the form, and out of the history. */
export function fillSetupToken() {
  const field = document.querySelector('input[name=token]');
  const token = decodeURIComponent(location.hash.slice(1));
  if (!(field instanceof HTMLInputElement) || !token) return;
  field.value = token;
  history.replaceState(null, '', location.pathname + location.search);
}
