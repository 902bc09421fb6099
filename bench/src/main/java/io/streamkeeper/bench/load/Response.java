package io.streamkeeper.bench.load;

/** A response, as far as it has arrived. Valid until the next request of its exchange. */
public interface Response {
    int status();

    /** The length of the body. */
    long bodyBytes();

    /** The {@code Stream-Next-Offset}; empty if there is none. */
    byte[] nextOffset();

    /** Whether there is a {@code Stream-Up-To-Date}, which means that the response ends at the tail. */
    boolean isUpToDate();
}
