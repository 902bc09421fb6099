package io.streamkeeper.cluster;

/** No leader answers: there is none, it cannot be reached, or the majority of the members cannot. It may pass. */
public final class NoLeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    /** No leader answers, for a reason that {@code message} describes completely. */
    public NoLeaderException(String message) {
        super(message);
    }

    NoLeaderException(String message, Throwable cause) {
        super(message, cause);
    }
}
