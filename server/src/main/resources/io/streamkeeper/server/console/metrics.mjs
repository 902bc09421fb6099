/** Reads the metrics of the server, and what has changed between two readings. */

import { send } from './requests.mjs';

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;

/** Reads all series: { time, series: [{ name, labels, value }] }. */
export async function readMetrics(target, signal) {
  const response = await send({ target, headers: { Accept: 'text/plain; version=0.0.4' } }, signal);
  const series = [];
  for (const line of (await response.text()).split('\n')) {
    const match = LINE.exec(line);
    if (match) {
      const labels = Object.fromEntries([...(match[2] ?? '').matchAll(LABEL)].map(([, name, value]) => [name, value]));
      series.push({ name: match[1], labels, value: Number(match[3]) });
    }
  }
  return { time: performance.now(), series };
}

/** The sum of the series with a name whose labels satisfy a condition. */
export function sum({ series }, name, isWanted = () => true) {
  return series.reduce((total, each) => total + (each.name === name && isWanted(each.labels) ? each.value : 0), 0);
}

/** How much a sum grows each second between two readings. */
export function rate(before, now, name, isWanted) {
  return (sum(now, name, isWanted) - sum(before, name, isWanted)) / ((now.time - before.time) / 1000);
}

/** The upper bound of the bucket that contains a quantile of what was measured between two readings; 0 for nothing. */
export function quantile(before, now, name, q) {
  const counts = reading =>
    new Map(reading.series.filter(each => each.name === `${name}_bucket`).map(({ labels, value }) => [labels.le, value]));
  const old = counts(before);
  const buckets = [...counts(now)]
    .map(([le, value]) => ({ bound: le === '+Inf' ? Infinity : Number(le), count: value - (old.get(le) ?? 0) }))
    .sort((a, b) => a.bound - b.bound);
  const total = buckets.at(-1)?.count ?? 0;
  const found = buckets.find(({ count }) => total > 0 && count >= q * total);
  return found ? found.bound : 0;
}
