package io.streamkeeper.protocol;

/** Whether a read waits for data that is not there yet, and how it is told of it. */
public enum LiveMode {
    /** It does not wait: catch-up (section 5.6). */
    NONE,
    /** One answer, as soon as there is something to tell (section 5.7). */
    LONG_POLL,
    /** Server-sent events until the session ends (section 5.8). */
    SSE
}
