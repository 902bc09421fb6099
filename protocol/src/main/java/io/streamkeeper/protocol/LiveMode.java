package io.streamkeeper.protocol;

/** Whether and how a read waits for new data. */
public enum LiveMode {
    /** The read does not wait: catch-up (section 5.6). */
    NONE,
    /** One response, as soon as new data or the end of the stream is known (section 5.7). */
    LONG_POLL,
    /** Server-sent events until the session ends (section 5.8). */
    SSE
}
