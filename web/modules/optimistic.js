// Adds: the result of a delete, a restore or a publish in the same frame, and the exact way back when the server refuses.
// Without it: the next page shows the result.
// Proven by: tests/browser/stories/actions.test.js and failures.test.js

import { rowOf } from './explain.js';
import { giveBack, leaveRow } from './focus.js';
import { total } from './format.js';
import { fillRow, showState } from './row-template.js';

/** @import { Behaviour } from './action-form.js' */
/** @import { Failure } from './types.js' */

/** The row goes, and keeps its node and its place, so that it can come back. @type {Behaviour} */
export const removal = {
  show({ button }) {
    const row = rowOf(button);
    if (!row) throw new Error('no row to act on');
    const held = leaveRow(row);
    const sentTo = document.activeElement;
    setGone(row, true);
    return {
      confirm: (product) => fillRow(row, product),
      rollBack(failure) {
        setGone(row, false);
        giveBack(held, sentTo);
        void catchUp(row, failure, button);
      },
      undo(product) {
        fillRow(row, product);
        setGone(row, false);
        button.focus();
      },
    };
  },
};

/** The row goes, and there is no way back but the server's refusal. @type {Behaviour} */
export const expunging = {
  show(pressed) {
    // The focus returns to the row, and leaves it in turn.
    pressed.form.closest('dialog')?.close();
    const { rollBack } = removal.show(pressed);
    return { confirm: () => {}, rollBack };
  },
};

/** What makes a product what it was before. @type {Record<string, string>} */
const BACK = { draft: 'unpublish', archived: 'archive' };

/** What each button makes of a product. @type {Record<string, string>} */
const MADE = { published: 'published', unpublished: 'draft', archived: 'archived' };

/** The row says its new state and offers the way back. @type {Behaviour} */
export const stating = {
  show({ button }) {
    const row = rowOf(button);
    if (!row) throw new Error('no row to act on');
    const before = row.dataset.state ?? '';
    button.dataset.undo = button.dataset.undo?.replace(/\w+$/, BACK[before] ?? 'publish');
    const turn = (/** @type {() => void} */ change) => {
      const held = document.activeElement;
      change();
      if (held instanceof HTMLElement && row.contains(held) && !held.checkVisibility()) visibleButton(row, button)?.focus();
    };
    turn(() => showState(row, MADE[button.dataset.done ?? ''] ?? before));
    return {
      confirm: (product) => turn(() => fillRow(row, product)),
      rollBack(failure) {
        turn(() => showState(row, before));
        void catchUp(row, failure, button);
      },
      undo(product) {
        fillRow(row, product);
        visibleButton(row, button)?.focus();
      },
    };
  },
};

/**
 * After a conflict the row shows what somebody else made of it, and asks what is to become of the button that was refused.
 * @param {HTMLElement} row
 * @param {Failure} failure
 * @param {HTMLButtonElement} [button] without one the next attempt is the decision
 */
export async function catchUp(row, failure, button) {
  if (failure.kind !== 'refused' || failure.reason !== 'ETAG_MISMATCH') return;
  await (await import('./conflict-row.js')).showTheirs(row, failure, button);
}

/**
 * @param {HTMLElement} row
 * @param {boolean} gone
 */
export function setGone(row, gone) {
  row.hidden = gone;
  row.inert = gone;
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll('[data-total]');
  for (const place of places) {
    const count = Number(place.dataset.total) + (gone ? -1 : 1);
    place.dataset.total = String(count);
    place.textContent = total(count, place.dataset.capped === 'true');
    document.getElementById('empty')?.toggleAttribute('hidden', count > 0);
  }
}

/**
 * The button that does the same, or else what can be done instead.
 * @param {HTMLElement} row
 * @param {HTMLButtonElement} button
 */
function visibleButton(row, button) {
  /** @type {NodeListOf<HTMLElement>} */
  const all = row.querySelectorAll('button[data-action]');
  const visible = [...all].filter((one) => one.checkVisibility());
  return visible.find(({ dataset }) => dataset.action === button.dataset.action) ?? visible[0];
}
