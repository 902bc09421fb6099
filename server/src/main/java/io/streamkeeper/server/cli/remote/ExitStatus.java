package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamException;

/** The exit status of a command. The numbers are part of the interface: scripts depend on them. */
public enum ExitStatus {
    /** It has succeeded. */
    DONE(0),
    /** It has failed for a reason without a status of its own, such as a file that cannot be read. */
    FAILED(1),
    /** The arguments are invalid. */
    USAGE(2),
    /** The stream does not exist or is deleted, or the data no longer exists. */
    NOT_FOUND(3),
    /** The stream is in another state than the request requires: it is closed, of another type, or exists already. */
    CONFLICT(4),
    /** The server refuses the request: no permission, too large, or invalid. */
    REFUSED(5),
    /** The server cannot be reached, or is not available now. */
    UNAVAILABLE(6);

    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT_STATUS = 409;

    private final int number;

    ExitStatus(int number) {
        this.number = number;
    }

    /** {@return the status as a number} */
    public int number() {
        return number;
    }

    /** Returns the status for the failure of a request. */
    static ExitStatus of(StreamException failure) {
        if (failure instanceof StreamException.Unavailable) {
            return UNAVAILABLE;
        }
        if (failure instanceof StreamException.NotFound
                || failure instanceof StreamException.Deleted
                || failure instanceof StreamException.OffsetGone) {
            return NOT_FOUND;
        }
        boolean isInvalid = failure instanceof StreamException.Invalid
                && failure.status() != CONFLICT_STATUS
                && failure.status() != PRECONDITION_FAILED;
        return isInvalid ? REFUSED : CONFLICT;
    }
}
