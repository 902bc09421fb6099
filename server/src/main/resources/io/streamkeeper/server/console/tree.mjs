/** The streams as a tree of their paths, read page by page as it is opened and scrolled; and the search for a path. */

import { ask } from './dialogs.mjs';
import { creation, listing } from './actions.mjs';
import { button, bytesText, copy, element } from './dom.mjs';
import { curl, send } from './requests.mjs';
import './list.mjs';

const PAGE_STREAMS = 1_000;
const SEARCH_MILLIS = 250;

/** The streams and folders whose paths begin with one prefix. */
class Folder {
  items = [];
  isOpen = false;
  isLoading = false;
  next = '';

  constructor(prefix, depth) {
    this.prefix = prefix;
    this.depth = depth;
  }

  get hasMore() {
    return this.next !== undefined;
  }

  async load() {
    if (this.isLoading || !this.hasMore) {
      return;
    }
    this.isLoading = true;
    try {
      const query = { prefix: this.prefix, after: this.next, limit: PAGE_STREAMS, delimiter: '/' };
      const { streams, prefixes, next } = await (await send(listing(query))).json();
      const folders = prefixes.map(prefix => ({ name: prefix, folder: new Folder(prefix, this.depth + 1) }));
      const page = streams.map(stream => ({ name: stream.path, stream })).concat(folders);
      this.items.push(...page.sort((a, b) => (a.name < b.name ? -1 : 1)));
      this.next = next;
    } finally {
      this.isLoading = false;
    }
  }

  /** The rows of this folder: its items, those of open folders below it, and one for what is not loaded yet. */
  rows(into = []) {
    for (const item of this.items) {
      into.push({ ...item, parent: this });
      if (item.folder?.isOpen) {
        item.folder.rows(into);
      }
    }
    if (this.hasMore) {
      into.push({ name: this.prefix, more: this, parent: this });
    }
    return into;
  }
}

class StreamTree extends HTMLElement {
  #root = new Folder('', 0);
  #rows = [];
  #selected = '';
  #search = element('input', {
    type: 'search',
    placeholder: 'Beginning of a path',
    ariaLabel: 'Beginning of a path',
    spellcheck: false,
  });
  #list = element('virtual-list', { id: 'streams', role: 'tree', ariaLabel: 'Streams' });
  #empty = element('p', { className: 'quiet empty', hidden: true });
  #timer;

  connectedCallback() {
    this.append(
      element('form', { className: 'search' }, this.#search, button('New', () => this.#create(), { className: 'primary' })),
      this.#empty,
      this.#list,
      element(
        'div',
        { className: 'buttons foot' },
        button('Refresh', () => this.refresh()),
        button('Copy as curl', () => copy(curl(listing(this.#query())), 'The command is copied')),
      ),
    );
    this.#list.render = index => this.#row(this.#rows[index]);
    this.#list.addEventListener('choose', ({ detail }) => this.#choose(this.#rows[detail]));
    this.#list.addEventListener('end', () => this.#loadMore());
    this.#list.addEventListener('keydown', event => this.#key(event));
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.refresh(), SEARCH_MILLIS);
    });
    this.querySelector('form').addEventListener('submit', event => {
      event.preventDefault();
      this.#open(this.#search.value);
    });
    this.refresh();
  }

  #query() {
    return { prefix: this.#search.value, limit: PAGE_STREAMS, delimiter: '/' };
  }

  set selected(path) {
    this.#selected = path;
    this.#list.refresh();
  }

  /** Reads the list again; open folders are closed. */
  async refresh() {
    this.#root = new Folder(this.#search.value, 0);
    this.#root.isOpen = true;
    await this.#load(this.#root);
  }

  async #load(folder) {
    try {
      await folder.load();
      this.#empty.textContent = this.#search.value ? 'No stream begins with this. Enter opens the path.' : 'No streams yet.';
      this.#empty.hidden = this.#root.items.length > 0;
    } catch (error) {
      folder.next = undefined;
      this.#empty.textContent = `${error.message} A path in the field above, and Enter, opens a stream.`;
      this.#empty.hidden = false;
    }
    this.#update();
  }

  #update() {
    this.#rows = this.#root.rows();
    this.#list.resize(this.#rows.length);
  }

  /** Loads the pages whose places are visible. */
  #loadMore() {
    const last = this.#rows.at(-1);
    if (last?.more) {
      this.#load(last.more);
    }
  }

  #row({ name, parent, folder, stream, more }) {
    const text = more ? 'more…' : name.slice(parent.prefix.lastIndexOf('/') + 1);
    const row = element('div', { role: 'treeitem', className: folder ? 'folder' : 'leaf', title: name });
    row.ariaLevel = parent.depth + 1;
    row.style.paddingInlineStart = `${0.7 + parent.depth}rem`;
    if (folder) {
      row.ariaExpanded = String(folder.isOpen);
    }
    row.classList.toggle('selected', stream?.path === this.#selected && this.#selected !== '');
    row.append(element('span', { className: 'name', textContent: text }));
    if (stream) {
      row.append(element('span', { className: 'quiet', textContent: (stream.closed ? 'closed · ' : '') + bytesText(stream.bytes) }));
    }
    if (more && !more.isLoading) {
      queueMicrotask(() => this.#load(more));
    }
    return row;
  }

  #choose({ folder, stream, more }) {
    if (folder) {
      this.#toggle(folder, !folder.isOpen);
    } else if (stream) {
      this.#open(stream.path);
    } else {
      this.#load(more);
    }
  }

  #toggle(folder, isOpen) {
    folder.isOpen = isOpen;
    isOpen && folder.items.length === 0 ? this.#load(folder) : this.#update();
  }

  #key({ key }) {
    const { folder } = this.#rows[this.#list.active] ?? {};
    if (folder && key === 'ArrowRight' && !folder.isOpen) {
      this.#toggle(folder, true);
    } else if (folder && key === 'ArrowLeft' && folder.isOpen) {
      this.#toggle(folder, false);
    }
  }

  async #create() {
    const { parent, folder } = this.#rows[this.#list.active] ?? {};
    const created = await ask(creation(folder?.prefix ?? parent?.prefix ?? this.#search.value));
    if (created) {
      this.refresh();
      this.#open(created.path);
    }
  }

  #open(path) {
    if (path !== '') {
      location.hash = `/${path}`;
    }
  }
}

customElements.define('stream-tree', StreamTree);
