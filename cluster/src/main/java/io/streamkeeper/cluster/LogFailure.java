package io.streamkeeper.cluster;

import java.io.IOException;

/**
 * Why a member has ended by itself.
 *
 * @param kind what failed
 * @param message what happened, and what to do
 * @param cause the exception
 */
public record LogFailure(Kind kind, String message, Throwable cause) {
    /** What failed. */
    public enum Kind {
        /**
         * The disk refused to write or sync the log, for example because it is full. What the log contains is checked
         * and synced by the next start.
         */
        LOG,
        /** The listener threw an exception. */
        LISTENER,
        /** An entry cannot be read: a newer version has written it. */
        ENTRY,
        /** The member was removed from the cluster. */
        REMOVED,
        /** The Raft server ended without being asked to. */
        SERVER
    }

    /** Whether the disk has refused something, which the message says: then the stack of the exception says no more. */
    boolean isOfDisk() {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (kind == Kind.LOG && each instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
