// The server under test, and how it is tested, as the environment says.
function required(name: string): string {
  const value = process.env[name]
  if (!value) {
    throw new Error(`${name} is not set`)
  }
  return value
}

const url = new URL(required("STREAMKEEPER_URL"))

export const server = {
  /** Where the server listens, without the root of its streams. */
  baseUrl: url.origin,
  /** The path that streams are below; begins and ends with a slash. */
  root: url.pathname,
  /** After how long the server answers a long-poll that nothing was appended for. */
  longPollTimeoutMs: Number(required("STREAMKEEPER_LONG_POLL_TIMEOUT_MS")),
  /** Whether it has the reserved subscription APIs. */
  subscriptions: process.env.STREAMKEEPER_SUBSCRIPTIONS === "true",
}

/** Whether the server is a member of a cluster of which members are killed meanwhile. */
export const losesMembers = process.env.STREAMKEEPER_LOSES_MEMBERS === "true"

/** How long tests may be begun. */
export const suiteMs = Number(process.env.STREAMKEEPER_SUITE_MS ?? Infinity)
