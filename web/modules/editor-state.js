// Adds: publish, unpublish and archive in the editor, in place, without what is typed there getting lost.
// Without it: the server does it, and shows the editor anew.
// Proven by: tests/browser/stories/actions.test.js

import { startForms } from './action-form.js';
import { renewEtag } from './editor.js';
import { stating } from './optimistic.js';

/** @import { Behaviour } from './action-form.js' */

export function startStates() {
  startForms({ publish: inEditor, archive: inEditor });
}

/** The form that saves the product acts on the version that this has made. @type {Behaviour} */
const inEditor = {
  show(pressed) {
    const shown = stating.show(pressed);
    return {
      confirm(product) {
        renewEtag(pressed.form, product.etag);
        shown.confirm(product);
      },
      rollBack: shown.rollBack,
      undo(product) {
        renewEtag(pressed.form, product.etag);
        shown.undo?.(product);
      },
    };
  },
};
