package io.streamkeeper.protocol;

/**
 * The three producer headers of an append: who writes, in which session, and which request of it this is (section
 * 5.2.1).
 *
 * @param id the producer's own name, not empty
 * @param epoch the session, 0 … 2^53-1
 * @param seq the request within the session, 0 … 2^53-1
 */
public record Producer(String id, long epoch, long seq) {
    /** The largest epoch or sequence number: what a JavaScript client can hold exactly. */
    public static final long NUMBER_MAX = (1L << 53) - 1;
}
