/**
 * A list of any length, of which only the visible rows are elements. Rows have one height.
 *
 * Events: "choose" with the index in `detail` when a row is chosen by mouse or Enter, "start" and "end" when the list is
 * scrolled near its first or last row.
 */

import { element } from './dom.mjs';

const ROW_PIXELS = 32;
const MARGIN_ROWS = 8;
/** Near an end means at this distance. */
const NEAR_ROWS = 40;

class VirtualList extends HTMLElement {
  #count = 0;
  #active = -1;
  #render = () => element('div');
  #space = element('div', { className: 'space', role: 'presentation' });
  #isStale = false;
  /** Whether the list stays at its last row when rows are added. */
  sticks = false;

  connectedCallback() {
    this.tabIndex = 0;
    this.append(this.#space);
    this.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.addEventListener('keydown', event => this.#key(event));
    this.addEventListener('click', event => this.#click(event));
    this.resizing = new ResizeObserver(() => this.refresh());
    this.resizing.observe(this);
  }

  disconnectedCallback() {
    this.resizing.disconnect();
  }

  /** @param render creates the element of a row from its index */
  set render(render) {
    this.#render = render;
  }

  get active() {
    return this.#active;
  }

  set active(index) {
    this.#active = Math.max(-1, Math.min(index, this.#count - 1));
    this.refresh();
  }

  get isAtEnd() {
    return this.scrollHeight - this.scrollTop - this.clientHeight < ROW_PIXELS;
  }

  /** Changes the number of rows; `before` is how many of the new ones are at the beginning, or were removed there. */
  resize(count, before = 0) {
    const stays = this.sticks && this.isAtEnd;
    this.#count = count;
    this.#space.style.height = `${count * ROW_PIXELS}px`;
    if (this.#active >= 0) {
      this.#active = Math.max(-1, Math.min(this.#active + before, count - 1));
    }
    if (stays) {
      this.scrollTop = this.scrollHeight;
    } else if (before !== 0) {
      this.scrollTop += before * ROW_PIXELS;
    }
    this.refresh();
  }

  scrollToEnd() {
    this.scrollTop = this.scrollHeight;
    this.refresh();
  }

  /** Paints the visible rows with the next frame. */
  refresh() {
    if (!this.#isStale) {
      this.#isStale = true;
      requestAnimationFrame(() => {
        this.#isStale = false;
        this.#paint();
      });
    }
  }

  #paint() {
    const first = Math.max(0, Math.floor(this.scrollTop / ROW_PIXELS) - MARGIN_ROWS);
    const visible = Math.ceil(this.clientHeight / ROW_PIXELS) + 2 * MARGIN_ROWS;
    const rows = [];
    for (let index = first; index < Math.min(this.#count, first + visible); index++) {
      const row = this.#render(index);
      row.classList.add('row');
      row.id = `${this.id}-${index}`;
      row.dataset.index = index;
      row.style.transform = `translateY(${index * ROW_PIXELS}px)`;
      row.ariaSelected = String(index === this.#active);
      rows.push(row);
    }
    this.#space.replaceChildren(...rows);
    this.setAttribute('aria-activedescendant', this.#active >= 0 ? `${this.id}-${this.#active}` : '');
  }

  #scrolled() {
    this.refresh();
    const near = NEAR_ROWS * ROW_PIXELS;
    if (this.scrollTop < near) {
      this.dispatchEvent(new Event('start'));
    }
    if (this.scrollHeight - this.scrollTop - this.clientHeight < near) {
      this.dispatchEvent(new Event('end'));
    }
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.clientHeight / ROW_PIXELS) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.#count, End: this.#count };
    if (event.key in moves && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#move(Math.max(0, Math.min(this.#active + moves[event.key], this.#count - 1)));
    } else if (event.key === 'Enter' && this.#active >= 0) {
      this.#choose(this.#active);
    }
  }

  #move(index) {
    this.#active = index;
    const top = index * ROW_PIXELS;
    if (top < this.scrollTop) {
      this.scrollTop = top;
    } else if (top + ROW_PIXELS > this.scrollTop + this.clientHeight) {
      this.scrollTop = top + ROW_PIXELS - this.clientHeight;
    }
    this.refresh();
  }

  /** By the position and not by the element, because a list that grows replaces its elements with each frame. */
  #click(event) {
    const index = Math.floor((event.clientY - this.getBoundingClientRect().top + this.scrollTop) / ROW_PIXELS);
    if (index < this.#count) {
      this.#active = index;
      this.#choose(index);
      this.refresh();
    }
  }

  #choose(index) {
    this.dispatchEvent(new CustomEvent('choose', { detail: index }));
  }
}

customElements.define('virtual-list', VirtualList);
