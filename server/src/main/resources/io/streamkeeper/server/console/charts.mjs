/** Live charts of the server's metrics. */

import './cluster.mjs';
import { bytesText, copy, button, element } from './dom.mjs';
import { quantile, rate, readMetrics, sum } from './metrics.mjs';
import { curl } from './requests.mjs';

const INTERVAL_MILLIS = 2_000;
const POINTS_MAX = 150;
const WIDTH = 300;
const HEIGHT = 80;
const SVG = 'http://www.w3.org/2000/svg';

const REQUESTS = 'streamkeeper_http_requests_total';
const READS = new Set(['read', 'long_poll', 'sse']);
const perSecond = value => `${value < 10 ? value.toFixed(1) : Math.round(value)}/s`;
const millis = seconds => (Number.isFinite(seconds) ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms` : 'over the last bucket');

/** A chart: its title, the value of two readings, and its text. */
const CHARTS = [
  ['Appends', (a, b) => rate(a, b, REQUESTS, ({ operation }) => operation === 'append'), perSecond],
  ['Reads', (a, b) => rate(a, b, REQUESTS, ({ operation }) => READS.has(operation)), perSecond],
  ['Sync, p99', (a, b) => quantile(a, b, 'streamkeeper_journal_sync_seconds', 0.99), millis],
  ['Backlog', (a, b) => sum(b, 'streamkeeper_journal_backlog_bytes'), bytesText],
  ['Reserved memory', (a, b) => sum(b, 'streamkeeper_budget_used_bytes'), bytesText],
  ['Resident memory', (a, b) => sum(b, 'process_resident_memory_bytes'), bytesText],
  ['Waiting readers', (a, b) => sum(b, 'streamkeeper_waiters'), Math.round],
  ['Connections', (a, b) => sum(b, 'streamkeeper_connections'), Math.round],
  ['Webhooks', (a, b) => rate(a, b, 'streamkeeper_webhook_deliveries_total'), perSecond],
  ['Lag of subscriptions', (a, b) => sum(b, 'streamkeeper_subscription_pending_bytes'), bytesText],
  ['Streams', (a, b) => sum(b, 'streamkeeper_streams'), Math.round],
];

class ServerCharts extends HTMLElement {
  #charts = CHARTS.map(([title, value, text]) => new Chart(title, value, text));
  #problem = element('p', { className: 'problem', role: 'alert', hidden: true });
  #cluster = element('cluster-members', { className: 'card', hidden: true });
  #leaving = new AbortController();

  constructor(target) {
    super();
    this.target = target;
  }

  connectedCallback() {
    this.append(
      element(
        'p',
        { className: 'quiet lead' },
        'This address is for administration and serves no streams. The page for streams is at /console/ of the address that clients use. ',
        button('Copy as curl', () => copy(curl({ target: this.target }), 'The command is copied')),
      ),
      this.#problem,
      this.#cluster,
      element('div', { className: 'charts' }, ...this.#charts.map(chart => chart.element)),
    );
    this.#run();
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  async #run() {
    let before;
    while (!this.#leaving.signal.aborted) {
      try {
        const now = await readMetrics(this.target, this.#leaving.signal);
        this.#problem.hidden = true;
        if (before) {
          this.#charts.forEach(chart => chart.add(before, now));
        }
        before = now;
        this.#cluster.hidden = sum(now, 'streamkeeper_cluster_members') === 0;
        if (!this.#cluster.hidden) {
          await this.#cluster.refresh(this.#leaving.signal);
        }
      } catch (error) {
        this.#problem.textContent = error.message;
        this.#problem.hidden = error.name === 'AbortError';
      }
      await new Promise(resolve => setTimeout(resolve, INTERVAL_MILLIS));
    }
  }
}

/** A line of the last values, from zero to the greatest of them. */
class Chart {
  #values = [];
  #value;
  #text;
  #number = element('b', { textContent: '–' });
  #line = document.createElementNS(SVG, 'polyline');
  element;

  constructor(title, value, text) {
    this.#value = value;
    this.#text = text;
    const picture = document.createElementNS(SVG, 'svg');
    picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    picture.setAttribute('preserveAspectRatio', 'none');
    picture.setAttribute('aria-hidden', 'true');
    picture.append(this.#line);
    this.element = element('section', { className: 'card chart' }, element('h2', { textContent: title }), this.#number, picture);
  }

  add(before, now) {
    this.#values.push(this.#value(before, now));
    this.#values.splice(0, this.#values.length - POINTS_MAX);
    const finite = this.#values.map(value => (Number.isFinite(value) ? value : 0));
    const top = Math.max(...finite) || 1;
    const points = finite.map((value, index) => {
      const x = WIDTH - (finite.length - 1 - index) * (WIDTH / (POINTS_MAX - 1));
      return `${x.toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
    });
    this.#line.setAttribute('points', points.join(' '));
    this.#number.textContent = this.#text(this.#values.at(-1));
  }
}

customElements.define('server-charts', ServerCharts);

export { ServerCharts };
