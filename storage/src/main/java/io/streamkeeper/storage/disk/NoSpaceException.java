package io.streamkeeper.storage.disk;

import java.io.IOException;

/** The disk, or the quota of its user, is full. What needs room is refused until there is some. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String message) {
        super(message);
    }

    NoSpaceException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
