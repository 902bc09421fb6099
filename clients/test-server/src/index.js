/** Starts the Streamkeeper jar for tests, with the interface of the reference's `@durable-streams/server`. */
export { createRegistryHooks } from './registry-hooks.js';
export { DurableStreamTestServer } from './server.js';
