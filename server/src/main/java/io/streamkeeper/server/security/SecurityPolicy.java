package io.streamkeeper.server.security;

import io.streamkeeper.protocol.StreamPath;
import java.util.concurrent.CompletableFuture;

/**
 * Decides who may do what. A server asks it once for each request of a stream, after the head of the request is decoded
 * and before any state of a stream is looked at; a fork is asked for a second time, with {@link Action#READ} and its
 * source. So a client without any right at a path cannot learn whether a stream exists there.
 *
 * <p>A listing of streams is asked for with {@link Action#LIST}: first with the prefix that all listed paths have, which
 * may be empty or end within a segment, and then with the path of each stream, of which those that are not allowed are
 * left out. The latter is asked on the loops of the shards.
 *
 * <p>These methods are called on event loops, by many of them at once, and must not block. A policy that has to wait
 * returns a future that is not complete, and should remember what it has verified: the server remembers only the last
 * credentials of each connection.
 */
public interface SecurityPolicy extends AutoCloseable {
    /** The path with which the server asks for {@link Action#ADMIN}, which is a right on the whole server. */
    StreamPath ADMINISTRATION = new StreamPath(StreamPath.RESERVED_SEGMENT + "/admin");

    /**
     * Determines who has sent a request.
     *
     * @param credentials those of the request, possibly {@link Credentials#NONE}
     * @return completed with {@link Principal#ANONYMOUS} for {@link Credentials#NONE}; completed, by any thread, within
     *     a bounded time
     */
    CompletableFuture<Authentication> authenticate(Credentials credentials);

    /**
     * {@return whether a principal may take an action}
     *
     * @param principal from {@link #authenticate}
     * @param action what the request does
     * @param path the path of the stream, decoded; for a listing also its prefix; {@link #ADMINISTRATION} if the request
     *     is one of administration
     */
    boolean allows(Principal principal, Action action, StreamPath path);

    /**
     * {@return whether a principal may take an action at any path; true if that is not known} A request that names its
     * streams in its body is refused before the body arrives if not. {@link #allows} is asked with each of these
     * streams nevertheless.
     *
     * @param principal from {@link #authenticate}
     * @param action what the request does
     */
    default boolean allowsAnywhere(Principal principal, Action action) {
        return true;
    }

    /**
     * Registers what to do when decisions may have changed: live reads are then authenticated and decided again. Called
     * once, before the first request.
     *
     * @param changed may be called by any thread, and returns soon
     */
    default void onChange(Runnable changed) {}

    /** Releases the policy's resources; no request follows. */
    @Override
    default void close() {}
}
