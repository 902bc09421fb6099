package io.streamkeeper.server.subscription;

/** A stream of a subscription as its owner knows it. Owned by the loop of the owner; nothing of it is durable. */
final class Link {
    private final String path;

    /** The generation of the stream; 0 while no stream exists, which a link by name allows. */
    long generation;

    /** The last tail that was reported. */
    long tail;

    /** Whether the watch is armed: {@link #tail} is the tail, unless a report is on its way. */
    boolean isArmed;

    /** Whether a question that arms the watch is on its way. */
    boolean isAsked;

    /** Since when there is something to acknowledge. */
    long pendingSinceNanos;

    Link(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    boolean exists() {
        return generation != 0;
    }

    void replacedBy(long newGeneration) {
        generation = newGeneration;
        tail = 0;
        isArmed = false;
    }
}
