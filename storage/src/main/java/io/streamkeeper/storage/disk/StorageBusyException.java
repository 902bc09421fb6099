package io.streamkeeper.storage.disk;

/**
 * Too many records wait to be written, so another one is refused. Nothing of it was stored; another attempt may
 * succeed.
 */
public final class StorageBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Being busy is a state, not a fault, and every request may meet it: no stack trace. */
    public StorageBusyException(String message) {
        super(message, null, false, false);
    }
}
