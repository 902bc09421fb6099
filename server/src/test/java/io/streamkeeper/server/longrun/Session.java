package io.streamkeeper.server.longrun;

/** One start of a server, for those who use its subscriptions. Safe for use by any thread. */
final class Session {
    final Servers servers;
    final String credentials;

    /** Whether the server does not authenticate: what was created by nobody may read everything, and otherwise nothing. */
    final boolean isOpen;

    /** When all servers were ready. */
    volatile long readyNanos = System.nanoTime();

    /** Whether all workers do their work at once, so that nothing stays pending. */
    volatile boolean isCalm = true;

    /** Whether the server may end at any time. */
    volatile boolean isEnding;

    /** Whether it has ended. */
    volatile boolean hasEnded;

    Session(Servers servers, String credentials, boolean isOpen) {
        this.servers = servers;
        this.credentials = credentials;
        this.isOpen = isOpen;
    }

    /** Whether a request may stay without an answer although others are answered later. */
    boolean losesMembers() {
        return servers.isCluster() && isEnding && !hasEnded;
    }
}
