package io.streamkeeper.storage.disk;

/** There is no room for another record. Nothing of it was taken; reads go on, and so do writes once there is room. */
public final class StorageFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A full store is a state, not a fault, and may be met by every request: no stack trace. */
    public StorageFullException(String message) {
        super(message, null, false, false);
    }
}
