// Adds: a page of the server as a document of its own, so that a dialog shows the server's markup; no HTML is made of strings.
// Without it: the browser opens the page.
// Proven by: tests/browser/stories/signed-out.test.js and conflict-dialog.test.js

const LIMIT = 8_000;

/** @typedef {{ status: number, address: string, page: Document | null }} Opened `address`: where it led */

/**
 * @param {'GET' | 'POST'} method
 * @param {string} address
 * @param {{ form?: HTMLFormElement, signal?: AbortSignal }} [options] the form whose values are sent
 * @returns {Promise<Opened>}
 */
export function openPage(method, address, { form, signal } = {}) {
  const { promise, resolve, reject } = /** @type {PromiseWithResolvers<Opened>} */ (Promise.withResolvers());
  const asked = new XMLHttpRequest();
  asked.open(method, address);
  Object.assign(asked, { responseType: 'document', timeout: LIMIT });
  asked.onload = () => resolve({ status: asked.status, address: asked.responseURL, page: asked.responseXML });
  asked.onerror = asked.ontimeout = asked.onabort = () => reject(new Error(`${address} did not answer`));
  signal?.addEventListener('abort', () => asked.abort());
  asked.send(form ? new URLSearchParams(valuesOf(form)) : null);
  return promise;
}

/**
 * What a form says, as pairs of texts.
 * @param {HTMLFormElement} form
 * @returns {[string, string][]}
 */
export function valuesOf(form) {
  return [...new FormData(form)].map(([name, value]) => [name, String(value)]);
}
