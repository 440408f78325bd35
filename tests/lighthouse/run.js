// Rates the shop's pages by Lighthouse as on a phone with a slow network, and fails where a category is not 100.
//
// A rating hangs on how fast the machine is: of three runs the middle one counts, page by page and category by category.

import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { openEmptyShop } from '../browser/harness/shop.js';
import { ARGUMENTS } from '../browser/harness/story.js';

const PAGES = { 'the shop': '/', 'a product': '/p/{slug}', 'a search': '/search?q=mug' };
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FIGURES = { 'first-contentful-paint': 'first paint', 'largest-contentful-paint': 'largest paint', 'total-blocking-time': 'blocked', 'cumulative-layout-shift': 'shift', 'total-byte-weight': 'weight' };
const RUNS = 3;

const shop = await openEmptyShop();
const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: ARGUMENTS });
let perfect = true;
try {
  for (const [name, path] of Object.entries(PAGES)) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await rated(new URL(await addressOf(path), shop.url).href));
    report(name, runs);
  }
} finally {
  chrome.kill();
  await shop.close();
}
process.exitCode = perfect ? 0 : 1;

/** A product's page is that of the first one with a picture. */
async function addressOf(path) {
  if (!path.includes('{slug}')) return path;
  const answer = await fetch(new URL('/v1/products', shop.url));
  const { products } = await answer.json();
  return path.replace('{slug}', products.find(({ images }) => images?.length).slug);
}

async function rated(url) {
  const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: 'error' });
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  return lhr;
}

function report(name, runs) {
  const scores = CATEGORIES.map((category) => {
    const score = Math.round(middle(runs.map((run) => run.categories[category].score)) * 100);
    perfect &&= score === 100;
    return `${category} ${score}`;
  });
  const figures = Object.entries(FIGURES).map(([audit, word]) => `${word} ${runs[0].audits[audit].displayValue.replace('\u00a0', ' ')}`);
  console.log(`${name}: ${scores.join(', ')}; ${figures.join(', ')}`);
  for (const { id, title, score, details } of lost(runs[0])) console.log(`  ${id} (${score}): ${title} ${places(details)}`);
}

/** What costs a category its points. */
function lost({ categories, audits }) {
  const weighed = Object.values(categories).flatMap(({ auditRefs }) => auditRefs).filter(({ weight }) => weight > 0);
  return weighed.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1);
}

function places(details) {
  const items = details?.items ?? [];
  return items.slice(0, 3).map(({ node, url, source, description }) => node?.snippet ?? url ?? source?.url ?? description ?? '').join(' | ');
}

function middle(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}
