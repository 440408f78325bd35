// Adds: what every page of the admin has: forms and lists that act in place, notices, Undo by key.
// Without it: every form and link works by itself.
// Proven by: tests/browser/stories/actions.test.js

import { startForms } from './action-form.js';
import { startInPlace } from './in-place.js';
import { startNotices } from './notices.js';
import { publishing, removal } from './optimistic.js';

export function startAdmin() {
  startNotices();
  startForms({ delete: removal, undelete: removal, publish: publishing });
  startInPlace();
}
