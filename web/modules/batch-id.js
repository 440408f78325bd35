// Adds: the id of each batch of a form, the same that the server gives it, so that what is sent again is done once.
// Without it: the server sends the batches of the form itself.
// Proven by: tests/browser/unit/batch-id.test.js, on the examples that test the server too

/** The name space of the ids of batches. */
const BATCHES = '3f6c1c52-8d0e-4f6b-9a55-7b1f2c9d4e80';

/**
 * The UUIDv5 (RFC 9562) of a form's id and the number of the round.
 * @param {string} form
 * @param {number} round
 */
export async function batchId(form, round) {
  const name = new TextEncoder().encode(`${form} ${round}`);
  const digest = await crypto.subtle.digest('SHA-1', Uint8Array.from([...bytesOf(BATCHES), ...name]));
  const bytes = [...new Uint8Array(digest).slice(0, 16)];
  const [version = 0, variant = 0] = [bytes[6], bytes[8]];
  bytes[6] = (version & 0x0f) | 0x50;
  bytes[8] = (variant & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** @param {string} uuid */
function bytesOf(uuid) {
  return (uuid.replaceAll('-', '').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}
