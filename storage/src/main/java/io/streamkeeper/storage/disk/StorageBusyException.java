package io.streamkeeper.storage.disk;

/** Too much waits to be written for more to be taken now. Nothing was taken; another try may succeed. */
public final class StorageBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Being busy is a state, not a fault, and may be met by every request: no stack trace. */
    public StorageBusyException(String message) {
        super(message, null, false, false);
    }
}
