// The server under test, as the environment names it.
function required(name: string): string {
  const value = process.env[name]
  if (!value) {
    throw new Error(`${name} is not set`)
  }
  return value
}

export const server = {
  /** Where the server listens, without the root of its streams. */
  baseUrl: new URL(required("STREAMKEEPER_URL")).origin,
  /** After how long the server answers a long-poll that nothing was appended for. */
  longPollTimeoutMs: Number(required("STREAMKEEPER_LONG_POLL_TIMEOUT_MS")),
}
