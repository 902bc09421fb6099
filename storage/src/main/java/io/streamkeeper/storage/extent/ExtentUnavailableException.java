package io.streamkeeper.storage.extent;

import java.io.IOException;

/**
 * Bytes of an extent file are on another machine, which does not answer in time. They are not damaged, and another
 * attempt may succeed.
 */
public final class ExtentUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public ExtentUnavailableException(String message) {
        super(message);
    }

    public ExtentUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
