/**
 * The faults that a test has injected, by path, and how each changes a response. A path has one fault at a time; the
 * latest replaces the one before, as in the reference.
 */
export class Faults {
  #byPath = new Map();

  inject(path, fault) {
    this.#byPath.set(path, { count: 1, ...fault });
  }

  clear() {
    this.#byPath.clear();
  }

  /** Returns the fault of a request and counts it as used, or undefined. */
  take(path, method) {
    const fault = this.#byPath.get(path);
    if (!fault || (fault.method && fault.method.toUpperCase() !== method)) {
      return undefined;
    }
    if (fault.probability !== undefined && Math.random() > fault.probability) {
      return undefined;
    }
    fault.count -= 1;
    if (fault.count <= 0) {
      this.#byPath.delete(path);
    }
    return fault;
  }
}

/** Waits as long as the fault says. */
export async function delay(fault) {
  if (fault.delayMs > 0) {
    const millis = fault.delayMs + (fault.jitterMs ? Math.random() * fault.jitterMs : 0);
    await new Promise(resolve => setTimeout(resolve, millis));
  }
}

/** Whether the fault changes the body of a read. */
export function changesBody(fault) {
  return fault !== undefined && (fault.truncateBodyBytes !== undefined || fault.corruptBody === true);
}

/** Returns the body with the fault in it. A corrupt body is never valid JSON, because it begins with `XY`. */
export function changed(body, fault) {
  const bytes = Buffer.from(fault.truncateBodyBytes === undefined ? body : body.subarray(0, fault.truncateBodyBytes));
  if (fault.corruptBody && bytes.length > 0) {
    bytes.write('XY'.slice(0, bytes.length));
    for (let changes = Math.ceil(bytes.length / 10); changes > 0; changes -= 1) {
      bytes[Math.floor(Math.random() * bytes.length)] = 0x5a;
    }
  }
  return bytes;
}

/** Reads the fault that a POST to the control path describes; throws with what is wrong. */
export function parseFault(text) {
  let fault;
  try {
    fault = JSON.parse(text);
  } catch {
    throw new Error('Invalid JSON body');
  }
  if (!fault?.path) {
    throw new Error('Missing required field: path');
  }
  const { path, ...rest } = fault;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== null));
  checkFault(given);
  return { path, fault: given };
}

const KINDS = ['status', 'delayMs', 'dropConnection', 'truncateBodyBytes', 'corruptBody', 'injectSseEvent'];
const KNOWN = new Set([...KINDS, 'count', 'retryAfter', 'probability', 'method', 'jitterMs']);

/** Throws if the fault does nothing, or has a field that this package does not know and would silently ignore. */
export function checkFault(fault) {
  const unknown = Object.keys(fault).filter(name => !KNOWN.has(name));
  if (unknown.length > 0) {
    throw new Error(`a fault has the unknown fields ${unknown.join(', ')}; expected ${[...KNOWN].join(', ')}`);
  }
  if (!KINDS.some(kind => fault[kind] !== undefined && fault[kind] !== false)) {
    throw new Error(`Must specify at least one fault type: ${KINDS.join(', ')}`);
  }
}
