package io.streamkeeper.server.subscription;

/** Writes the bodies of requests to webhooks (section 7.1). Used by all loops. */
@FunctionalInterface
public interface WakeBodies {
    /** The body with which a wake is sent. */
    byte[] of(Wake wake);
}
