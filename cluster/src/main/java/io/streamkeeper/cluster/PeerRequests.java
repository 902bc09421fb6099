package io.streamkeeper.cluster;

/**
 * Answers requests of other members that are not about the log. They arrive at the port for members, so with mutual TLS
 * only members send them; no client of the server reaches it. The first byte of a request says what it is about.
 */
@FunctionalInterface
public interface PeerRequests {
    /** Answers no request: what a member answers that does not know a request, one byte 0. */
    PeerRequests NONE = request -> new byte[1];

    /** The longest request. */
    int REQUEST_BYTES_MAX = 64 << 10;

    /** The longest answer. */
    int ANSWER_BYTES_MAX = 4 << 20;

    /**
     * The answer to a request, which any process may have sent that reaches the port; called by a few threads, which may
     * block.
     */
    byte[] answer(byte[] request);
}
