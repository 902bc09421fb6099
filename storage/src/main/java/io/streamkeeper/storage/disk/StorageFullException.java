package io.streamkeeper.storage.disk;

/**
 * No room is left for another record. Nothing of it was stored; reads continue, and so do writes once room is
 * available.
 */
public final class StorageFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A full store is a state, not a fault, and every request may meet it: no stack trace. */
    public StorageFullException(String message) {
        super(message, null, false, false);
    }
}
