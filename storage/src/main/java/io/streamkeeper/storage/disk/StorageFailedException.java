package io.streamkeeper.storage.disk;

/** The disk has failed: nothing more is acknowledged until the server restarts (I9). Durable data can still be read. */
public final class StorageFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure that {@code message} describes completely. */
    public StorageFailedException(String message) {
        super(message);
    }

    /** A failure because of {@code cause}. */
    public StorageFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
