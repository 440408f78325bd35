// What axe finds wrong with a page, each with the first places where it does.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { seeAll } from './pages.js';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * @param {import('playwright-core').Page} page
 * @param {string} [part] where only that is in question, because it lies over the rest
 */
export async function axe(page, part) {
  await seeAll(page);
  const place = part ? JSON.stringify(part) : 'document';
  const { violations } = await page.evaluate(`${SOURCE};axe.run(${place}, { runOnly: ${JSON.stringify(RULES)} })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`);
}
