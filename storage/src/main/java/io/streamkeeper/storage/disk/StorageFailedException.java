package io.streamkeeper.storage.disk;

/** The disk has failed: nothing more is acknowledged until the server is started anew (I9). What is durable is served. */
public final class StorageFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
